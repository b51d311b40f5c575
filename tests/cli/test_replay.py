"""`moderato replay` against real intakes: every comment's fate is known, and none is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from moderato.config import Config
from moderato.embedded import EmbeddedRedis
from moderato.store.keys import Shard
from moderato.store.store import Store
from moderato.supervisor import Backoff
from tests.conftest import ConfigFactory, free_port
from tests.processes import REPOSITORY, Spawn, environment


@dataclass
class Replay:
    """`moderato replay` as a process of its own, with a file of ``count`` comments."""

    folder: Path
    config: Config
    key: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    async def start(self, rows: list[dict[str, Any]], *options: str) -> Process:
        path = self.folder / "comments.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "moderato.cli", "replay", str(path)),
            *("--report", str(self.folder / "report.json"), *options),
            env=environment(self.config, MODERATO_API_KEY=self.key),
            cwd=REPOSITORY,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def run(self, rows: list[dict[str, Any]], *options: str) -> tuple[int, str]:
        """Its status and what it printed."""
        process = await self.start(rows, *options)
        return await finished(process)


async def finished(process: Process) -> tuple[int, str]:
    async with asyncio.timeout(90):
        out, err = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in err, err.decode()
    return process.returncode, out.decode() + err.decode()


async def posted(redis: Redis, count: int) -> list[str]:
    """Waits until so many comments came in; their ids."""
    ids: list[str] = []
    last = "0-0"
    async with asyncio.timeout(30):
        while len(ids) < count:
            reply: Any = await redis.xread({Shard(0).work: last}, block=1000)
            for _, entries in reply or []:
                ids += [fields["id"] for _, fields in entries]
                last = entries[-1][0]
    return ids


@asynccontextmanager
async def cutting_proxy(port: int, cuts: int) -> AsyncIterator[str]:
    """In front of what listens on ``port``: loses the first ``cuts`` answers, then no more."""
    left = cuts

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal left
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while request := await reader.read(65_536):
                inner_writer.write(request)
                answer = await inner_reader.read(65_536)
                if left:
                    left -= 1
                    return
                writer.write(answer)
        finally:
            inner_writer.close()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def comments(count: int) -> list[dict[str, Any]]:
    return [{"text": f"Comment number {n}.", "id": f"c{n}"} for n in range(count)]


@pytest.fixture
async def replay(redis: Redis, make_config: ConfigFactory, tmp_path: Path, spawn: Spawn) -> Replay:
    """With an intake, and nobody who scores."""
    config = make_config()
    key = await Store(redis, config).sites.create("gazette", "The Gazette")
    await spawn("services.intake", config)
    return Replay(tmp_path, config, key)


async def test_every_comment_is_decided_and_told(replay: Replay, spawn: Spawn) -> None:
    await spawn("workers.scorer", replay.config)
    rows = [*comments(40), {"text": "You stupid idiot, shut up and die.", "id": "toxic"}]
    status, said = await replay.run(rows, "--rate", "0")
    report = replay.report
    assert status == 0, said
    assert "41 of 41 comments accepted" in said
    assert report["well"]
    assert sum(report["states"].values()) == sum(report["rules"].values()) == 41
    toxic = report["comments"][-1]
    assert toxic["state"] in {"flagged", "rejected"}, toxic
    assert {fate["state"] for fate in report["comments"]} <= {"approved", "flagged", "rejected"}
    for latency in (report["post_ms"], report["decision_ms"]):
        assert 0 <= latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["most"]


async def test_those_not_decided_are_named(replay: Replay) -> None:
    status, said = await replay.run(comments(3), "--rate", "0", "--wait", "0.5")
    assert status == 1
    assert "3 not decided yet" in said
    ids = [fate["id"] for fate in replay.report["comments"]]
    assert replay.report["undecided"] == ids
    assert all(comment in said for comment in ids)


async def test_one_that_vanished_is_named(replay: Replay, redis: Redis) -> None:
    process = await replay.start(comments(2), "--rate", "0", "--wait", "20")
    ids = await posted(redis, 2)
    await redis.delete(*(Shard(0).comment("gazette", comment) for comment in ids))
    status, said = await finished(process)
    assert status == 1
    assert sorted(replay.report["lost"]) == sorted(ids), said


async def test_the_rate_is_kept(replay: Replay) -> None:
    await replay.run(comments(40), "--rate", "20", "--wait", "0")
    assert replay.report["accepted"] == 40
    assert replay.report["posting_seconds"] == pytest.approx(39 / 20, abs=0.5)


async def test_replies_find_their_parents(replay: Replay, redis: Redis) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "First.", "id": "a", "article": "one"},
        {"text": "Reply.", "id": "b", "article": "one", "parent": "a"},
        {"text": "Elsewhere.", "id": "c", "article": "two", "parent": "a"},
        {"text": "To that.", "id": "d", "article": "two", "parent": "c"},
    ]
    status, said = await replay.run(rows, "--rate", "0", "--wait", "0")
    first, reply, elsewhere, below = replay.report["comments"]
    assert status == 1
    stored = await redis.hget(Shard(0).comment("gazette", reply["id"]), "parent")
    assert stored == first["id"]
    assert elsewhere["refused"]
    assert "`parent` is a comment under another article" in elsewhere["error"]
    assert below["error"] == "Its parent 'c' was not accepted."
    assert "line 3: HTTP 422" in said


async def test_a_second_run_posts_nothing_twice(replay: Replay, redis: Redis) -> None:
    await replay.run(comments(5), "--rate", "0", "--wait", "0")
    _, said = await replay.run(comments(5), "--rate", "0", "--wait", "0")
    assert replay.report["known"] == 5
    assert "5 of them were known from an earlier run" in said
    assert await redis.xlen(Shard(0).work) == 5


async def test_a_wrong_key_ends_it_at_once(replay: Replay) -> None:
    replay.key = "mod_wrong"
    status, said = await replay.run(comments(100))
    assert status == 1
    assert "refuses the key" in said


async def test_no_key_says_how_to_get_one(replay: Replay) -> None:
    replay.key = ""
    status, said = await replay.run(comments(1), "--site", "gazette")
    assert status == 2
    assert "moderato site add gazette" in said


async def test_a_limited_rate_is_waited_for(
    redis: Redis, make_config: ConfigFactory, tmp_path: Path, spawn: Spawn
) -> None:
    config = make_config(rate_per_minute=1200, rate_burst=5)
    key = await Store(redis, config).sites.create("gazette", "The Gazette")
    await spawn("services.intake", config)
    replay = Replay(tmp_path, config, key)
    _, said = await replay.run(comments(15), "--rate", "0", "--wait", "0")
    assert replay.report["accepted"] == 15, said
    assert replay.report["repeats"]["429"] >= 1


async def test_ctrl_c_tells_what_is_known(replay: Replay, redis: Redis) -> None:
    process = await replay.start(comments(1000), "--rate", "20")
    await posted(redis, 5)
    process.send_signal(signal.SIGINT)
    status, said = await finished(process)
    assert status == 130
    assert said.startswith("Interrupted.")
    assert "were not posted" in said
    # What was under way may have come in without an answer that we saw.
    report = replay.report
    stored = await redis.xlen(Shard(0).work)
    assert report["accepted"] <= stored <= report["accepted"] + len(report["unanswered"])


async def test_an_intake_that_is_away_gives_up_in_time(replay: Replay) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    began = time.monotonic()
    options = ("--url", gone, "--patience", "1", "--concurrency", "1", "--rate", "0")
    status, said = await replay.run(comments(30), *options)
    assert status == 1
    assert "30 unanswered" in said
    # Patience is for the outage, not for each comment in turn.
    assert time.monotonic() - began < 15


async def test_an_answer_that_was_cut_off_is_asked_for_again(replay: Replay, redis: Redis) -> None:
    async with cutting_proxy(replay.config.intake_port, cuts=5) as url:
        options = ("--url", url, "--rate", "0", "--wait", "0", "--concurrency", "4")
        _, said = await replay.run([{"text": f"Comment {n}."} for n in range(12)], *options)
    assert replay.report["accepted"] == 12, said
    assert sum(replay.report["repeats"].values()) == 5
    assert await redis.xlen(Shard(0).work) == 12


async def test_redis_killed_in_the_middle_loses_and_doubles_nothing(
    make_config: ConfigFactory, tmp_path: Path, spawn: Spawn, redis_binary: Path
) -> None:
    data = tmp_path / "data"
    backoff = Backoff(first=0.5)
    async with EmbeddedRedis(data, server=redis_binary, backoff=backoff) as server:
        config = make_config(redis_url=server.url)
        redis = Redis.from_url(server.url, decode_responses=True)
        store = Store(redis, config)
        key = await store.sites.create("gazette", "The Gazette")
        await spawn("services.intake", config)
        replay = Replay(tmp_path, config, key)
        # Without ids of their own: the Idempotency-Key alone keeps them single.
        rows = [{"text": f"Comment number {n}."} for n in range(400)]
        process = await replay.start(rows, "--rate", "150", "--wait", "30")
        await posted(redis, 100)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await spawn("workers.scorer", config, wait=False)
        status, said = await finished(process)
        pending = await store.queues.counts(["gazette"])
        stored = [key async for key in redis.scan_iter("moderato:{s0}:comment:*", count=1000)]
        await redis.aclose()
    report = replay.report
    assert report["accepted"] == 400, said
    assert report["lost"] == report["undecided"] == []
    assert sum(report["repeats"].values()) > 0, "Redis was not away while comments came in."
    assert len(stored) == 400
    assert pending["gazette"]["pending"] == 0
    assert status == 0
