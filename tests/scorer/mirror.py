"""A server on loopback that holds models' files, with the faults that the internet has."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web


@dataclass
class Mirror:
    """Serves the files under ``folder``. Change a field and the next answer is another."""

    folder: Path
    url: str = ""
    #: Whether it can send a part of a file.
    ranges: bool = True
    #: Whether it says how long a file is.
    lengths: bool = True
    #: Break the connection after so many bytes of a body; one entry per answer, then no more.
    cuts: list[int] = field(default_factory=list)
    #: Answer with this status instead.
    status: int = 200
    #: Send so many bytes of a checkpoint and then nothing, until ``go_on`` is set.
    hang_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    hangs: threading.Event = field(default_factory=threading.Event)
    #: What was asked for: path, and the Range and If-Range that came along.
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    sent: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = request.headers
        self.asked.append((request.path, headers.get("Range", ""), headers.get("If-Range", "")))
        path = self.folder / request.path.lstrip("/")
        if self.status != 200 or not path.is_file():
            return web.Response(status=self.status if self.status != 200 else 404)
        body = path.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        start = self._start(request, tag)
        if start >= len(body) > 0:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        answer = web.StreamResponse(status=206 if start else 200, headers={"ETag": tag})
        if start:
            answer.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if self.lengths:
            answer.content_length = len(body) - start
        else:
            answer.enable_chunked_encoding()
        await answer.prepare(request)
        await self._send(request, answer, body[start:], start)
        return answer

    def _start(self, request: web.Request, tag: str) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if not self.ranges or not found or request.headers.get("If-Range", tag) != tag:
            return 0
        return int(found[1])

    async def _send(
        self, request: web.Request, answer: web.StreamResponse, body: bytes, start: int
    ) -> None:
        cut = self.cuts.pop(0) if self.cuts else len(body)
        hang = None
        if self.hang_after is not None and request.path.endswith(".ckpt"):
            # For who asks again after waiting in vain, too.
            hang = max(0, self.hang_after - start)
        stop = min(cut, len(body) if hang is None else hang)
        for begin in range(0, stop, 1 << 16):
            piece = body[begin : min(begin + (1 << 16), stop)]
            await answer.write(piece)
            self.sent += len(piece)
        if hang is not None and stop < len(body):
            self.hangs.set()
            await asyncio.to_thread(self.go_on.wait)
        if stop < len(body):
            assert request.transport is not None
            request.transport.close()


@contextmanager
def mirror(folder: Path) -> Iterator[Mirror]:
    """A mirror in a thread of its own, for processes and for synchronous tests."""
    served = Mirror(folder)
    started = threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", served.answer)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        try:
            await stopped.wait()
        finally:
            await runner.cleanup()

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield served
    finally:
        served.go_on.set()
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()
