"""Takes the bulks that are under way further, also those that another console left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog
from redis.exceptions import RedisError

from moderato.runtime import end
from moderato.store.bulks import RESTING
from moderato.store.store import Store

log = structlog.get_logger(__name__)

#: Seconds after which it looks for bulks again, unless it is woken.
_LOOK: Final = 2.0
#: Longest wait for a bulk whose undo window lasts: it may be taken back from another console.
_WAIT: Final = 0.5
#: Least seconds left to everybody else after each portion; else as long as the portion took.
_BREATH: Final = 0.002


@dataclass(slots=True)
class BulkRunner:
    """Several may run at once, in as many processes: each portion is one atomic step."""

    store: Store
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)

    def wake(self) -> None:
        """There is something new to do."""
        self._woken.set()

    async def run(self) -> None:
        """Runs until cancelled; survives a Redis that goes away."""
        try:
            while True:
                await self._look()
                try:
                    async with asyncio.timeout(_LOOK):
                        await self._woken.wait()
                except TimeoutError:
                    continue
                self._woken.clear()
        finally:
            await end(*self._tasks.values())

    async def _look(self) -> None:
        try:
            found = await self.store.bulks.under_way()
        except (RedisError, OSError) as error:
            log.warning("bulks_interrupted", error=str(error))
            return
        for key, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[key]
        for key in found:
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._drive(*key), name="bulk")

    async def _drive(self, site: str, bulk: str) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while True:
                began = clock()
                state, wait = await self.store.bulks.work(site, bulk)
                if state is None or state in RESTING:
                    log.info("bulk_ended", site=site, bulk=bulk, state=state)
                    return
                # Redis does one thing at a time: half of it stays with those who wait for a page.
                breath = max(_BREATH, clock() - began)
                await asyncio.sleep(min(max(wait, breath), _WAIT))
        except (RedisError, OSError) as error:
            # What was done is kept; the next look goes on from there.
            log.warning("bulk_interrupted", site=site, bulk=bulk, error=str(error))
