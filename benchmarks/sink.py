"""A site's end of the line: takes webhooks and notes when each comment's first one came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Sink:
    """Moments are ``time.perf_counter``'s."""

    url: str = ""
    _came: dict[str, asyncio.Future[float]] = field(default_factory=dict)

    async def came(self, comment: str) -> float:
        """When the comment's webhook came; waits for it."""
        return await self._future(comment)

    async def take(self, request: web.Request) -> web.Response:
        now = time.perf_counter()
        message = await request.json()
        future = self._future(message["data"]["id"])
        if not future.done():
            future.set_result(now)
        return web.Response(status=204)

    def _future(self, comment: str) -> asyncio.Future[float]:
        if comment not in self._came:
            self._came[comment] = asyncio.get_running_loop().create_future()
        return self._came[comment]


@asynccontextmanager
async def sink(port: int) -> AsyncIterator[Sink]:
    made = Sink(f"http://127.0.0.1:{port}/hook")
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield made
    finally:
        await runner.cleanup()
