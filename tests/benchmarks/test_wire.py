"""The load generator counts what it was really answered."""

from __future__ import annotations

import asyncio
import sys

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis

from benchmarks.load import Order, additions, posts, send
from benchmarks.stack import free_port, running
from benchmarks.wire import drive, http_answer, redis_answer


@pytest.mark.parametrize(
    ("buffer", "length"),
    [
        (b"HTTP/1.1 202 Accepted\r\nContent-Le", None),
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nab", None),
        (b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nabHTTP", 46),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 27),
    ],
)
def test_an_http_answer_is_measured_once_it_is_whole(buffer: bytes, length: int | None) -> None:
    assert http_answer(bytearray(buffer)) == length


@pytest.mark.parametrize(
    ("buffer", "length"),
    [(b"$3\r\n1-", None), (b"$3\r\n1-1\r\n+", 9), (b"-ERR no\r\n", 9), (b"+O", None)],
)
def test_a_redis_answer_is_measured_once_it_is_whole(buffer: bytes, length: int | None) -> None:
    assert redis_answer(bytearray(buffer)) == length


async def test_every_good_answer_was_a_request_that_came() -> None:
    keys: list[str] = []

    async def accept(request: web.Request) -> web.Response:
        await request.json()
        keys.append(request.headers["Idempotency-Key"])
        return web.json_response({}, status=202 if len(keys) % 3 else 503)

    app = web.Application()
    app.router.add_post("/v1/comments", accept)
    async with TestServer(app) as server:
        loop, port = asyncio.get_running_loop(), server.port or 0
        load = await drive(
            lambda make: loop.create_connection(make, "127.0.0.1", port),
            posts("key"),
            http_answer,
            b"HTTP/1.1 202",
            connections=4,
            seconds=0.2,
        )
    assert load.good + load.bad == len(keys) == len(set(keys))
    assert load.bad == len(keys) // 3


async def test_additions_are_durable_entries(redis: Redis, redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    host, _, port = redis_url.removeprefix("redis://").removesuffix("/0").partition(":")
    load = await drive(
        lambda make: loop.create_connection(make, host, int(port)),
        additions(),
        redis_answer,
        b"$",
        connections=2,
        seconds=0.1,
    )
    assert load.bad == 0
    assert await redis.xlen("bench") == load.good > 0


async def test_load_comes_from_a_process_of_its_own() -> None:
    port = free_port()
    async with running([sys.executable, "-m", "benchmarks.echo", str(port)], port):
        load = await send(Order("http", connections=2, seconds=0.2, ports=(port,), key="k"))
    assert load.good > 0
    assert load.per_second == pytest.approx(load.good / load.seconds)


async def test_a_refused_request_is_no_figure() -> None:
    app = web.Application()
    async with TestServer(app) as server:
        order = Order("http", connections=1, seconds=0.1, ports=(server.port or 0,), key="k")
        with pytest.raises(RuntimeError, match="requests failed"):
            await send(order)
