"""Saying that one looks at a comment, so that colleagues see it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from services.console import views
from services.console.context import CONFIG, SESSION, STORE
from services.console.queue import missing


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/comments/{site}/{id}/lease", take)
    app.router.add_delete("/api/comments/{site}/{id}/lease", leave)


async def take(request: web.Request) -> web.Response:
    """Takes or renews a lease; who came first, until when, and everybody who looks."""
    store, site, comment = request.app[STORE], request.match_info["site"], request.match_info["id"]
    if not await store.comments.exists(site, comment):
        raise missing(site, comment)
    people = await store.leases.take(
        site,
        comment,
        by=request[SESSION].user.name,
        seconds=request.app[CONFIG].lease_seconds,
    )
    shown: dict[str, Any] = views.lease(people)
    return web.json_response({**shown["lease"], "viewers": shown["viewers"]})


async def leave(request: web.Request) -> web.Response:
    """Ends the lease of who asks, if there is one."""
    site, comment = request.match_info["site"], request.match_info["id"]
    await request.app[STORE].leases.leave(site, comment, by=request[SESSION].user.name)
    return web.Response(status=204)
