"""The scorer on a real Redis with the real model, and what happens when parts of it die."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderato.domain.author import Ruling, Standing
from moderato.domain.comment import Article, Author, State
from moderato.runtime import end
from moderato.store.connection import connect
from moderato.store.feed import ALL, Feed
from moderato.store.records import Record
from tests.conftest import ConfigFactory, free_port
from tests.life import Life, new_comment
from tests.processes import Running, Spawn
from tests.redis_process import RedisProcess
from tests.scorer.faulty import HANGS, KILLS, RAISES, FaultyEngine
from workers.scorer.engines import Engine, Reading, load_engine
from workers.scorer.service import serve

CIVIL = "Thank you for this careful report about the harbour."
RUDE = "You are a stupid fucking idiot and everybody hates you."


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    """Short leases, so that taking over from the dead does not take half a minute."""
    life = Life(redis, make_config(lease=1.0, threads=1, undo_window=0.0))
    await life.store.prepare()
    yield life
    await life.close()


async def decided(life: Life, comments: list[str], seconds: float = 40.0) -> list[Record]:
    """Waits until each comment has left the pending state."""
    async with connect(life.config, blocking=3.0) as blocking:
        feed = Feed(blocking, life.store.shards)
        reader = asyncio.create_task(feed.run())
        try:
            async with asyncio.timeout(seconds):
                with feed.watch(ALL) as changes:
                    while True:
                        records = await life.store.comments.get_many("gazette", comments)
                        found = [record for record in records if record is not None]
                        if all(r.comment.state is not State.PENDING for r in found):
                            return found
                        # The feed starts at "now": look again now and then all the same.
                        try:
                            await asyncio.wait_for(changes.get(), 0.25)
                        except TimeoutError:
                            continue
        finally:
            await end(reader)


async def surely_accepted(life: Life, text: str) -> str:
    """As a site does it: resend with the same key until it is acknowledged."""
    while True:
        try:
            return await life.accept(new_comment(text), body_hash="h", idempotency_key=text)
        except (RedisError, OSError):
            await asyncio.sleep(0)


async def decisions(life: Life, comment: str) -> int:
    history = await life.store.comments.history("gazette", comment)
    return sum(event.step == "decide" for event in history)


async def scorer(spawn: Spawn, life: Life, **env: str) -> Running:
    return await spawn(
        "tests.scorer.faulty", life.config, wait=True, port=life.config.scorer_port, **env
    )


async def test_real_comments_get_real_scores_and_decisions(life: Life, spawn: Spawn) -> None:
    civil = await life.accept(new_comment(CIVIL))
    rude = await life.accept(new_comment(RUDE))
    await spawn("workers.scorer", life.config)
    good, bad = await decided(life, [civil, rude])
    assert good.comment.state is State.APPROVED
    assert bad.comment.state in {State.FLAGGED, State.REJECTED}
    assert good.scores is not None
    assert bad.scores is not None
    assert good.scores.values["toxicity"] < 0.3 < 0.7 < bad.scores.values["toxicity"]
    assert (bad.scores.model, good.scores.language) == ("compact", "en")
    assert bad.last is not None
    assert bad.last.reason
    assert bad.last.policy_version
    assert await life.redis.xlen(life.store.shards[0].work) == 0


async def test_an_article_held_tighter_is_decided_by_the_tighter_policy(
    life: Life, spawn: Spawn
) -> None:
    await life.store.policies.push(
        "gazette",
        'name = "n"\notherwise = "approve"\n'
        '[[rules]]\nname = "sharp"\nwhen.scores.toxicity = ">= 0.95"\nthen = "flag"',
    )
    seconds, _ = await life.redis.time()
    until = (seconds + 3600) * 1000
    await life.store.articles.tighten("gazette", "a1", tighter=True, until=until, by="ana")
    sharp = "You are all useless."  # its toxicity is 0.80, well between 0.665 and 0.95
    held = await life.accept(new_comment(sharp))
    free = await life.accept(new_comment(sharp, article=Article("b2", "https://gazette.example/")))
    await spawn("workers.scorer", life.config)
    tight, usual = await decided(life, [held, free])
    assert (tight.comment.state, usual.comment.state) == (State.FLAGGED, State.APPROVED)
    assert tight.scores is not None
    assert tight.scores.values == (usual.scores and usual.scores.values)
    assert tight.last is not None
    assert "is at least 0.665. This article is held tighter until 20" in tight.last.reason
    assert tight.last.evidence["tighter"].endswith(" UTC")


async def test_the_quick_lane_overtakes_the_backlog(life: Life, spawn: Spawn) -> None:
    backlog = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(300)]
    quick = await life.accept(new_comment("And what about the ferry?"), quick=True)
    await spawn("workers.scorer", life.config)
    await decided(life, [*backlog, quick])
    shard = life.store.shards[0]
    feed: Any = await life.redis.xrange(shard.feed)
    order = [fields["id"] for _, fields in feed if fields["kind"] == "decide"]
    assert order.index(quick) < 150


async def test_a_comment_that_breaks_the_model_does_not_stop_the_others(
    life: Life, spawn: Spawn
) -> None:
    comments = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(20)]
    poison = await life.accept(new_comment(f"Look, {RAISES}."))
    await scorer(spawn, life)
    *good, bad = await decided(life, [*comments, poison])
    assert {record.comment.state for record in good} == {State.APPROVED}
    assert bad.comment.state is State.FLAGGED
    (letter,) = await life.store.work.dead_letters()
    assert (letter.comment, letter.error) == (poison, "ValueError: The model cannot take this.")


async def test_a_comment_that_kills_its_scorer_is_buried_alone(
    redis: Redis, make_config: ConfigFactory, spawn: Spawn
) -> None:
    life = Life(redis, make_config(lease=0.5, threads=1, max_deliveries=2))
    await life.store.prepare()
    comments = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(10)]
    poison = await life.accept(new_comment(f"Look, {KILLS}."))
    deaths = 0
    while True:
        running = await spawn(
            "tests.scorer.faulty", life.config, port=life.config.scorer_port, wait=False
        )
        died = asyncio.create_task(running.wait(60))
        done = asyncio.create_task(decided(life, [*comments, poison]))
        first, _ = await asyncio.wait({died, done}, return_when=asyncio.FIRST_COMPLETED)
        if done in first:
            died.cancel()
            break
        done.cancel()
        deaths += 1
    *good, bad = done.result()
    assert deaths == 2
    assert {record.comment.state for record in good} == {State.APPROVED}
    assert bad.comment.state is State.FLAGGED
    (letter,) = await life.store.work.dead_letters()
    assert letter.comment == poison
    await life.close()


async def test_a_scorer_killed_in_mid_batch_loses_nothing(
    life: Life, spawn: Spawn, tmp_path: Path
) -> None:
    comments = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(30)]
    comments.append(await life.accept(new_comment(f"Look, {HANGS}.")))
    fault = tmp_path / "fault"
    victim = await scorer(spawn, life, FAULT_FILE=str(fault))
    async with asyncio.timeout(20):
        while not fault.exists():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
    victim.kill()
    await victim.wait()
    pending = await life.redis.xpending(life.store.shards[0].work, "scorers")
    assert pending["pending"] > 0
    await spawn("workers.scorer", life.config)
    records = await decided(life, comments)
    assert len(records) == 31
    assert [await decisions(life, comment) for comment in comments] == [1] * 31
    assert await life.redis.xlen(life.store.shards[0].outbox) == 31


async def test_two_scorers_racing_decide_each_comment_once(
    redis: Redis, make_config: ConfigFactory, spawn: Spawn
) -> None:
    one = Life(redis, make_config(prefetch=16, threads=1))
    two = make_config(prefetch=16, threads=1)
    await one.store.prepare()
    await asyncio.gather(spawn("workers.scorer", one.config), spawn("workers.scorer", two))
    comments = [await one.accept(new_comment(f"{CIVIL} {n}")) for n in range(200)]
    await decided(one, comments)
    assert [await decisions(one, comment) for comment in comments] == [1] * 200
    await one.close()


async def test_a_redis_that_is_killed_and_comes_back_loses_nothing(
    make_config: ConfigFactory, redis_binary: Path, spawn: Spawn, tmp_path: Path
) -> None:
    server = RedisProcess(redis_binary, tmp_path, free_port())
    server.start()
    try:
        config = make_config(redis_url=server.url, lease=1.0, threads=1)
        async with connect(config) as redis:
            life = Life(redis, config)
            await life.store.prepare()
            await spawn("workers.scorer", config)
            comments = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(60)]
            server.kill()
            server.start()
            comments += [await surely_accepted(life, f"{CIVIL} again {n}") for n in range(20)]
            records = await decided(life, comments)
            assert len(records) == 80
            assert [await decisions(life, comment) for comment in comments] == [1] * 80
            await life.close()
    finally:
        server.kill()


async def test_while_the_model_is_down_comments_wait_and_then_go_to_a_person(
    redis: Redis, make_config: ConfigFactory
) -> None:
    life = Life(redis, make_config(unscored_after=2.0))
    await life.store.prepare()
    engine = FaultyEngine(load_engine("onnx", "compact", 1))
    engine.down = True
    stop = asyncio.Event()
    task = asyncio.create_task(serve(life.config, lambda: engine, stop))
    comment = await life.accept(new_comment(CIVIL))
    (record,) = await decided(life, [comment])
    assert record.comment.state is State.FLAGGED
    assert record.scores is None
    assert record.last is not None
    assert record.last.at - record.comment.received_at >= 1_000
    engine.down = False
    again = await life.accept(new_comment(CIVIL, author=Author("bob", "Bob")))
    (record,) = await decided(life, [again])
    assert record.comment.state is State.APPROVED
    stop.set()
    await task
    await life.close()


async def test_a_premoderated_authors_comments_go_to_a_person_whatever_the_policy(
    life: Life, spawn: Spawn
) -> None:
    lenient = 'name = "open"\notherwise = "approve"\n'
    await life.store.policies.push("gazette", lenient)
    await life.accept(new_comment("The first.", author=Author("bob", "Bob")))
    await life.accept(new_comment("The first."))
    await rule(life, Standing.PREMODERATED)
    civil = await life.accept(new_comment(CIVIL))
    other = await life.accept(new_comment(CIVIL, author=Author("bob", "Bob")))
    await spawn("workers.scorer", life.config)
    held, free = await decided(life, [civil, other])
    assert free.comment.state is State.APPROVED
    assert held.comment.state is State.FLAGGED
    assert held.last is not None
    assert (held.last.rule, held.last.reason) == (
        "author-premoderated",
        "Every comment by this author is read before it appears.",
    )
    assert held.scores is not None


class PausingEngine(FaultyEngine):
    """Says when it reads CIVIL, and goes on when it is told to."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.reading, self.go_on = threading.Event(), threading.Event()

    def score(self, texts: Sequence[str]) -> list[Reading]:
        if CIVIL in texts:
            self.reading.set()
            self.go_on.wait(20)
        return super().score(texts)


