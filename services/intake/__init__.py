"""The HTTP API for sites: post comments, read them, show an article's thread, follow it live."""
