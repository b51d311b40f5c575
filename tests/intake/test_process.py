"""``python -m services.intake`` as an operator runs it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
from redis.asyncio import Redis

from moderato.store.connection import connect
from moderato.store.keys import Shard
from moderato.store.store import Store
from tests.conftest import ConfigFactory
from tests.intake.faults import MortalRedis
from tests.intake.served import SITE, a_comment
from tests.processes import Running, Spawn


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


async def listens(intake: Running) -> None:
    """Returns once it answers anything at all."""
    async with asyncio.timeout(20):
        while True:
            try:
                await get(f"{intake.url}/healthz")
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_it_starts_before_redis_and_says_so(
    spawn: Spawn, make_config: ConfigFactory, mortal: MortalRedis
) -> None:
    await mortal.kill()
    intake = await spawn("services.intake", make_config(redis_url=mortal.url), wait=False)
    await listens(intake)
    status, text = await get(f"{intake.url}/readyz")
    assert status == 503
    assert "Redis" in json.loads(text)["failing"]["redis"]
    await mortal.start()
    await intake.ready()


async def test_sigterm_finishes_what_is_under_way(
    spawn: Spawn, make_config: ConfigFactory, redis: Redis
) -> None:
    config = make_config()
    key = await Store(redis, config).sites.create(SITE, "The Gazette")
    intake = await spawn("services.intake", config, MODERATO_LOG_FORMAT="json")
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(intake.url, headers=headers) as http:
        async with http.get("/v1/articles/bridge/events") as stream:
            assert (await stream.content.readline()).startswith(b"retry:")
            waiting = asyncio.create_task(
                http.post("/v1/comments", json=a_comment(), headers={"Prefer": "wait=30"})
            )
            assert await redis.xread({Shard(0).quick: "0"}, block=10_000)
            intake.terminate()
            answer = await waiting
            assert answer.status == 202
            comment = (await answer.json())["id"]
            await stream.content.read()
        assert await intake.wait(10) == 0
    lines = [json.loads(line) for line in intake.log.splitlines()]
    (accepted,) = [line for line in lines if line["event"] == "comment_accepted"]
    assert (accepted["comment"], accepted["site"]) == (comment, SITE)
    assert "missed the walk" not in intake.log
    assert not [line for line in lines if line["level"] in {"warning", "error"}]


async def test_settings_that_do_not_fit_the_store_end_it(
    spawn: Spawn, make_config: ConfigFactory
) -> None:
    client = connect(make_config())
    await Store(client, make_config(shards=4)).prepare()
    await client.aclose()
    intake = await spawn("services.intake", make_config(shards=2), wait=False)
    assert await intake.wait() == 2
    assert "Set MODERATO_SHARDS=4." in intake.log


async def test_metrics_count_what_happened(
    spawn: Spawn, make_config: ConfigFactory, redis: Redis
) -> None:
    config = make_config()
    key = await Store(redis, config).sites.create(SITE, "The Gazette")
    intake = await spawn("services.intake", config)
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(intake.url, headers=headers) as http:
        for text in ("one", "one", "two"):
            await http.post(
                "/v1/comments", json=a_comment(text=text), headers={"Idempotency-Key": "k"}
            )
        await http.get("/nowhere")
    _, metrics = await get(f"{intake.url}/metrics")
    for line in (
        'moderato_intake_requests_total{method="POST",route="post_comment",status="202"} 2.0',
        'moderato_intake_requests_total{method="GET",route="none",status="404"} 1.0',
        "moderato_intake_accepted_total 1.0",
        "moderato_intake_replayed_total 1.0",
        'moderato_intake_refused_total{kind="idempotency-key-reused"} 1.0',
        'moderato_intake_request_seconds_count{route="post_comment"} 3.0',
    ):
        assert line in metrics
