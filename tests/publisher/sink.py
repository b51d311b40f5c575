"""A site's webhook endpoint on loopback that journals what it gets and answers as told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Received:
    """``at`` is monotonic."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def type(self) -> str:
        kind: str = json.loads(self.body)["type"]
        return kind

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


Answer = Callable[[Received], Awaitable[web.StreamResponse]]


async def _ok(_received: Received) -> web.StreamResponse:
    return web.Response(status=204)


def answers(*responses: int | web.Response) -> Answer:
    """Gives these answers in turn, and the last one from then on."""
    left = list(responses)

    async def answer(_received: Received) -> web.StreamResponse:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, int):
            return web.Response(status=found)
        return web.Response(status=found.status, headers=found.headers)

    return answer


@dataclass
class Sink:
    port: int = 0
    answer: Answer = _ok
    journal: list[Received] = field(default_factory=list)
    _arrivals: asyncio.Queue[Received] = field(default_factory=asyncio.Queue)

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def next(self, seconds: float = 15.0) -> Received:
        """The next webhook that nobody asked for yet."""
        async with asyncio.timeout(seconds):
            return await self._arrivals.get()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(request.path, headers, await request.read(), time.monotonic())
        self.journal.append(received)
        self._arrivals.put_nowait(received)
        return await self.answer(received)


@asynccontextmanager
async def sink_server() -> AsyncIterator[Sink]:
    sink = Sink()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", sink._handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sink.port = runner.addresses[0][1]
    try:
        yield sink
    finally:
        await runner.cleanup()
