"""When a failed delivery is tried again: the schedule is data, the delay a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MINUTE = 60.0
_HOUR = 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class Retries:
    """``delays[n]``: seconds before try n + 1. The default is the one Standard Webhooks gives."""

    delays: tuple[float, ...] = (
        0.0,
        5.0,
        5 * _MINUTE,
        30 * _MINUTE,
        2 * _HOUR,
        5 * _HOUR,
        10 * _HOUR,
        14 * _HOUR,
        20 * _HOUR,
        24 * _HOUR,
    )
    #: A try comes up to this share of its delay late, so that those which failed together part.
    jitter: float = 0.2
    #: The longest Retry-After that is honoured, seconds.
    longest: float = 24 * _HOUR
    #: Seconds an endpoint in trouble is left alone, at first and at most; see ``gate``.
    rest: float = 5.0
    longest_rest: float = 5 * _MINUTE

    def delay(self, made: int, retry_after: float | None, chance: float) -> float | None:
        """Seconds to the next try after ``made`` tries; None when there is none.

        ``retry_after`` is what the endpoint asked for: the next try is never sooner.
        ``chance`` in [0, 1) places the try within the jitter.
        """
        if made >= len(self.delays):
            return None
        asked = min(retry_after or 0.0, self.longest)
        return max(self.delays[made], asked) * (1 + self.jitter * chance)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110, 10.2.3); None where it says nothing."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())
