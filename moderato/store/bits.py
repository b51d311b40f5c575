"""Columns of bits as integers: a slot each, the first the highest, as Redis has them in a string.

``size`` is how many bytes a column has, the same for all that are compared.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from itertools import compress
from typing import Final

_MARKS: Final = bytes.maketrans(b"01", b"\0\1")


def of_bytes(raw: bytes, size: int) -> int:
    """The column that a string of Redis is; those it does not reach to have no bit."""
    return int.from_bytes(raw.ljust(size, b"\0"))


def of_slots(slots: Iterable[int], size: int) -> int:
    """A column of those slots; what is beyond its size is left out."""
    digits = bytearray(b"0" * (8 * size))
    for slot in slots:
        if slot < len(digits):
            digits[slot] = ord("1")
    return _of_digits(bytes(digits))


def slots(column: int, size: int) -> list[int]:
    """Which slots have a bit, in ascending order."""
    return list(compress(range(8 * size), _marks(column, size)))


def between(values: bytes, least: float, most: float, size: int) -> int:
    """Where the value, a little-endian double per slot, is in a range."""
    fit = bytes([48 + (least <= value <= most) for value in _numbers(values)])
    return _of_digits(fit.ljust(8 * size, b"0"))


def span(values: bytes, column: int, size: int) -> tuple[float, float]:
    """The least and the most value there is in a column, which must have a bit."""
    found = list(compress(_numbers(values), _marks(column, size)))
    return min(found), max(found)


# To and from digits, a hundred thousand are quicker than one by one in Python.
def _of_digits(digits: bytes) -> int:
    return int(digits or b"0", 2)


def _marks(column: int, size: int) -> bytes:
    return format(column, f"0{8 * size}b").encode().translate(_MARKS)


def _numbers(values: bytes) -> array[float]:
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
