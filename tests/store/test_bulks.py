"""Deciding on many at once: fenced, kept back until the window ends, taken back whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from moderato.domain.lifecycle import Step
from moderato.store import bulks
from moderato.store.bulks import BulkState
from moderato.store.views import Filter, View
from tests.conftest import ConfigFactory
from tests.life import Life
from tests.store.truth import check, truth

ALL = View()


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    life = Life(redis, make_config(undo_window=3600.0))
    await life.store.prepare()
    yield life
    await life.close()


async def flag(life: Life, count: int) -> list[str]:
    made = [await life.accept() for _ in range(count)]
    await life.score_all(State.FLAGGED)
    return made


async def start(life: Life, bulk: str, *, approve: bool = False) -> str:
    return await life.store.bulks.start(
        "gazette", bulk, approve=approve, rule="spam", reason="Spam.", by="mo", editor=False
    )


async def until(life: Life, bulk: str, *states: BulkState) -> BulkState:
    while True:
        state, _ = await life.store.bulks.work("gazette", bulk)
        assert state is not None
        if state in states:
            return state


async def states(life: Life, comments: list[str]) -> list[str]:
    records = await life.store.comments.get_many("gazette", comments)
    return [record.comment.state.value for record in records if record]


async def time_passes(life: Life, bulk: str) -> None:
    redis: Any = life.redis
    await redis.hset(life.store.shards[0].bulk("gazette", bulk), "until", 0)


async def test_nothing_is_released_before_the_window_ends(life: Life) -> None:
    made = await flag(life, 60)
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    assert (bulk.total, bulk.state) == (60, BulkState.PREVIEW)
    assert await start(life, bulk.id, approve=True) == "started"
    assert await until(life, bulk.id, BulkState.HELD) is BulkState.HELD
    assert await states(life, made) == ["approved"] * 60
    assert set(await life.publish_all()) <= {"superseded"}
    await life.let_undo_windows_end()
    assert await life.publish_all() == []
    await time_passes(life, bulk.id)
    await until(life, bulk.id, BulkState.DONE)
    assert await life.publish_all() == ["released"] * 60
    ended = await life.store.bulks.get("gazette", bulk.id)
    assert ended is not None
    assert (ended.decided, ended.released, ended.conflicts) == (60, 60, 0)
    assert await life.store.bulks.undo("gazette", bulk.id, by="mo") == "late"
    await check(await truth(life.store, ["gazette"]))


async def test_what_changed_since_the_preview_is_told_and_left_alone(life: Life) -> None:
    made = await flag(life, 5)
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    comments = life.store.comments
    await comments.decide("gazette", made[0], version=2, approve=True, by="jo")
    await comments.erase("gazette", made[1], by="gazette", reason="Asked for.")
    await comments.move("gazette", made[2], version=2, step=Step.ESCALATE, by="jo", note="Hm.")
    await start(life, bulk.id)
    await until(life, bulk.id, BulkState.HELD)
    now = await life.store.bulks.get("gazette", bulk.id)
    assert now is not None
    assert (now.decided, now.conflicts) == (2, 3)
    met = {one.id: (one.state, one.by, one.step) for one in now.met}
    assert met == {
        made[0]: ("approved", "jo", "approve"),
        made[1]: ("erased", "gazette", "erase"),
        made[2]: ("flagged", "jo", "escalate"),
    }
    assert await states(life, made) == ["approved", "erased", "flagged", "rejected", "rejected"]


async def test_one_undo_takes_the_whole_back(life: Life) -> None:
    made = await flag(life, 60)
    before = await truth(life.store, ["gazette"])
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    await start(life, bulk.id)
    # In the middle of it, too.
    await life.store.bulks.work("gazette", bulk.id)
    assert (await states(life, made)).count("rejected") == bulks.PORTION
    assert await life.store.bulks.undo("gazette", bulk.id, by="mo") == "undoing"
    await until(life, bulk.id, BulkState.UNDONE)
    assert await states(life, made) == ["flagged"] * 60
    after = await truth(life.store, ["gazette"])
    await check(after)
    assert [r.comment.id for r in after.fitting(ALL)] == [r.comment.id for r in before.fitting(ALL)]
    assert not await life.store.bulks.under_way()
    assert "rejected" not in await life.publish_all()


async def test_one_of_a_bulk_can_be_taken_back_alone(life: Life) -> None:
    made = await flag(life, 3)
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    await start(life, bulk.id, approve=True)
    await until(life, bulk.id, BulkState.HELD)
    await life.store.comments.undo("gazette", made[0], version=3, by="mo")
    await time_passes(life, bulk.id)
    await until(life, bulk.id, BulkState.DONE)
    await life.publish_all()
    records = await life.store.comments.get_many("gazette", made)
    assert [bool(r and r.comment.released_at) for r in records] == [False, True, True]


async def test_what_waited_for_the_model_is_scored_after_all_when_taken_back(life: Life) -> None:
    waiting = await life.accept()
    bulk = await life.store.bulks.preview("gazette", [waiting], by="mo")
    await start(life, bulk.id)
    await until(life, bulk.id, BulkState.HELD)
    assert await life.score_all(State.APPROVED) == ["stale"]
    assert await life.store.bulks.undo("gazette", bulk.id, by="mo") == "undoing"
    await until(life, bulk.id, BulkState.UNDONE)
    assert await states(life, [waiting]) == ["pending"]
    assert await life.score_all(State.APPROVED) == ["done"]


async def test_two_consoles_take_one_bulk_further_and_nothing_is_done_twice(life: Life) -> None:
    made = await flag(life, 120)
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    await start(life, bulk.id)
    await asyncio.gather(*(until(life, bulk.id, BulkState.HELD) for _ in range(3)))
    now = await life.store.bulks.get("gazette", bulk.id)
    assert now is not None
    assert (now.decided, now.conflicts) == (120, 0)
    history = await life.store.comments.history("gazette", made[0])
    assert [event.step for event in history] == ["receive", "decide", "reject"]
    assert history[-1].bulk == bulk.id


async def test_two_bulks_two_moderators_and_a_scorer_at_once(life: Life) -> None:
    made = await flag(life, 80)
    store = life.store
    first = await store.bulks.preview("gazette", ALL, by="mo")
    second = await store.bulks.preview("gazette", made[20:60], by="jo")
    await start(life, first.id)
    await store.bulks.start(
        "gazette", second.id, approve=True, rule="", reason="", by="jo", editor=False
    )

    async def moderator(name: str, mine: list[str]) -> int:
        decided = 0
        for comment in mine:
            outcome = await store.comments.decide(
                "gazette", comment, version=2, approve=True, by=name
            )
            decided += type(outcome).__name__ == "Done"
        return decided

    async def scorer() -> None:
        for _ in range(20):
            await life.accept()
            await life.score_all(State.FLAGGED)

    by_hand = await asyncio.gather(
        moderator("mo", made[::3]),
        moderator("jo", made[::-3]),
        scorer(),
        until(life, first.id, BulkState.HELD),
        until(life, second.id, BulkState.HELD),
    )
    bulk_one = await store.bulks.get("gazette", first.id)
    bulk_two = await store.bulks.get("gazette", second.id)
    assert bulk_one is not None
    assert bulk_two is not None
    assert bulk_one.decided + bulk_one.conflicts == 80
    assert bulk_two.decided + bulk_two.conflicts == 40
    # Each comment was decided exactly once, by whoever was first.
    assert by_hand[0] + by_hand[1] + bulk_one.decided + bulk_two.decided == 80
    records = await store.comments.get_many("gazette", made)
    assert {record.comment.version for record in records if record} == {3}
    await check(await truth(store, ["gazette"]))


async def test_a_filter_narrows_it_and_a_preview_ends(life: Life) -> None:
    await flag(life, 3)
    store = life.store
    none = await store.bulks.preview("gazette", View(filter=Filter(frozenset({"no"}))), by="mo")
    assert none.total == 0
    some = Filter(rules=frozenset({"test-rule"}), scores={"toxicity": (0.5, 0.5)})
    all_of_them = await store.bulks.preview("gazette", View(filter=some), by="mo")
    assert all_of_them.total == 3
    ttl = await life.redis.ttl(store.shards[0].bulk("gazette", all_of_them.id, "todo"))
    assert 0 < ttl <= bulks.PREVIEWED
    assert await start(life, none.id) == "started"
    assert await start(life, none.id) == "running"
    assert await start(life, "b0") == "missing"
    await until(life, none.id, BulkState.HELD)


async def test_severe_comments_need_two_people(redis: Redis, make_config: ConfigFactory) -> None:
    life = Life(redis, make_config(undo_window=3600.0, second_opinion=0.5))
    await life.store.prepare()
    made = await flag(life, 2)
    bulk = await life.store.bulks.preview("gazette", ALL, by="mo")
    await start(life, bulk.id)
    await until(life, bulk.id, BulkState.HELD)
    now = await life.store.bulks.get("gazette", bulk.id)
    assert now is not None
    assert (now.decided, now.second) == (0, 2)
    assert await states(life, made) == ["flagged", "flagged"]
    await life.close()
