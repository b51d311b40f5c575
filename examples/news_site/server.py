"""The Ellery Courier's server.

    reader --form--> this server --POST /v1/comments--> Moderato
    reader <--SSE--- this server <---signed webhook---- Moderato

Nothing is stored here: Moderato keeps the comments, and their threads are read from it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from . import articles, comments, live, webhooks
from .settings import SETTINGS, Settings


def make_app(settings: Settings) -> web.Application:
    app = web.Application(client_max_size=65_536)
    app[SETTINGS], app[webhooks.INBOX], app[live.PAGES] = settings, webhooks.Inbox(), set()
    app.cleanup_ctx.append(connect)
    app.on_shutdown.append(live.close)
    app.on_response_prepare.append(protect)
    app.add_routes(
        [
            web.get("/", articles.front),
            web.get("/articles/{article}", articles.page),
            web.get("/articles/{article}/comments", comments.thread),
            web.post("/articles/{article}/comments", comments.post),
            web.get("/articles/{article}/events", live.events),
            web.get("/comments/{comment:[0-9a-f]{32}}", comments.own_comment),
            web.post("/comments/{comment:[0-9a-f]{32}}/report", comments.report),
            web.post("/webhooks/moderato", webhooks.receive),
            web.get("/readyz", ready),
            web.static("/static", articles.FOLDER / "static"),
        ]
    )
    return app


async def connect(app: web.Application) -> AsyncIterator[None]:
    app[comments.MODERATO] = aiohttp.ClientSession(
        base_url=app[SETTINGS].moderato_url,
        headers={"Authorization": f"Bearer {app[SETTINGS].api_key}"},
        timeout=aiohttp.ClientTimeout(total=comments.PATIENCE + 7),
    )
    yield
    await app[comments.MODERATO].close()


async def protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Comments are written by strangers: should one get past us, the browser still runs nothing."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-cache")


async def ready(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ready"})
