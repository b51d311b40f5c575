"""What became of one try, and what that means (Standard Webhooks, "Deliverability")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Answered:
    """The endpoint answered. ``retry_after`` is in seconds."""

    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer: refused, not resolved, not allowed, too slow, or broken off."""

    error: str


class Verdict(StrEnum):
    DELIVERED = "delivered"
    #: This delivery failed; others may well get through.
    FAILED = "failed"
    #: The endpoint itself is in trouble: leave it alone for a while.
    UNWELL = "unwell"
    #: The endpoint wants nothing more, ever.
    GONE = "gone"


_OVERLOADED: Final = frozenset({429, 502, 503, 504})


def judge(answer: Answered | Unanswered) -> Verdict:
    """2xx is success; anything else, a redirect included, is a failure of some kind."""
    match answer:
        case Unanswered():
            return Verdict.UNWELL
        case Answered(status) if 200 <= status < 300:
            return Verdict.DELIVERED
        case Answered(410):
            return Verdict.GONE
        case Answered(status) if status in _OVERLOADED:
            return Verdict.UNWELL
        case _:
            return Verdict.FAILED
