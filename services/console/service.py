"""The console as a process: it listens, waits for Redis, and serves until it is asked to stop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from redis.exceptions import RedisError

from moderato.config import Config
from moderato.runtime import end, serving
from moderato.store.connection import connect
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.console.app import make_app

log = structlog.get_logger(__name__)

#: Seconds the feed's reads may block.
_BLOCK: Final = 5.0
#: Seconds between two tries to reach Redis at the start.
_RETRY: Final = 0.5


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Serves until ``stop`` is set, then finishes the requests under way.

    It listens before Redis is there, so that /readyz and the page can tell. Raises ConfigError
    where the settings do not fit the store, or the port is taken.
    """
    redis, blocking = connect(config), connect(config, blocking=_BLOCK)
    store = Store(redis, config)
    try:
        app = make_app(store, Feed(blocking, store.shards), config)
        async with serving(app, config.host, config.console_port):
            await _prepare(store, stop)
            upgrading = asyncio.create_task(_upgrade(store), name="upgrade")
            await stop.wait()
            await end(upgrading)
    finally:
        await redis.aclose()
        await blocking.aclose()


async def _prepare(store: Store, stop: asyncio.Event) -> None:
    """Checks that the store is this deployment's, as soon as Redis answers."""
    while not stop.is_set():
        try:
            await store.prepare()
        except (RedisError, OSError) as error:
            log.warning("waiting_for_redis", error=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY)
        else:
            return


async def _upgrade(store: Store) -> None:
    """Builds the indexes of a deployment that has none yet, while the console serves."""
    while True:
        try:
            await store.upgrade()
        except (RedisError, OSError) as error:
            log.warning("upgrade_interrupted", error=str(error))
            await asyncio.sleep(_RETRY)
        else:
            return
