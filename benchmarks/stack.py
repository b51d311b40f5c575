"""A Moderato of the benchmark's own: real processes on free loopback ports, gone at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from moderato.config import Config
from moderato.embedded import EmbeddedRedis
from moderato.process import Child
from moderato.store.connection import connect
from moderato.store.store import Store
from moderato.supervisor import http_ready

_ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 120.0
_STOP_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Service:
    """A process that listens on ``port``."""

    port: int
    child: Child

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It hangs, with everything it holds, while the block lasts."""
        assert self.child.pid is not None
        os.kill(self.child.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.child.pid, signal.SIGCONT)


@dataclass(slots=True)
class Stack:
    """A durable Redis in ``folder`` and whatever is started on it.

    No site is rate limited here: the limit is a setting, not a speed.
    """

    config: Config
    store: Store
    #: The socket of its Redis.
    socket: Path
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, module: str, port_name: str) -> Service:
        """Starts ``python -m module`` with a free port in ``port_name``; waits until ready."""
        port = free_port()
        config = replace(self.config, **{port_name: port})  # type: ignore[arg-type]
        argv = [sys.executable, "-m", module]
        child = await self._running.enter_async_context(running(argv, port, _environment(config)))
        return Service(port, child)

    async def stop(self) -> None:
        """Stops what ``start`` started; Redis and its data stay."""
        await self._running.aclose()
        self._running = AsyncExitStack()

    async def empty(self) -> None:
        """Forgets every comment; the streams are there again."""
        await self.store.redis.flushall()
        await self.store.prepare()


@asynccontextmanager
async def stack(folder: Path, threads: int = 0) -> AsyncIterator[Stack]:
    """``threads`` are those of its scorers' model."""
    async with EmbeddedRedis(folder) as server:
        config = Config(
            redis_url=server.url,
            rate_per_minute=10**9,
            rate_burst=10**9,
            webhook_allow="127.0.0.0/8",
            log_level="warning",
            threads=threads,
        )
        redis = connect(config)
        made = Stack(config, Store(redis, config), server.socket)
        try:
            await made.store.prepare()
            yield made
        finally:
            await made.stop()
            await redis.aclose()


@asynccontextmanager
async def running(
    argv: list[str], port: int, env: Mapping[str, str] | None = None
) -> AsyncIterator[Child]:
    """A process while the block lasts; begins once it answers on ``port``'s /readyz."""
    child = Child(argv, env=env, cwd=_ROOT)
    await child.start()
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await _ready(child, port)
        yield child
    finally:
        if child.running:
            await child.stop(_STOP_SECONDS)


async def _ready(child: Child, port: int) -> None:
    ready = asyncio.ensure_future(http_ready(f"http://127.0.0.1:{port}/readyz"))
    ended = asyncio.ensure_future(child.wait())
    await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if ended.done():
        raise RuntimeError("\n".join([f"{' '.join(child.argv)} ended:", *child.tail]))
    ended.cancel()


def _environment(config: Config) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("MODERATO_")}
    settings = {f"MODERATO_{f.name.upper()}": str(getattr(config, f.name)) for f in fields(config)}
    return {**env, **settings}
