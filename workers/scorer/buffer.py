"""The comments a scorer holds: bounded, with the quick lane ahead of the backlog."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from moderato.store.consumer import Entry
from moderato.store.work import Job
from workers.scorer.batches import next_batch


@dataclass(frozen=True, slots=True)
class Held:
    job: Job
    tokens: int


@dataclass(slots=True)
class Buffer:
    """``limit`` bounds memory: comments held, those under way included."""

    limit: int
    budget: int
    _quick: list[Held] = field(default_factory=list)
    _backlog: list[Held] = field(default_factory=list)
    _held: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def room(self) -> int:
        return max(0, self.limit - len(self._held))

    @property
    def entries(self) -> list[Entry]:
        """Every entry on lease to this scorer."""
        return list(self._held.values())

    async def wait_for_room(self, seconds: float) -> int:
        """Waits up to ``seconds`` until there is room; how much there is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.room() > 0)
        return self.room()

    async def put(self, held: list[Held], *, quick: bool) -> None:
        async with self._changed:
            (self._quick if quick else self._backlog).extend(held)
            for one in held:
                entry = one.job.entry
                self._held[entry.stream, entry.id] = entry
            self._changed.notify_all()

    async def hold(self, job: Job) -> None:
        """Counts a job as held that is processed outside the lanes, so that its lease is kept."""
        async with self._changed:
            self._held[job.entry.stream, job.entry.id] = job.entry

    async def wait_until_empty(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._held)

    async def wait_for_work(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._quick or self._backlog))

    @property
    def full_batch(self) -> bool:
        """Whether waiting longer would not make the next batch any better."""
        return bool(self._quick) or sum(h.tokens for h in self._backlog) >= self.budget

    def take(self) -> list[Job]:
        """The next batch, shortest first; the quick lane alone while there is any."""
        lane = self._quick or self._backlog
        picked = next_batch([held.tokens for held in lane], self.budget)
        jobs = [lane[i].job for i in picked]
        for i in sorted(picked, reverse=True):
            del lane[i]
        return jobs

    async def done(self, entries: list[Entry]) -> None:
        """These are finished, or another scorer has them: they hold no room any more."""
        async with self._changed:
            gone = {(entry.stream, entry.id) for entry in entries}
            for key in gone:
                self._held.pop(key, None)
            for lane in (self._quick, self._backlog):
                lane[:] = [h for h in lane if (h.job.entry.stream, h.job.entry.id) not in gone]
            self._changed.notify_all()
