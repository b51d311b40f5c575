"""Columns of bits as integers: a slot each, in the order in which Redis has them in a string."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable


def of_bytes(raw: bytes) -> int:
    """The column that a string of Redis is; SETBIT's first bit is the highest of its byte."""
    return int.from_bytes(raw, "little")


def of_slots(slots: Iterable[int]) -> int:
    slots = list(slots)
    raw = bytearray(max(slots, default=-1) // 8 + 1)
    for slot in slots:
        raw[slot >> 3] |= 128 >> (slot & 7)
    return of_bytes(bytes(raw))


def slots(column: int) -> list[int]:
    """Which slots have a bit, in ascending order."""
    raw = column.to_bytes((column.bit_length() + 7) // 8, "little")
    return [
        8 * at + bit for at, byte in enumerate(raw) if byte for bit in range(8) if byte & 128 >> bit
    ]


def between(values: bytes, column: int, least: float, most: float) -> int:
    """Those of a column whose value, a little-endian double per slot, is in a range."""
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return of_slots(slot for slot in slots(column) if least <= numbers[slot] <= most)
