"""Moderato: the moderation desk for a newsroom's comments."""

__version__ = "0.1.0"
