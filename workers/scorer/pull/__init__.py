"""Fetches Detoxify's own models, once, and turns them into what the engines run.

Nothing here is needed to score: ``install`` ends with a model folder like the bundled one.
"""
