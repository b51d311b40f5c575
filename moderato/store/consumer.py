"""Reads a stream as one of a group, holding each entry on a lease until it is finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from moderato.store.script import Scripts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as delivered to this consumer: the fence of every script that ends it."""

    stream: str
    id: str
    fields: dict[str, str]
    times_delivered: int


@dataclass(slots=True)
class Consumer:
    """``name`` must be unique per boot: a restarted worker is another consumer.

    ``blocking`` is a client of its own (see ``connect``), used for reads that block.
    """

    redis: Redis
    blocking: Redis
    scripts: Scripts
    group: str
    name: str
    #: Seconds after which an entry without a sign of life may be taken over.
    lease: float
    _cursors: dict[str, str] = field(default_factory=dict)

    async def read(self, stream: str, count: int, block_ms: int) -> list[Entry]:
        """Up to ``count`` entries nobody has had yet; waits up to ``block_ms`` for the first.

        A cancelled read may leave entries delivered but unseen; ``reclaim`` finds them when
        their lease is over.
        """
        try:
            reply: Any = await self.blocking.xreadgroup(
                self.group, self.name, {stream: ">"}, count=count, block=block_ms
            )
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            # The stream was lost or flushed: whatever is in it now must still be read.
            log.warning("consumer_group_missing", stream=stream, group=self.group)
            await ensure_group(self.redis, stream, self.group)
            return []
        return [
            Entry(stream, entry_id, fields, 1)
            for _, entries in reply or []
            for entry_id, fields in entries
        ]

    async def reclaim(self, stream: str) -> Entry | None:
        """One entry whose owner gave no sign of life for a whole lease, if there is any.

        One at a time, on purpose: whoever processes it alone can tell the entry that kills its
        worker from those that merely were in the same batch.
        """
        reply: Any = await self.redis.xautoclaim(
            stream,
            self.group,
            self.name,
            min_idle_time=int(self.lease * 1000),
            start_id=self._cursors.get(stream, "0-0"),
            count=1,
        )
        self._cursors[stream] = reply[0]
        for entry_id, fields in reply[1]:
            if fields is None:  # 6.2 lists entries that were deleted meanwhile
                await self.redis.xack(stream, self.group, entry_id)
                continue
            pending: Any = await self.redis.xpending_range(
                stream, self.group, min=entry_id, max=entry_id, count=1
            )
            if pending and pending[0]["consumer"] == self.name:
                return Entry(stream, entry_id, fields, int(pending[0]["times_delivered"]))
        return None

    async def renew(self, entries: Sequence[Entry]) -> set[str]:
        """Starts the leases of ``entries`` (of one stream) anew; the ids still mine."""
        if not entries:
            return set()
        args: list[str | int | float] = [self.group, self.name]
        for entry in entries:
            args += [entry.id, entry.times_delivered]
        return set(await self.scripts.run("renew", [entries[0].stream], args))

    async def give_back(self, entries: Sequence[Entry]) -> None:
        """Lets others have ``entries`` at once instead of after their leases."""
        for entry in entries:
            if await self.renew([entry]):
                await self.redis.xclaim(
                    entry.stream,
                    self.group,
                    self.name,
                    min_idle_time=0,
                    message_ids=[entry.id],
                    idle=int(self.lease * 1000) + 1,
                    justid=True,
                )

    async def leave(self, streams: Sequence[str]) -> None:
        """Forgets this consumer's name where nothing is pending under it."""
        for stream in streams:
            pending: Any = await self.redis.xpending_range(
                stream, self.group, min="-", max="+", count=1, consumername=self.name
            )
            if not pending:
                await self.redis.xgroup_delconsumer(stream, self.group, self.name)


async def ensure_group(redis: Redis, stream: str, group: str) -> None:
    """Makes the group, from the stream's first entry on, unless it is there."""
    try:
        await redis.xgroup_create(stream, group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
