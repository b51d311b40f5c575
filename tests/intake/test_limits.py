"""How much a site may send, how slowly, and when the store is too full to take more."""

from __future__ import annotations

import asyncio
import re

import pytest
from redis.asyncio import Redis

from tests.intake.served import Api, Serve


async def test_a_site_that_sends_too_much_is_told_to_wait(start: Serve) -> None:
    api = await start(rate_per_minute=6, rate_burst=3)
    for left in (2, 1, 0):
        answer = await api.post_comment()
        assert answer.status == 202
        assert answer.headers["RateLimit-Policy"] == '"default";q=3;w=30'
        assert re.fullmatch(rf'"default";r={left};t=\d+', answer.headers["RateLimit"])
    refused = await api.post_comment()
    assert (refused.status, refused.json["type"]) == (429, "/docs#rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["RateLimit"].startswith('"default";r=0;t=')
    assert "6 requests a minute, and 3 at once" in refused.json["detail"]
    report = await api.post("/v1/comments/" + "0" * 32 + "/reports", {"reporter": "a"})
    assert report.status == 429
    # Reading is not limited, and another site has an allowance of its own.
    assert (await api.get("/v1/articles/bridge/comments")).status == 200
    theirs = await api.store.sites.create("herald", "Herald")
    assert (await api.post_comment(Authorization=f"Bearer {theirs}")).status == 202


async def test_a_nearly_full_store_takes_nothing_new(start: Serve, redis: Redis) -> None:
    api = await start(redis_memory_limit=0.7, rate_burst=1_000_000)
    comment = await api.released()
    # So large that what is posted until intake notices cannot fill the rest.
    for number in range(400):
        await redis.set(f"ballast-{number}", "x" * 100_000)
    try:
        await redis.config_set("maxmemory", 50_000_000)
        async with asyncio.timeout(10):
            while True:
                # Anew each time: Redis gives back what it needed to take the ballast in.
                used = int((await redis.info("memory"))["used_memory"])
                await redis.config_set("maxmemory", int(used / 0.8))
                answer = await api.post_comment()
                # What Redis needs for a moment more may go beyond the limit set just before.
                if answer.status != 202 and "no memory left" not in answer.json["detail"]:
                    break
        assert (answer.status, answer.json["type"]) == (503, "/docs#nearly-full")
        assert answer.headers["Retry-After"] == "30"
        # It stops by itself, long before Redis would have to refuse.
        assert "intake stops above 70%" in answer.json["detail"]
        ready = await api.get("/readyz")
        assert ready.status == 503
        assert "of its memory" in ready.json["failing"]["redis"]
        # What is there can still be read, and erased.
        assert (await api.get(f"/v1/comments/{comment}")).status == 200
    finally:
        await redis.config_set("maxmemory", 0)
    async with asyncio.timeout(10):
        while (await api.post_comment()).status != 202:
            pass


async def test_a_full_store_is_told_from_an_unreachable_one(start: Serve, redis: Redis) -> None:
    api = await start(redis_memory_limit=1e9)
    # The scripts are loaded and the key is known: only the memory is missing.
    assert (await api.post_comment()).status == 202
    try:
        await redis.config_set("maxmemory", 1)
        answer = await api.post_comment()
        assert (answer.status, answer.json["type"]) == (503, "/docs#nearly-full")
    finally:
        await redis.config_set("maxmemory", 0)


@pytest.mark.parametrize("sent", [b"", b'{"text"'])
async def test_a_slow_body_is_cut_off(start: Serve, sent: bytes) -> None:
    api = await start(body_timeout=0.2)
    reader, writer = await asyncio.open_connection(api.config.host, api.config.intake_port)
    writer.write(
        b"POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\nAuthorization: Bearer " + api.key.encode() + b"\r\n\r\n" + sent
    )
    # Read to the end: the connection is closed, although the body never ended.
    async with asyncio.timeout(5):
        answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 408 ")
    assert "Connection: close" in answer
    assert "/docs#body-too-slow" in answer
    assert "did not arrive within 0.2 s" in answer


async def test_a_client_that_leaves_stores_nothing(api: Api) -> None:
    _, writer = await asyncio.open_connection(api.config.host, api.config.intake_port)
    writer.write(
        b"POST /v1/comments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\nAuthorization: Bearer " + api.key.encode() + b"\r\n\r\n{"
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await api.post_comment()).status == 202
    assert (await api.store.work.backlog())["work"] == 1
