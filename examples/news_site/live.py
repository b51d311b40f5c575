"""The pages that are open in readers' browsers, and the streams that reach them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .articles import article_of
from .readers import reader_of

Event = tuple[str, dict[str, Any]]


@dataclass(eq=False)
class Page:
    """A page that is open in somebody's browser."""

    article: str
    reader: str
    events: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)


#: With several processes, pass what a webhook says on to the others (Redis, Postgres, ...).
PAGES = web.AppKey("PAGES", set[Page])


async def events(request: web.Request) -> web.StreamResponse:
    """The live stream of an open page (server-sent events)."""
    opened = Page(article_of(request), reader_of(request))
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    request.app[PAGES].add(opened)
    try:
        with suppress(ConnectionResetError):
            await response.write(b"retry: 2000\n\n")
            async for line in lines(opened):
                await response.write(line)
    finally:
        request.app[PAGES].discard(opened)
    return response


async def lines(opened: Page) -> AsyncIterator[bytes]:
    """Events as they come, until the server stops; a comment line where there is none for long."""
    while True:
        try:
            async with asyncio.timeout(15):
                event = await opened.events.get()
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if event is None:
            return
        kind, data = event
        yield f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


async def close(app: web.Application) -> None:
    """Ends the streams, so that the server can stop."""
    for opened in app[PAGES]:
        opened.events.put_nowait(None)
