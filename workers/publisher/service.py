"""The publisher as a whole: its loops, its health, its end."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderato.config import Config
from moderato.health import health_app
from moderato.runtime import serving
from moderato.store import outbox
from moderato.store.connection import connect
from moderato.store.consumer import Consumer
from moderato.store.store import Store
from workers.publisher import addresses
from workers.publisher.courier import Courier
from workers.publisher.deliverer import Deliverer
from workers.publisher.endpoints import Endpoints
from workers.publisher.gate import Gate
from workers.publisher.loop import Loop, until
from workers.publisher.metrics import measure
from workers.publisher.publication import BLOCK_MS, Publication
from workers.publisher.releaser import Releaser
from workers.publisher.retries import Retries
from workers.publisher.sender import Sender

log = structlog.get_logger(__name__)


async def serve(config: Config, stop: asyncio.Event, retries: Retries | None = None) -> None:
    """Publishes until ``stop`` is set, then finishes what is under way.

    Raises ConfigError on a setting that cannot be used.
    """
    allowed = addresses.networks(config.webhook_allow)
    redis = connect(config)
    blocking = connect(config, blocking=BLOCK_MS / 1000)
    try:
        async with Sender(config.webhook_timeout, allowed) as sender:
            publisher = Publisher(config, redis, blocking, sender, retries or Retries())
            await publisher.run(stop)
    finally:
        await redis.aclose()
        await blocking.aclose()


class Publisher:
    """Puts the loops together; each shard has its own, the deliveries share their slots."""

    def __init__(
        self, config: Config, redis: Redis, blocking: Redis, sender: Sender, retries: Retries
    ) -> None:
        self._config = config
        self._store = store = Store(redis, config)
        self._consumer = Consumer(
            redis=redis,
            blocking=blocking,
            scripts=store.scripts,
            group=outbox.GROUP,
            name=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
            lease=config.lease,
        )
        endpoints = Endpoints(store.sites)
        gate = Gate(retries.rest, retries.longest_rest)
        wake = asyncio.Event()
        self._deliverer = Deliverer(
            store,
            Courier(store, endpoints, sender, retries, gate),
            slots=config.webhook_concurrency,
            # Longer than a try can take, with what is read before it and written after it.
            lease=config.webhook_timeout + 2 * config.redis_timeout,
            wake=wake,
        )
        self._loops = [
            Loop("deliveries", self._deliverer.round, wake),
            Loop("gauges", lambda: measure(store)),
        ]
        for shard in store.shards:
            publication = Publication(store, self._consumer, endpoints, shard, wake)
            self._loops += [
                Loop(f"held-{shard.number}", Releaser(store, shard).round),
                Loop(f"outbox-{shard.number}", publication.round),
                Loop(f"abandoned-{shard.number}", publication.reclaim_round),
            ]

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop`` is set and what was under way is finished."""
        checks = {"redis": self._ping, **{loop.name: loop.check for loop in self._loops}}
        async with serving(health_app(checks), self._config.host, self._config.publisher_port):
            await self._prepare(stop)
            async with asyncio.TaskGroup() as group:
                for loop in self._loops:
                    group.create_task(loop.run(stop), name=loop.name)
            await self._deliverer.finish()
            await self._leave()

    async def _prepare(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._store.prepare()
                break
            except (RedisError, OSError) as error:
                log.warning("redis_unavailable", error=str(error))
                await until(1.0, stop)

    async def _leave(self) -> None:
        try:
            await self._consumer.leave([shard.outbox for shard in self._store.shards])
        except (RedisError, OSError) as error:
            log.warning("consumer_name_left_behind", error=str(error))

    async def _ping(self) -> None:
        await self._store.redis.ping()
