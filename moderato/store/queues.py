"""What waits for people and for the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderato.domain.comment import State
from moderato.store.part import Part

#: The states whose comments stand in a queue.
QUEUED = (State.PENDING, State.FLAGGED)


@dataclass(frozen=True, slots=True)
class Queues(Part):
    async def ids(
        self, sites: Sequence[str], state: State, *, limit: int, offset: int = 0
    ) -> list[tuple[str, str]]:
        """(site, comment id) of a queue: flagged by priority, then age; pending by age."""
        descending = state is State.FLAGGED
        merged: list[tuple[float, str, str]] = []
        for site in sites:
            reply: Any = await self.redis.zrange(
                self.shard(site).queue(site, state.value),
                0,
                offset + limit - 1,
                desc=descending,
                withscores=True,
            )
            merged += [(float(score), site, comment) for comment, score in reply]
        merged.sort(key=lambda item: item[0], reverse=descending)
        return [(site, comment) for _, site, comment in merged[offset : offset + limit]]

    async def counts(self, sites: Sequence[str]) -> dict[str, dict[str, int]]:
        """site -> state -> how many wait, counted from the queues themselves."""
        pipe = self.redis.pipeline(transaction=False)
        for site in sites:
            for state in QUEUED:
                pipe.zcard(self.shard(site).queue(site, state.value))
        replies = iter(await pipe.execute() if sites else [])
        return {site: {state.value: int(next(replies)) for state in QUEUED} for site in sites}

    async def oldest_pending(self, site: str) -> int | None:
        """When the oldest comment still to be scored was received, UTC ms."""
        reply: Any = await self.redis.zrange(
            self.shard(site).queue(site, State.PENDING.value), 0, 0, withscores=True
        )
        return int(reply[0][1]) if reply else None
