"""Reads comments, scores them in batches and lets each site's policy decide."""
