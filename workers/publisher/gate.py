"""Leaves an endpoint that is in trouble alone, so that it can recover and others are served.

Without it, deliveries to one endpoint that hangs would hold every slot until they time out.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Trouble:
    until: float
    rest: float
    probing: bool = False


@dataclass(slots=True)
class Gate:
    """One process's memory of which endpoints rest. Times are seconds of a monotonic clock.

    A rest lasts ``first`` seconds, doubling up to ``longest``. After it a single delivery goes
    ahead, and only when that one gets an answer do the others follow.
    """

    first: float = 5.0
    longest: float = 300.0
    _troubled: dict[str, _Trouble] = field(default_factory=dict)

    def wait(self, endpoint: str, now: float) -> float:
        """Seconds to put a delivery off; 0: it goes now, and ``well`` or ``unwell`` must follow."""
        trouble = self._troubled.get(endpoint)
        if trouble is None:
            return 0.0
        if now < trouble.until:
            return trouble.until - now
        if trouble.probing:
            return trouble.rest
        trouble.probing = True
        return 0.0

    def well(self, endpoint: str) -> None:
        """It answered; what it said of that one delivery is another matter."""
        self._troubled.pop(endpoint, None)

    def unwell(self, endpoint: str, now: float, retry_after: float | None = None) -> None:
        """It is overloaded or did not answer; it may have asked for ``retry_after`` seconds."""
        trouble = self._troubled.get(endpoint)
        if trouble is None:
            rest = self.first
        elif trouble.probing:
            rest = min(self.longest, 2 * trouble.rest)
        else:  # one of several that were under way when the first of them failed
            rest = trouble.rest
        asked = min(retry_after or 0.0, self.longest)
        until = max(now + max(rest, asked), trouble.until if trouble else 0.0)
        self._troubled[endpoint] = _Trouble(until, rest)
