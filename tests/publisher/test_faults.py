"""What goes wrong: processes killed, races, Redis away, entries that cannot be published."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
from aiohttp import web
from redis.asyncio import Redis
from standardwebhooks import Webhook

from moderato.config import Config
from moderato.domain.comment import State
from moderato.store.sites import Endpoint
from tests.conftest import ConfigFactory
from tests.life import Life
from tests.processes import Running, Spawn
from tests.publisher.conftest import SITE, Start, eventually, settled
from tests.publisher.sink import Received, Sink

MODULE = "workers.publisher"


async def thread(life: Life) -> list[str]:
    ids, _ = await life.store.threads.page(SITE, "a1", newest_first=True, limit=100)
    return ids


async def metric(process: Running, name: str) -> float:
    """One sample of a process's /metrics; 0 where it has none yet."""
    async with aiohttp.ClientSession() as http, http.get(f"{process.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)


async def test_killed_between_a_delivery_and_its_record(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, config: Config, spawn: Spawn
) -> None:
    """The receiver gets it twice, under the same id; the thread holds it once."""
    config = replace(config, webhook_timeout=1.0, redis_timeout=1.0)

    async def answer_while_redis_takes_no_writes(_received: Received) -> web.Response:
        await redis.client_pause(60_000, all=False)
        return web.Response(status=204)

    sink.answer = answer_while_redis_takes_no_writes
    victim = await spawn(MODULE, config)
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    first = await sink.next()

    async def answered() -> bool:
        return await metric(victim, "moderato_publisher_delivery_seconds_count") == 1

    await eventually(answered)
    victim.kill()
    await victim.wait()
    await redis.client_unpause()
    assert await life.store.deliveries.waiting() == 1

    async def answer(_received: Received) -> web.Response:
        return web.Response(status=204)

    sink.answer = answer
    await spawn(MODULE, config)
    second = await sink.next()
    assert second.id == first.id
    Webhook(endpoint.secret).verify(second.body, second.headers)
    await settled(life)
    assert len(sink.journal) == 2
    assert await thread(life) == [comment]
    head = await life.store.threads.head(SITE, "a1")
    assert head is not None
    assert (head.comments, head.revision) == (1, 1)


async def test_killed_before_it_published_anything(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, config: Config, spawn: Spawn
) -> None:
    """Entries that a dead publisher had read are taken over when their lease ends."""
    shard = life.store.shards[0]
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    (_entry,) = await life.publisher.read(shard.outbox, 10, 1)  # read, and never heard of again
    await spawn(MODULE, config)
    got = await sink.next()
    assert got.data["id"] == comment
    assert await thread(life) == [comment]


async def test_two_publishers_deliver_each_decision_once(
    life: Life,
    sink: Sink,
    endpoint: Endpoint,
    config: Config,
    make_config: ConfigFactory,
    spawn: Spawn,
) -> None:
    other = replace(config, publisher_port=make_config().publisher_port)
    await asyncio.gather(spawn(MODULE, config), spawn(MODULE, other))
    comments = {await life.accept() for _ in range(60)}
    await life.score_all(State.APPROVED)
    got = [await sink.next() for _ in range(60)]
    assert {received.data["id"] for received in got} == comments
    await settled(life)
    assert len(sink.journal) == 60
    assert set(await thread(life)) == comments


async def test_asked_to_stop_it_finishes_what_is_under_way(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, config: Config, spawn: Spawn
) -> None:
    go = asyncio.Event()

    async def answer(_received: Received) -> web.Response:
        await go.wait()
        return web.Response(status=204)

    sink.answer = answer
    process = await spawn(MODULE, config)
    await life.accept()
    await life.score_all(State.APPROVED)
    await sink.next()
    process.terminate()

    async def finishing() -> bool:
        return "finishing" in process.log

    await eventually(finishing)
    go.set()
    assert await process.wait() == 0
    assert await life.store.deliveries.waiting() == 0
    group = await redis.xinfo_groups(life.store.shards[0].outbox)
    assert group[0]["consumers"] == 0


async def test_an_entry_that_cannot_be_published_holds_nobody_up(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    shard = life.store.shards[0]
    await redis.set(shard.comment(SITE, "broken"), "not a hash")
    poison = await redis.xadd(shard.outbox, {"site": SITE, "id": "broken", "version": "2"})
    await redis.xadd(shard.outbox, {"nonsense": "1"})
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await start()
    assert (await sink.next()).data["id"] == comment
    # It stays, to be tried again; once what was wrong is mended it goes its way.
    await redis.delete(shard.comment(SITE, "broken"))

    async def gone() -> bool:
        return not await redis.xrange(shard.outbox, min=poison, max=poison)

    await eventually(gone)
    assert await redis.xlen(shard.outbox) == 1


async def test_it_goes_on_when_redis_comes_back(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, start: Start, config: Config
) -> None:
    await start()
    await life.accept()
    await life.score_all(State.APPROVED)
    await sink.next()
    await redis.client_kill_filter(_type="normal", skipme=True)
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    assert (await sink.next()).data["id"] == comment


async def test_it_mends_a_group_that_was_lost(
    redis: Redis, life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await start()
    await redis.delete(life.store.shards[0].outbox)
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    assert (await sink.next()).data["id"] == comment


async def test_it_says_whether_it_is_ready_and_what_it_counts(
    life: Life, sink: Sink, endpoint: Endpoint, config: Config, spawn: Spawn
) -> None:
    process = await spawn(MODULE, config)
    await life.accept()
    await life.score_all(State.APPROVED)
    await sink.next()
    await settled(life)
    for name in (
        'moderato_publisher_published_total{effect="released"}',
        'moderato_publisher_deliveries_total{outcome="delivered"}',
    ):
        assert await metric(process, name) == 1
    for name in ("outbox_entries", "held", "deliveries_waiting", "deliveries_dead"):
        assert await metric(process, f"moderato_publisher_{name}") == 0


async def test_a_bad_setting_is_one_line(config: Config, spawn: Spawn) -> None:
    process = await spawn(MODULE, replace(config, webhook_allow="localhost"), wait=False)
    assert await process.wait() == 2
    assert "MODERATO_WEBHOOK_ALLOW" in process.log
    assert "Traceback" not in process.log
