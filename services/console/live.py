"""Changes as they happen, as server-sent events: a bell, never the record."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Final

from aiohttp import web
from redis.exceptions import RedisError

from moderato.store.feed import ALL, Change
from services.console.context import FEED
from services.console.cookies import session_of

#: Seconds between two beats; at each one the session is looked at again.
BEAT: Final = 5.0
#: Milliseconds after which a browser connects anew.
_RETRY: Final = 1_000
_STREAMS: Final = web.AppKey("streams", set[asyncio.Task[None]])


def add_routes(app: web.Application) -> None:
    app[_STREAMS] = set()
    app.on_shutdown.append(_end_streams)
    app.router.add_get("/api/events", events)


async def events(request: web.Request) -> web.StreamResponse:
    """``change`` events with kind, site, id, state and version; ``beat`` events in between.

    Whoever connects must look at the queue once after the first beat. The stream ends with the
    session, with the service, and when Redis is away.
    """
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    with request.app[FEED].watch(ALL) as changes:
        await response.prepare(request)
        pump = asyncio.create_task(_pump(request, response, changes))
        request.app[_STREAMS].add(pump)
        try:
            await asyncio.wait({pump})
        finally:
            request.app[_STREAMS].discard(pump)
            pump.cancel()
    return response


async def _pump(
    request: web.Request, response: web.StreamResponse, changes: asyncio.Queue[Change]
) -> None:
    loop = asyncio.get_running_loop()
    await response.write(b"retry: %d\nevent: beat\ndata: {}\n\n" % _RETRY)
    next_beat = loop.time() + BEAT
    try:
        while True:
            try:
                async with asyncio.timeout_at(next_beat):
                    change = await changes.get()
            except TimeoutError:
                if await session_of(request) is None:
                    return
                next_beat = loop.time() + BEAT
                await response.write(b"event: beat\ndata: {}\n\n")
            else:
                line = json.dumps(asdict(change))
                await response.write(f"event: change\ndata: {line}\n\n".encode())
    except (RedisError, OSError):
        # Redis or the client is away; ending the stream tells the page, which comes back.
        return


async def _end_streams(app: web.Application) -> None:
    """At shutdown the requests under way are waited for, and these never end by themselves."""
    for stream in app[_STREAMS]:
        stream.cancel()
