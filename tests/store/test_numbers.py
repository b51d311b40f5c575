"""What each step adds to the numbers, by hand; the random walks hold them to the histories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.lifecycle import Step
from moderato.domain.numbers import DAY
from moderato.store.rescoring import Rescored
from moderato.store.store import Store
from moderato.store.views import Queue
from tests.conftest import ConfigFactory
from tests.life import SCORES, Life
from tests.store.recount import counted, let_a_day_pass, recounted

SITE = "gazette"


async def numbers(life: Life) -> dict[str, int]:
    """All days' counts added up, without those of how long it took; held to the histories."""
    found = await counted(life.store, SITE)
    assert found == await recounted(life.store, SITE)
    totals: dict[str, int] = {}
    for (_, name), many in found.items():
        if not name.startswith("took:"):
            totals[name] = totals.get(name, 0) + many
    return totals


async def decide(life: Life, comment: str, approve: bool, by: str = "mo") -> None:
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    version = record.comment.version
    await life.store.comments.decide(SITE, comment, version=version, approve=approve, by=by)


async def undo(life: Life, comment: str, by: str = "mo") -> None:
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    await life.store.comments.undo(SITE, comment, version=record.comment.version, by=by)


async def report(life: Life, comment: str) -> None:
    for reader in ("r1", "r2", "r3"):
        await life.store.comments.report(SITE, comment, by=reader)


async def _nothing(_life: Life, _comment: str) -> None: ...


async def _agrees(life: Life, comment: str) -> None:
    await decide(life, comment, approve=False)


async def _disagrees_after_a_colleague_moved_it(life: Life, comment: str) -> None:
    comments = life.store.comments
    await comments.move(SITE, comment, version=2, step=Step.HOLD, by="jo")
    await comments.move(SITE, comment, version=3, step=Step.RETURN, by="jo")
    await decide(life, comment, approve=True)


async def _takes_it_back(life: Life, comment: str) -> None:
    await decide(life, comment, approve=False)
    await undo(life, comment, by="jo")


async def _a_colleague_reverses_it(life: Life, comment: str) -> None:
    await decide(life, comment, approve=True)
    await decide(life, comment, approve=False, by="jo")


async def _changes_their_own_mind(life: Life, comment: str) -> None:
    await decide(life, comment, approve=True)
    await decide(life, comment, approve=False)


async def _reverses_it_and_takes_that_back(life: Life, comment: str) -> None:
    await decide(life, comment, approve=True)
    await decide(life, comment, approve=False, by="jo")
    await undo(life, comment, by="jo")


async def _erases(life: Life, comment: str) -> None:
    await life.store.comments.erase(SITE, comment, by=SITE, reason="Asked for.")


