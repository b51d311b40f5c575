"""Rounds of work, one after the other, until the process is asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

#: Seconds before the next try while Redis does not answer.
_AWAY = 0.5


@dataclass(slots=True)
class Loop:
    """``round`` does what there is to do and returns the seconds until there may be more.

    ``wake`` ends that wait early. Redis failing never ends the loop: it goes on when Redis is
    back, and until then ``check`` raises, which makes the process not ready.
    """

    name: str
    round: Callable[[], Awaitable[float]]
    wake: asyncio.Event | None = None
    _trouble: str = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Returns after the round under way when ``stop`` is set."""
        while not stop.is_set():
            if self.wake is not None:
                self.wake.clear()
            try:
                wait = await self.round()
            except (RedisError, OSError) as error:
                self._report(str(error) or type(error).__name__)
                wait = _AWAY
            else:
                self._report("")
            await until(wait, stop, *filter(None, [self.wake]))

    async def check(self) -> None:
        """Raises with what went wrong in the last round, if anything did."""
        if self._trouble:
            raise RuntimeError(self._trouble)

    def _report(self, trouble: str) -> None:
        # Once per change, not once per round: an outage must not fill the log.
        if trouble and trouble != self._trouble:
            log.warning("loop_interrupted", loop=self.name, error=trouble)
        elif self._trouble and not trouble:
            log.info("loop_resumed", loop=self.name)
        self._trouble = trouble


async def until(seconds: float, *events: asyncio.Event) -> None:
    """Returns when one of ``events`` is set, or after ``seconds``."""
    if seconds <= 0 or any(event.is_set() for event in events):
        return
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
