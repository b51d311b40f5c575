"""`moderato doctor`: finds what is broken, says how to mend it, and is quiet where all is well."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderato.cli._doctor import machine, server, services, work
from moderato.cli._doctor.finding import Finding, Level
from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.scores import ModelInfo
from moderato.store import keys
from tests.cli.conftest import Moderato
from tests.conftest import ConfigFactory, free_port
from tests.life import Life
from tests.processes import Spawn

#: ``redis_with("--appendonly", "no")``: a client on a Redis of its own.
RedisWith = Callable[..., Redis]


@pytest.fixture
async def redis_with(redis_binary: Path, tmp_path: Path) -> AsyncIterator[RedisWith]:
    started: list[subprocess.Popen[bytes]] = []
    clients: list[Redis] = []

    def start(*options: str) -> Redis:
        port = free_port()
        process = subprocess.Popen(
            [
                str(redis_binary),
                "--port",
                str(port),
                "--dir",
                str(tmp_path),
                "--save",
                "",
                *options,
            ],
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        url = f"redis://127.0.0.1:{port}"
        _wait_for(url)
        clients.append(Redis.from_url(url, decode_responses=True))
        return clients[-1]

    yield start
    for client in clients:
        await client.aclose()
    for process in started:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 10
    with BlockingRedis.from_url(url) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()
            except RedisError:
                time.sleep(0.01)
            else:
                return
    pytest.fail("Redis did not start.")


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    """A deployment at work, with a site and a user."""
    life = Life(redis, make_config())
    await life.store.prepare()
    await life.store.sites.create("gazette", "The Gazette")
    await redis.hset(keys.USERS, "ann", "{}")
    yield life
    await life.close()


def broken(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is Level.BROKEN]


def troubles(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level is not Level.OK]


# -- Redis ------------------------------------------------------------------------------------
async def test_a_durable_redis_is_well(redis: Redis) -> None:
    assert troubles(await server.examine(redis, Config())) == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--appendonly", "no"), "appendonly is 'no'"),
        (("--appendonly", "yes", "--appendfsync", "everysec"), "appendfsync is 'everysec'"),
        (
            ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "allkeys-lru"),
            "maxmemory-policy is 'allkeys-lru'",
        ),
    ],
)
async def test_a_redis_that_loses_comments_is_found_and_its_fix_mends_it(
    redis_with: RedisWith, options: tuple[str, ...], named: str
) -> None:
    client = redis_with(*options)
    found = broken(await server.examine(client, Config()))
    assert named in "\n".join(finding.what for finding in found)
    for finding in found:
        command = finding.fix.split("`")[1].removeprefix("redis-cli CONFIG SET ")
        await client.config_set(*command.split())
    assert broken(await server.examine(client, Config())) == []


async def test_settings_that_may_not_be_read_are_named(redis: Redis, redis_url: str) -> None:
    await redis.acl_setuser(
        "reader", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config"]
    )
    reader = Redis.from_url(redis_url, username="reader", password="x", decode_responses=True)
    try:
        (finding,) = troubles(await server.examine(reader, Config()))
    finally:
        await reader.aclose()
        await redis.acl_deluser("reader")
    assert finding.level is Level.LOOK
    assert "appendfsync always" in finding.fix


async def test_a_full_redis_is_found(redis_with: RedisWith) -> None:
    client = redis_with("--appendonly", "yes", "--appendfsync", "always")
    used = int((await client.info("memory"))["used_memory"])
    await client.config_set("maxmemory", int(used / 0.8))
    (finding,) = broken(await server.examine(client, Config()))
    assert "intake refuses new comments from 70% on" in finding.what


async def test_missing_replicas_are_found(redis: Redis) -> None:
    (finding,) = broken(await server.examine(redis, Config(replicas=1)))
    assert "0 of 1 replicas are online" in finding.what


async def test_a_replica_is_no_place_to_write(redis_with: RedisWith, redis_url: str) -> None:
    client = redis_with("--appendonly", "yes", "--appendfsync", "always")
    await client.replicaof("127.0.0.1", int(redis_url.rpartition(":")[2].partition("/")[0]))
    found = broken(await server.examine(client, Config()))
    assert any("this is a replica" in finding.what for finding in found)


# -- work -------------------------------------------------------------------------------------
async def test_a_deployment_at_work_is_well(life: Life) -> None:
    await life.accept()
    assert troubles(await work.examine(life.store, life.config)) == []


async def test_an_empty_redis_was_never_prepared(redis: Redis, make_config: ConfigFactory) -> None:
    life = Life(redis, make_config())
    (finding,) = await work.examine(life.store, life.config)
    await life.close()
    assert "nothing was ever made here" in finding.what


@pytest.mark.parametrize("stream", ["work", "quick", "outbox"])
async def test_a_missing_group_is_found(life: Life, redis: Redis, stream: str) -> None:
    key = getattr(life.store.shards[0], stream)
    group = (await redis.xinfo_groups(key))[0]["name"]
    await redis.xgroup_destroy(key, group)
    (finding,) = broken(await work.examine(life.store, life.config))
    assert f"{key} has no group '{group}'" in finding.what


async def test_a_missing_stream_is_found(life: Life, redis: Redis) -> None:
    await redis.delete(life.store.shards[0].work)
    (finding,) = broken(await work.examine(life.store, life.config))
    assert "nobody can read it" in finding.what


@pytest.mark.parametrize(("lane", "who"), [("work", "scorer"), ("outbox", "publisher")])
async def test_work_without_a_worker_is_found(
    life: Life, redis: Redis, lane: str, who: str
) -> None:
    stream = getattr(life.store.shards[0], lane)
    # As an entry added in 1970: its id is the time.
    await redis.xadd(stream, {"site": "gazette", "id": "x", "step": "decide"}, id="1-1")
    (finding,) = broken(await work.examine(life.store, life.config))
    assert f"no {who} reads {stream}: 1 entries wait" in finding.what
    assert f"python -m workers.{who}" in finding.fix


async def test_another_number_of_shards_is_found(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_SHARDS", "4")
    found = broken(await work.examine(life.store, replace(life.config, shards=4)))
    assert "MODERATO_SHARDS=4, but the deployment was made with 1" in found[0].what


async def test_stuck_work_is_found(life: Life, redis: Redis) -> None:
    await life.accept()
    (job,) = await life.jobs()
    stream, minutes = life.store.shards[0].work, 10 * 60_000
    await redis.xclaim(
        stream, "scorers", life.scorer.name, 0, [job.entry.id], idle=minutes, justid=True
    )
    (finding,) = troubles(await work.examine(life.store, life.config))
    assert "shows no sign of life for 10 min" in finding.what


async def test_decisions_nobody_releases_are_found(life: Life, redis: Redis) -> None:
    comment = await life.flagged()
    await life.store.comments.decide("gazette", comment, version=2, approve=True, by="ann")
    held = life.store.shards[0].held
    popped: Any = await redis.zpopmin(held)
    await redis.zadd(held, {popped[0][0]: 1})
    (finding,) = broken(await work.examine(life.store, life.config))
    assert "1 decisions to release are overdue" in finding.what


async def test_dead_letters_and_disabled_webhooks_are_worth_a_look(life: Life) -> None:
    await life.accept()
    (job,) = await life.jobs()
    await life.store.work.bury(life.scorer, job.entry, "It broke.", "ann")
    endpoint = await life.store.sites.add_endpoint("gazette", "https://gazette.example/hook")
    await life.store.sites.save_endpoint("gazette", replace(endpoint, disabled="410"))
    found = troubles(await work.examine(life.store, life.config))
    assert {finding.level for finding in found} == {Level.LOOK}
    text = "\n".join(finding.what + finding.fix for finding in found)
    assert "dead letters: 1 comments, 0 webhooks" in text
    assert f"moderato site webhook enable gazette {endpoint.id}" in text


async def test_a_policy_for_another_model_is_worth_a_look(life: Life) -> None:
    toml = 'name = "x"\notherwise = "flag"\n[[rules]]\nname = "explicit"\nthen = "reject"\n'
    await life.store.policies.push("gazette", f'{toml}when.scores.sexual_explicit = "> 0.9"\n')
    assert not troubles(await work.examine(life.store, life.config))
    scored = ("toxicity", "sexual_explicit")
    await life.store.models.record(ModelInfo("unbiased", "1", scored, frozenset({"en"})))
    assert not troubles(await work.examine(life.store, life.config))
    await life.store.models.record(ModelInfo("small", "2", scored[:1], frozenset({"en"})))
    (found,) = troubles(await work.examine(life.store, life.config))
    assert found.level is Level.LOOK
    assert "gazette asks for sexual_explicit, which small 2 does not score" in found.what


async def test_a_comment_that_waits_too_long_is_found(life: Life, redis: Redis) -> None:
    comment = await life.accept()
    queue = life.store.shards[0].queue("gazette", State.PENDING.value)
    await redis.zadd(queue, {comment: 1})
    (finding,) = troubles(await work.examine(life.store, life.config))
    assert "the oldest comment of gazette has waited" in finding.what


async def test_nobody_to_post_and_nobody_to_moderate(life: Life, redis: Redis) -> None:
    await redis.delete(keys.SITES, keys.USERS)
    found = troubles(await work.examine(life.store, life.config))
    assert ["no site" in found[0].what, "no user" in found[1].what] == [True, True]


# -- services ---------------------------------------------------------------------------------
async def test_a_service_is_ready_hung_up_or_another_program(
    spawn: Spawn, make_config: ConfigFactory
) -> None:
    other = TestServer(web.Application())
    await other.start_server()
    config = make_config(console_port=other.port)
    await spawn("services.intake", config)
    intake, console, scorer, _ = await services.examine(config)
    await other.close()
    assert (intake.level, intake.what) == (
        Level.OK,
        f"intake is ready on 127.0.0.1:{config.intake_port}",
    )
    assert "is not Moderato's console" in console.what
    assert "scorer does not answer" in scorer.what
    assert "python -m workers.scorer" in scorer.fix


async def test_a_service_that_is_not_ready_says_why(
    spawn: Spawn, make_config: ConfigFactory
) -> None:
    config = make_config(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    intake = await spawn("services.intake", config, wait=False)
    await _listening(intake.url)
    finding = (await services.examine(config))[0]
    assert finding.level is Level.BROKEN
    assert "is not ready" in finding.what
    assert "redis" in finding.what.lower()


async def _listening(url: str) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(20):
        while True:
            try:
                async with http.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)


# -- this machine -----------------------------------------------------------------------------
async def test_the_bundled_model_works(tmp_path: Path) -> None:
    findings = await machine.examine(Config(), tmp_path)
    assert troubles(findings) == []
    assert "tells an insult from thanks" in findings[-1].what


async def test_a_model_that_is_not_there_is_named() -> None:
    (finding,) = broken(await machine.examine(Config(model="nonesuch"), None))
    assert "There is no model 'nonesuch'" in finding.what


async def test_an_engine_that_does_not_exist_is_named() -> None:
    (finding,) = broken(await machine.examine(Config(engine="magic"), None))
    assert "MODERATO_ENGINE='magic'" in finding.what


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    yield folder
    folder.chmod(0o700)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_cannot_be_written_is_found(locked: Path) -> None:
    found = broken(await machine.examine(Config(model="nonesuch"), locked))
    assert "cannot be written" in found[0].what


# -- the command ------------------------------------------------------------------------------
async def test_it_prints_each_fix_and_ends_with_1(
    moderato: Moderato, life: Life, redis: Redis
) -> None:
    await redis.xgroup_destroy(life.store.shards[0].work, "scorers")
    result = await moderato("doctor", "--no-services")
    assert result.exit_code == 1, result.output
    assert "✗ moderato:{s0}:work has no group 'scorers'" in result.output
    assert "Start a scorer: it makes the group" in result.output
    assert "1 broken." in result.output


async def test_all_well_ends_with_0(moderato: Moderato, life: Life) -> None:
    result = await moderato("doctor", "--no-services", "--json")
    assert result.exit_code == 0, result.output
    sections = {one["title"]: one["findings"] for one in json.loads(result.output)}
    assert "Work" in sections
    assert {finding["level"] for findings in sections.values() for finding in findings} == {"ok"}


async def test_a_redis_that_is_away_is_one_finding_among_others(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    result = await moderato("doctor", "--no-services")
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert "Python" in result.output


async def test_a_bad_setting_is_explained(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_SHARDS", "many")
    result = await moderato("doctor")
    assert result.exit_code == 1
    assert "MODERATO_SHARDS='many': must be a whole number" in result.output