FLAGGED = {"arrived": 1, "decide:test-rule:flagged": 1}
Do = Callable[[Life, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("do", "more"),
    [
        (_nothing, {}),
        (_agrees, {"by:mo:reject": 1, "verdict:test-rule:rejected": 1}),
        (
            _disagrees_after_a_colleague_moved_it,
            {
                "by:jo:hold": 1,
                "by:jo:return": 1,
                "by:mo:approve": 1,
                "verdict:test-rule:approved": 1,
            },
        ),
        (_takes_it_back, {"by:jo:undo": 1}),
        (
            _a_colleague_reverses_it,
            {
                "by:mo:approve": 1,
                "verdict:test-rule:approved": 1,
                "by:jo:reject": 1,
                "reversed:mo": 1,
            },
        ),
        (
            _changes_their_own_mind,
            {"by:mo:approve": 1, "verdict:test-rule:approved": 1, "by:mo:reject": 1},
        ),
        (
            _reverses_it_and_takes_that_back,
            {"by:mo:approve": 1, "verdict:test-rule:approved": 1, "by:jo:undo": 1},
        ),
        (_erases, {"erased": 1}),
    ],
)
async def test_what_people_do_with_a_flagged_comment(
    life: Life, do: Do, more: dict[str, int]
) -> None:
    await do(life, await life.flagged())
    assert await numbers(life) == FLAGGED | more


@pytest.mark.parametrize("reported", [False, True])
@pytest.mark.parametrize("approve", [False, True])
async def test_a_policy_is_overturned_also_by_way_of_readers(
    life: Life, reported: bool, approve: bool
) -> None:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    expected = {"arrived": 1, "decide:test-rule:approved": 1}
    if reported:
        await report(life, comment)
        expected |= {"report:reported:flagged": 1}
        verdict = "approved" if approve else "rejected"
        expected |= {
            f"verdict:reported:{verdict}": 1,
            f"by:mo:{'approve' if approve else 'reject'}": 1,
        }
    if not approve:
        expected |= {"by:mo:reject": 1, "overturned:test-rule:approved": 1}
    await decide(life, comment, approve)
    assert await numbers(life) == expected


async def test_reversals_belong_to_the_day_of_what_they_reverse(life: Life) -> None:
    comment = await life.accept()
    await life.score_all(State.REJECTED)
    await let_a_day_pass(life.store, SITE)
    await decide(life, comment, approve=True)
    await let_a_day_pass(life.store, SITE)
    await decide(life, comment, approve=False, by="jo")
    today = await life.store.numbers.today()
    found = await counted(life.store, SITE)
    assert found == await recounted(life.store, SITE)
    assert found[today - 2, "overturned:test-rule:rejected"] == 1
    assert found[today - 1, "reversed:mo"] == 1
    await let_a_day_pass(life.store, SITE)
    await undo(life, comment, by="jo")  # a day later
    assert (today - 2, "reversed:mo") not in await counted(life.store, SITE)
    await numbers(life)


async def test_keeping_what_readers_reported_decides_nothing_anew(life: Life) -> None:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await life.store.comments.report(SITE, comment, by="r1")
    await life.store.comments.keep(SITE, comment, version=2, by="mo")
    kept = {"arrived": 1, "decide:test-rule:approved": 1, "by:mo:keep": 1}
    assert await numbers(life) == kept
    await decide(life, comment, approve=False, by="mo")
    assert await numbers(life) == kept | {"by:mo:reject": 1, "overturned:test-rule:approved": 1}
    await undo(life, comment)
    assert await numbers(life) == kept | {"by:mo:undo": 1}


async def test_scoring_again_is_counted_apart(life: Life) -> None:
    comment = await life.flagged()
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    again = Decision(State.APPROVED, "again: 100%", "Again.")
    await life.store.rescoring.apply([Rescored(record, again, SCORES, "test")])
    await decide(life, comment, approve=False)
    assert await numbers(life) == FLAGGED | {
        "rescore:again: 100%:approved": 1,
        "by:mo:reject": 1,
        "overturned:again: 100%:approved": 1,
    }


async def test_only_the_first_decision_took_its_time(life: Life) -> None:
    comment = await life.flagged()
    await let_a_day_pass(life.store, SITE)
    await decide(life, comment, approve=True)
    await decide(life, comment, approve=False)
    took = {n: many for (_, n), many in (await counted(life.store, SITE)).items() if "took" in n}
    assert len(took) == 1
    (name,) = took
    assert name.startswith("took:people:")
    await numbers(life)


async def test_who_decides_at_once_is_counted_once_each(life: Life) -> None:
    comments = [await life.flagged() for _ in range(20)]
    await asyncio.gather(*(decide(life, comment, True, by) for comment in comments for by in "ab"))
    found = await numbers(life)
    assert found["verdict:test-rule:approved"] == 20
    assert found.get("by:a:approve", 0) + found.get("by:b:approve", 0) == 20


@pytest.mark.parametrize("days", [0, 3])
async def test_a_day_is_kept_as_long_as_is_set(
    redis: Redis, make_config: ConfigFactory, days: int
) -> None:
    life = Life(redis, make_config(numbers_days=days))
    await life.store.prepare()
    await life.accept()
    today = await life.store.numbers.today()
    key = life.store.numbers.shard(SITE).numbers(SITE, today)
    end = (today + 1 + days) * DAY // 1000
    seconds, _ = await redis.time()
    assert await redis.ttl(key) == pytest.approx(end - int(seconds), abs=2) if days else -1
    await life.close()


async def test_what_an_older_release_did_not_count_makes_no_hole(life: Life) -> None:
    comment = await life.flagged()
    await decide(life, comment, approve=True)
    for day in range(-1, 1):
        today = await life.store.numbers.today()
        await life.redis.delete(life.store.numbers.shard(SITE).numbers(SITE, today + day))
    await undo(life, comment)
    found = await counted(life.store, SITE)
    assert {name for _, name in found} == {"by:mo:undo"}


async def test_no_step_fails_for_want_of_a_history(life: Life) -> None:
    comment = await life.flagged()
    await life.redis.delete(life.store.numbers.shard(SITE).history(SITE, comment))
    await decide(life, comment, approve=True)
    await life.redis.delete(life.store.numbers.shard(SITE).history(SITE, comment))
    await undo(life, comment)
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    assert (record.comment.state, record.comment.version) == (State.FLAGGED, 4)


async def test_counting_begins_once(redis: Redis, make_config: ConfigFactory) -> None:
    store = Store(redis, make_config())
    await store.prepare()
    today = await store.numbers.today()
    assert await store.numbers.since() == today
    await redis.hset("moderato:meta", "numbers-since", str(today - 9))
    await store.prepare()
    assert await store.numbers.since() == today - 9


async def test_what_waits_says_how_long(life: Life) -> None:
    comments = [await life.flagged() for _ in range(3)]
    waiting = (await life.store.numbers.waiting([SITE]))[SITE]
    received = []
    for comment in comments:
        record = await life.store.comments.get(SITE, comment)
        assert record is not None
        received.append(record.comment.received_at)
    assert (waiting[Queue.FLAGGED].count, waiting[Queue.ESCALATED].count) == (3, 0)
    assert waiting[Queue.FLAGGED].oldest == min(received)
    assert waiting[Queue.FLAGGED].median == sorted(received)[1]
