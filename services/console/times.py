"""Moments in words that programs read."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(at: int) -> str:
    """UTC ms as ISO 8601."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
