"""Redis goes away: nothing acknowledged is lost, and everyone is told the truth."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.intake import comments, waiting
from tests.intake.faults import MortalRedis, Wire
from tests.intake.served import Api, Serve, a_comment


async def test_redis_dies_and_comes_back(start: Serve, mortal: MortalRedis) -> None:
    api = await start(redis_url=mortal.url)
    before = await api.post_comment(Idempotency_Key="before")
    await mortal.kill()

    for _ in range(3):
        refused = await api.post_comment(Idempotency_Key="during")
        assert refused.status == 503
        assert refused.json["type"] in {"/docs#unavailable", "/docs#outcome-unknown"}
        assert int(refused.headers["Retry-After"]) > 0
    for path in (before.headers["Location"], "/v1/articles/bridge/comments"):
        answer = await api.get(path)
        assert (answer.status, answer.json["type"]) == (503, "/docs#unavailable")
    assert (await api.get("/healthz")).status == 200
    assert (await api.get("/readyz")).status == 503

    await mortal.start()
    await api.guard.look()
    assert (await api.get("/readyz")).status == 200
    again = await api.post_comment(Idempotency_Key="before")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (before.json, "true")
    assert (await api.post_comment(Idempotency_Key="during")).status == 202
    assert (await api.store.work.backlog())["work"] == 2


async def test_a_lost_reply_is_an_unknown_outcome(start: Serve, mortal: MortalRedis) -> None:
    wire = Wire(mortal.port, mark=b"lose the reply to this")
    await wire.start()
    try:
        api = await start(redis_url=wire.url)
        await api.post_comment()  # loads the script
        body = a_comment(text="lose the reply to this")
        unknown = await api.post_comment(body, Idempotency_Key="k")
        assert (unknown.status, unknown.json["type"]) == (503, "/docs#outcome-unknown")
        assert "with the same Idempotency-Key until you get a 202" in unknown.json["detail"]
        # It had been stored, and is stored once.
        again = await api.post_comment(body, Idempotency_Key="k")
        assert (again.status, again.headers["Idempotency-Replayed"]) == (202, "true")
        assert (await api.store.work.backlog())["work"] == 2
    finally:
        await wire.close()


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"external_id": "c-1"}, "its external_id keeps it single"),
        ({}, "Sending it again may post it twice"),
    ],
)
async def test_the_advice_fits_what_the_site_sent(
    start: Serve, mortal: MortalRedis, fields: dict[str, str], advice: str
) -> None:
    wire = Wire(mortal.port, mark=b"lose the reply to this")
    await wire.start()
    try:
        api = await start(redis_url=wire.url)
        unknown = await api.post_comment(a_comment(text="lose the reply to this", **fields))
        assert (unknown.status, unknown.json["type"]) == (503, "/docs#outcome-unknown")
        assert advice in unknown.json["detail"]
    finally:
        await wire.close()


async def test_too_few_replicas_are_an_unknown_outcome(start: Serve) -> None:
    api = await start(replicas=1, redis_timeout=0.2)
    answer = await api.post_comment(Idempotency_Key="k")
    assert (answer.status, answer.json["type"]) == (503, "/docs#outcome-unknown")


async def test_a_lost_stream_is_made_anew(api: Api) -> None:
    await api.store.redis.delete(api.store.shards[0].work)
    refused = await api.post_comment()
    assert (refused.status, refused.json["type"]) == (503, "/docs#unavailable")
    assert (await api.get("/readyz")).status == 503
    await api.guard.look()
    assert (await api.post_comment()).status == 202
    assert await api.backstage.decide() == 1


async def test_a_wait_survives_an_outage(
    start: Serve, mortal: MortalRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await start(redis_url=mortal.url)
    waits = asyncio.Event()

    async def ring(*args: Any) -> bool:
        waits.set()
        return await waiting.ring(*args)

    monkeypatch.setattr(comments, "ring", ring)
    posted = asyncio.create_task(api.post_comment(Prefer="wait=1"))
    async with asyncio.timeout(5):
        await waits.wait()
    await mortal.kill()
    # What was acknowledged by Redis is acknowledged to the site.
    assert (await posted).status == 202
