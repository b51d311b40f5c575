"""The console's application, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from moderato.config import Config
from moderato.health import add_health_routes
from moderato.runtime import end
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.console import (
    account,
    audit,
    auth,
    decisions,
    deliveries,
    invitations,
    live,
    pages,
    people,
    queue,
    security,
    sites,
)
from services.console.context import CONFIG, FEED, STORE
from services.console.guard import guard
from services.console.problems import problems

#: What has routes.
_PARTS = (
    auth,
    queue,
    decisions,
    live,
    account,
    invitations,
    people,
    sites,
    deliveries,
    audit,
    pages,
)
#: Largest request body, bytes: nothing the console sends comes near it.
_BODY = 16_384


def make_app(store: Store, feed: Feed, config: Config) -> web.Application:
    """The API under /api, the page at /, health at /healthz, /readyz and /metrics.

    The feed is read for as long as the application runs.
    """
    app = web.Application(
        middlewares=[problems, security.same_origin, guard], client_max_size=_BODY
    )
    app[CONFIG], app[STORE], app[FEED] = config, store, feed
    app.on_response_prepare.append(security.add_headers)
    reading: list[asyncio.Task[None]] = []

    async def read_feed(_app: web.Application) -> AsyncIterator[None]:
        reading.append(asyncio.create_task(feed.run(), name="feed"))
        yield
        await end(*reading)

    async def redis_answers() -> None:
        await store.redis.ping()

    async def feed_is_read() -> None:
        if reading[0].done():
            raise RuntimeError("the feed is not read any more: restart this process")

    app.cleanup_ctx.append(read_feed)
    for part in _PARTS:
        part.add_routes(app)
    add_health_routes(app, {"redis": redis_answers, "feed": feed_is_read})
    return app
