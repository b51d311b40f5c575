"""What happened per site and UTC day, as the scripts counted it, and how old what waits is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderato.domain.numbers import DAY
from moderato.store import keys
from moderato.store.part import Part
from moderato.store.views import INDEXED, Queue

_SINCE = "numbers-since"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait in a queue, and when the oldest and the one in the middle were received.

    Times are UTC ms, None where nothing waits.
    """

    count: int
    oldest: int | None
    median: int | None


@dataclass(frozen=True, slots=True)
class Numbers(Part):
    async def begin(self) -> None:
        """Remembers the day from which on everything is counted; the first call decides."""
        await self.redis.hsetnx(keys.META, _SINCE, str(await self.today()))

    async def since(self) -> int:
        """The first day that was counted; what was before is not known."""
        day: Any = await self.redis.hget(keys.META, _SINCE)
        return int(day) if day else await self.today()

    async def today(self) -> int:
        """The day it is by Redis's clock, in days since 1970."""
        seconds, _ = await self.redis.time()
        return int(seconds) * 1000 // DAY

    async def read(
        self, sites: Sequence[str], first: int, last: int
    ) -> dict[tuple[str, int], Mapping[str, int]]:
        """(site, day) -> count -> how many, of the days ``first`` to ``last``, both included."""
        wanted = [(site, day) for site in sites for day in range(first, last + 1)]
        pipe = self.redis.pipeline(transaction=False)
        for site, day in wanted:
            pipe.hgetall(self.shard(site).numbers(site, day))
        replies: list[dict[str, str]] = await pipe.execute() if wanted else []
        return {
            one: {name: int(value) for name, value in fields.items()}
            for one, fields in zip(wanted, replies, strict=True)
        }

    async def waiting(self, sites: Sequence[str]) -> dict[str, dict[Queue, Waiting]]:
        """site -> queue -> how many wait for a person there, and how long they have."""
        found: dict[str, dict[Queue, Waiting]] = {}
        for site in sites:
            found[site] = {queue: await self._waiting(site, queue) for queue in sorted(INDEXED)}
        return found

    async def _waiting(self, site: str, queue: Queue) -> Waiting:
        key = self.shard(site).queue_part(site, queue, "age")
        count = int(await self.redis.zcard(key))
        pipe = self.redis.pipeline(transaction=True)
        pipe.zcard(key)
        for rank in (0, count // 2):
            pipe.zrange(key, rank, rank, withscores=True)
        left, oldest, median = await pipe.execute()
        # Where many were decided meanwhile, the oldest stands for the one in the middle.
        received = [int(found[0][1]) for found in (oldest, median or oldest) if found]
        return Waiting(int(left), *received) if received else Waiting(0, None, None)
