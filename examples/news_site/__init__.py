"""A small news site that shows how a site works with Moderato; see README.md."""
