"""The moderators' console: a JSON API, and the page that uses it."""
