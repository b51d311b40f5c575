"""A publisher in this process, a site with an endpoint, and a sink that stands for the site."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from redis.asyncio import Redis

from moderato.config import Config
from moderato.store.deliveries import Delivery
from moderato.store.sites import Endpoint
from tests.conftest import ConfigFactory
from tests.life import Life
from tests.publisher.sink import Sink, sink_server
from workers.publisher.retries import Retries
from workers.publisher.service import serve

SITE = "gazette"
#: Tries follow each other at once.
QUICK = Retries(delays=(0.0, 0.02, 0.02, 0.02), jitter=0.1, rest=0.02, longest_rest=0.1)

Start = Callable[..., Awaitable[None]]


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with sink_server() as sink:
        yield sink


@pytest.fixture
def config(make_config: ConfigFactory) -> Config:
    return make_config(undo_window=0.2, webhook_allow="127.0.0.0/8", webhook_timeout=5.0, lease=1.0)


@pytest.fixture
async def life(redis: Redis, config: Config) -> AsyncIterator[Life]:
    life = Life(redis, config)
    await life.store.prepare()
    await life.store.sites.create(SITE, "The Gazette")
    yield life
    await life.close()


@pytest.fixture
async def endpoint(life: Life, sink: Sink) -> Endpoint:
    return await life.store.sites.add_endpoint(SITE, sink.url())


@pytest.fixture
async def start(config: Config) -> AsyncIterator[Start]:
    """``await start()``: a publisher in this process, ended as SIGTERM would end it."""
    async with AsyncExitStack() as stack:

        async def start(retries: Retries = QUICK, config: Config = config) -> None:
            await stack.enter_async_context(publishing(config, retries))

        yield start


@asynccontextmanager
async def publishing(config: Config, retries: Retries) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(serve(config, stop, retries))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


async def dead(life: Life, seconds: float = 15.0) -> Delivery:
    """The first delivery given up."""
    found: list[Delivery] = []

    async def look() -> bool:
        found[:] = await life.store.deliveries.dead()
        return bool(found)

    await eventually(look, seconds)
    return found[0]


async def settled(life: Life, seconds: float = 15.0) -> None:
    """Returns once nothing is left to publish or to deliver."""

    async def look() -> bool:
        backlog = await life.store.work.backlog()
        return backlog["outbox"] == 0 and await life.store.deliveries.waiting() == 0

    await eventually(look, seconds)


async def eventually(true: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    """Asks until ``true`` is: what Redis holds gives no other sign of a change."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
