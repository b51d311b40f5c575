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
    articles,
    audit,
    auth,
    author_notes,
    authors,
    bulk,
    decisions,
    deliveries,
    invitations,
    leases,
    live,
    numbers,
    pages,
    people,
    policies,
    queue,
    reasons,
    rulings,
    security,
    similar,
    sites,
)
from services.console.bulk_runner import BulkRunner
from services.console.context import BULKS, CONFIG, FEED, POLICIES, STORE
from services.console.guard import guard
from services.console.policy_book import PolicyBook
from services.console.problems import problems

#: What has routes.
_PARTS = (
    auth,
    queue,
    similar,
    decisions,
    leases,
    bulk,
    reasons,
    authors,
    rulings,
    author_notes,
    policies,
    articles,
    live,
    account,
    invitations,
    people,
    sites,
    deliveries,
    audit,
    numbers,
    pages,
)
#: Largest request body, bytes: nothing the console sends comes near it.
_BODY = 16_384


def make_app(store: Store, feed: Feed, config: Config) -> web.Application:
    """The API under /api, the page at /, health at /healthz, /readyz and /metrics.

    The feed is read and bulks are taken further for as long as the application runs.
    """
    app = web.Application(
        middlewares=[problems, security.same_origin, guard], client_max_size=_BODY
    )
    app[CONFIG], app[STORE], app[FEED] = config, store, feed
    app[BULKS], app[POLICIES] = BulkRunner(store), PolicyBook(store)
    app.on_response_prepare.append(security.add_headers)
    running: list[asyncio.Task[None]] = []

    async def run(_app: web.Application) -> AsyncIterator[None]:
        running.append(asyncio.create_task(feed.run(), name="feed"))
        running.append(asyncio.create_task(app[BULKS].run(), name="bulks"))
        yield
        await end(*running)

    async def redis_answers() -> None:
        await store.redis.ping()

    async def everything_runs() -> None:
        for task in running:
            if task.done():
                raise RuntimeError(f"{task.get_name()} has ended: restart this process")

    app.cleanup_ctx.append(run)
    for part in _PARTS:
        part.add_routes(app)
    add_health_routes(app, {"redis": redis_answers, "feed": everything_runs})
    return app
