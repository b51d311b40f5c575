"""Keeps as many deliveries under way as there are slots."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

from moderato.store.deliveries import Delivery
from moderato.store.store import Store
from workers.publisher.courier import Courier

log = structlog.get_logger(__name__)

#: Seconds after which deliveries that another publisher made due are noticed.
_LONGEST = 1.0


@dataclass(slots=True)
class Deliverer:
    """``slots`` deliveries at once, all shards together; each is held for ``lease`` seconds.

    One whose publisher dies under way is due again when its lease ends: the receiver may then
    get it twice, under the same ``webhook-id``.
    """

    store: Store
    courier: Courier
    slots: int
    lease: float
    #: Set when there may be something due, or a slot is free again.
    wake: asyncio.Event
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _first_shard: int = 0

    async def round(self) -> float:
        """Starts what is due, as far as there are slots; seconds until more is."""
        longest = _LONGEST
        # The shards take turns to be first, so that a busy one cannot starve the others.
        self._first_shard = (self._first_shard + 1) % len(self.store.shards)
        shards = self.store.shards[self._first_shard :] + self.store.shards[: self._first_shard]
        for shard in shards:
            free = self.slots - len(self._under_way)
            if free <= 0:
                break
            taken, wait = await self.store.deliveries.claim(shard, free, self.lease)
            for delivery, token in taken:
                task = asyncio.create_task(self._deliver(delivery, token))
                self._under_way.add(task)
                task.add_done_callback(self._done)
            if wait is not None:
                longest = min(longest, wait)
        return longest

    async def finish(self) -> None:
        """Waits for what is under way."""
        log.info("finishing", deliveries=len(self._under_way))
        await asyncio.gather(*self._under_way)

    async def _deliver(self, delivery: Delivery, token: str) -> None:
        try:
            await self.courier.deliver(delivery, token)
        except (RedisError, OSError) as error:
            log.warning(
                "webhook_not_recorded",
                site=delivery.site,
                comment=delivery.comment,
                endpoint=delivery.endpoint,
                error=str(error),
            )
        except Exception:
            log.exception("webhook_crashed", site=delivery.site, comment=delivery.comment)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake.set()
