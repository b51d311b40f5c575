"""Makes decisions public: takes them from the outbox, several at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from redis.exceptions import ResponseError

from moderato.store.consumer import Consumer, Entry
from moderato.store.keys import Shard
from moderato.store.store import Store
from workers.publisher.endpoints import Endpoints
from workers.publisher.metrics import FAILED, PUBLISHED

log = structlog.get_logger(__name__)

#: Entries published at the same time, so that Redis writes them to disk together.
_BATCH = 32
#: Milliseconds a read waits for the first entry; also how long a stop may take.
BLOCK_MS = 200


@dataclass(frozen=True, slots=True)
class Publication:
    """The outbox of one shard.

    Order between entries does not matter: each brings the thread to what its comment is now,
    and one that a newer decision has overtaken does nothing.
    """

    store: Store
    consumer: Consumer
    endpoints: Endpoints
    shard: Shard
    #: Set when there may be webhooks to deliver.
    wake: asyncio.Event

    async def round(self) -> float:
        """Publishes what nobody has had yet."""
        entries = await self.consumer.read(self.shard.outbox, _BATCH, BLOCK_MS)
        results = await asyncio.gather(*map(self._publish, entries), return_exceptions=True)
        for result in results:
            if result is not None:
                raise result
        return 0.0

    async def reclaim_round(self) -> float:
        """Publishes one entry that a publisher which died, or failed at it, left behind."""
        entry = await self.consumer.reclaim(self.shard.outbox)
        if entry is None:
            return self.consumer.lease / 4
        await self._publish(entry)
        return 0.0

    async def _publish(self, entry: Entry) -> None:
        try:
            endpoints = await self.endpoints.enabled(entry.fields["site"])
            effect = await self.store.outbox.publish(self.consumer, entry, endpoints)
        except (ResponseError, KeyError) as error:
            # This entry is at fault, not the connection. It stays pending, is tried again when
            # its lease is over, and holds up nobody meanwhile.
            FAILED.inc()
            log.exception(
                "publishing_failed",
                site=entry.fields.get("site"),
                comment=entry.fields.get("id"),
                entry=entry.id,
                times_delivered=entry.times_delivered,
                error=str(error),
            )
            return
        PUBLISHED.labels(effect).inc()
        log.info(
            "comment_published",
            site=entry.fields["site"],
            comment=entry.fields["id"],
            version=entry.fields["version"],
            effect=effect,
        )
        self.wake.set()