async def test_a_ban_while_a_comment_is_being_scored_is_respected(
    redis: Redis, make_config: ConfigFactory
) -> None:
    """The scorer knew of no ban when it began; that decision does not hold any more."""
    life = Life(redis, make_config())
    await life.store.prepare()
    engine = PausingEngine(load_engine("onnx", "compact", 1))
    stop = asyncio.Event()
    task = asyncio.create_task(serve(life.config, lambda: engine, stop))
    comment = await life.accept(new_comment(CIVIL))
    assert await asyncio.to_thread(engine.reading.wait, 20)
    await rule(life, Standing.BANNED)
    engine.go_on.set()
    (record,) = await decided(life, [comment])
    assert record.comment.state is State.REJECTED
    assert record.last is not None
    assert record.last.rule == "author-banned"
    assert record.last.message
    assert record.scores is not None
    assert await decisions(life, comment) == 1
    stop.set()
    await task
    assert await redis.xlen(life.store.shards[0].work) == 0
    await life.close()


async def rule(life: Life, standing: Standing) -> None:
    made = await life.store.authors.set_standing("gazette", "ann", standing, version=0, by="ana")
    assert isinstance(made, Ruling)


async def test_stopping_finishes_what_is_held(life: Life, spawn: Spawn) -> None:
    running = await spawn("workers.scorer", life.config)
    comments = [await life.accept(new_comment(f"{CIVIL} {n}")) for n in range(100)]
    running.terminate()
    assert await running.wait() == 0
    shard = life.store.shards[0]
    pending = await life.redis.xpending(shard.work, "scorers")
    assert pending["pending"] == 0, "held, and neither finished nor given back"
    assert await life.redis.xinfo_consumers(shard.work, "scorers") == []
    assert len(comments) - await life.redis.xlen(shard.outbox) == await life.redis.xlen(shard.work)
