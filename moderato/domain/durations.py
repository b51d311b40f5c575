"""Durations, counted in buckets so that days can be added up, and percentiles read from them.

A bucket is a quarter of an octave: 4 to 5 s, 5 to 6 s, 6 to 7 s, 7 to 8 s, 8 to 10 s, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

#: Buckets in each octave. numbers.lua has the same.
PARTS: Final = 4
#: A percentile is at most this share of itself away from the duration it stands for.
ERROR: Final = 0.125


def bucket(milliseconds: float) -> int:
    """The number of the bucket a duration is in; less than a millisecond counts as one.

    Exact in every language that has frexp: two counters never differ at a bucket's edge.
    """
    mantissa, exponent = math.frexp(max(1, milliseconds))
    return exponent * PARTS + math.floor((mantissa - 0.5) * 2 * PARTS)


def middle(number: int) -> float:
    """The middle of a bucket, ms."""
    exponent, part = divmod(number, PARTS)
    return math.ldexp(0.5 + (part + 0.5) / (2 * PARTS), exponent)


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The duration in ms that ``share`` of those counted do not exceed; None where there are none.

    ``counts`` is bucket -> how many. Right within ``ERROR``.
    """
    wanted = math.ceil(sum(counts.values()) * share)
    for number in sorted(counts):
        wanted -= counts[number]
        if wanted <= 0:
            return round(middle(number))
    return None
