"""Puts intake together and serves it."""

from __future__ import annotations

import asyncio
from typing import Final

from moderato.config import Config
from moderato.runtime import end, serving
from moderato.store.connection import connect
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.intake.app import make_app
from services.intake.guard import Guard

#: Seconds the feed's reads may block.
_BLOCK: Final = 5.0


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Serves until ``stop`` is set, then finishes the requests under way.

    It listens before Redis is there, so that /readyz can tell. Raises ConfigError where the
    settings do not fit the store, or the port is taken.
    """
    redis, blocking = connect(config), connect(config, blocking=_BLOCK)
    store = Store(redis, config)
    feed, guard = Feed(blocking, store.shards), Guard(store, config)
    try:
        async with serving(make_app(config, store, feed, guard), config.host, config.intake_port):
            await _until(stop, asyncio.create_task(feed.run()), asyncio.create_task(guard.run()))
    finally:
        await redis.aclose()
        await blocking.aclose()


async def _until(stop: asyncio.Event, *tasks: asyncio.Task[None]) -> None:
    """Waits for ``stop``; a task that ends before it has failed, and its failure is raised."""
    asked = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({asked, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {asked}:
            await task
    finally:
        asked.cancel()
        await end(*tasks)
