"""Posting comments from a file, as a site would, and finding out what became of them."""
