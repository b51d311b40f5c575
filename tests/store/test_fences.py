"""Two workers, one entry: only its owner of now may finish it."""

from __future__ import annotations

import asyncio

from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.store import outbox, work
from moderato.store.consumer import Consumer, Entry
from moderato.store.work import Finished
from tests.life import SCORES, Life, new_comment


async def test_a_late_finisher_changes_nothing(life: Life) -> None:
    """The naive finish gave 400 outbox entries for 200 comments; the fenced one gives 200."""
    comments = [await life.accept() for _ in range(50)]
    late = await life.jobs()
    thief = life.another("thief", work.GROUP)
    thief.lease = 0.0
    shard = life.store.shards[0]
    stolen: list[Entry] = []
    while len(stolen) < 50:
        entry = await thief.reclaim(shard.work)
        assert entry is not None
        stolen.append(entry)
    taken, _ = await life.store.work.jobs(stolen)
    both = await asyncio.gather(
        life.store.work.finish(life.scorer, [_approved(job) for job in late]),
        life.store.work.finish(thief, [_approved(job) for job in taken]),
    )
    assert both[0] == ["lost"] * 50
    assert both[1] == ["done"] * 50
    assert await life.redis.xlen(shard.outbox) == len(comments)
    assert await life.redis.xlen(shard.work) == 0
    await thief.blocking.aclose()


async def test_two_scorers_share_the_work_without_doubles(life: Life) -> None:
    for _ in range(100):
        await life.accept()
    other = life.another("other", work.GROUP)
    stream = life.store.shards[0].work

    async def drain(consumer: Consumer) -> list[str | Exception]:
        answers: list[str | Exception] = []
        while entries := await consumer.read(stream, 7, 10):
            jobs, _ = await life.store.work.jobs(entries)
            answers += await life.store.work.finish(
                consumer,
                [_approved(job) for job in jobs],
            )
        return answers

    one, two = await asyncio.gather(drain(life.scorer), drain(other))
    assert one + two == ["done"] * 100
    assert await life.redis.xlen(life.store.shards[0].outbox) == 100
    await other.blocking.aclose()


async def test_a_lease_that_is_renewed_is_not_taken_over(life: Life) -> None:
    await life.accept()
    (job,) = await life.jobs()
    life.scorer.lease = 1_000.0
    assert await life.scorer.renew([job.entry]) == {job.entry.id}
    thief = life.another("thief", work.GROUP)
    thief.lease = 60.0
    assert await thief.reclaim(job.entry.stream) is None
    assert await life.finish(job, State.APPROVED) == "done"
    await thief.blocking.aclose()


async def test_an_entry_given_back_is_taken_at_once(life: Life) -> None:
    await life.accept()
    (job,) = await life.jobs()
    await life.scorer.give_back([job.entry])
    other = life.another("other", work.GROUP)
    entry = await other.reclaim(job.entry.stream)
    assert entry is not None
    assert entry.times_delivered == 2
    await other.blocking.aclose()


async def test_a_stale_decision_conflicts_instead_of_overwriting(life: Life) -> None:
    comment = await life.accept()
    (job,) = await life.jobs()
    await life.store.comments.decide("gazette", comment, version=1, approve=False, by="mo")
    assert await life.finish(job, State.APPROVED) == "stale"
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    assert record.comment.state is State.REJECTED
    assert record.scores == SCORES  # known now, though they came too late to decide
    assert await life.redis.xlen(life.store.shards[0].work) == 0


async def test_a_flushed_group_is_made_again_and_nothing_is_skipped(life: Life) -> None:
    stream = life.store.shards[0].work
    await life.accept()
    await life.redis.xgroup_destroy(stream, work.GROUP)
    assert await life.jobs() == []
    assert len(await life.jobs()) == 1


async def test_a_dead_letter_reaches_a_person_and_can_be_replayed(life: Life) -> None:
    comment = await life.accept()
    (job,) = await life.jobs()
    assert await life.store.work.bury(life.scorer, job.entry, "boom", "ann")
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    assert record.last is not None
    assert (record.comment.state, record.last.rule) == (State.FLAGGED, "could-not-be-scored")

    (letter,) = await life.store.work.dead_letters()
    assert (letter.comment, letter.error, letter.times_delivered) == (comment, "boom", 1)
    assert await life.store.work.replay(letter)
    assert not await life.store.work.replay(letter)
    (again,) = await life.jobs()
    assert await life.finish(again, State.APPROVED) == "done"
    assert await life.store.work.dead_letters() == []


async def test_a_replayed_letter_never_overrules_a_person(life: Life) -> None:
    comment = await life.accept()
    (job,) = await life.jobs()
    await life.store.work.bury(life.scorer, job.entry, "boom", "ann")
    await life.store.comments.decide("gazette", comment, version=2, approve=False, by="mo")
    (letter,) = await life.store.work.dead_letters()
    await life.store.work.replay(letter)
    (again,) = await life.jobs()
    assert await life.finish(again, State.APPROVED) == "stale"


async def test_publishing_twice_changes_nothing(life: Life) -> None:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    shard = life.store.shards[0]
    (entry,) = await life.publisher.read(shard.outbox, 10, 1)
    thief = life.another("thief", outbox.GROUP)
    thief.lease = 0.0
    stolen = await thief.reclaim(shard.outbox)
    assert stolen is not None
    assert await life.store.outbox.publish(thief, stolen, ["e1"]) == "released"
    assert await life.store.outbox.publish(life.publisher, entry, ["e1"]) == "lost"
    assert await life.redis.zcard(shard.thread("gazette", "a1")) == 1
    assert await life.store.deliveries.waiting() == 1
    assert comment
    await thief.blocking.aclose()


async def test_undoing_a_rejection_of_a_machine_approval_still_publishes_it(life: Life) -> None:
    """The machine's entry is superseded by the rejection; the undo must bring it back."""
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await life.store.comments.decide("gazette", comment, version=2, approve=False, by="mo")
    assert await life.publish_all() == ["superseded"]
    await life.store.comments.undo("gazette", comment, version=3, by="mo")
    assert await life.publish_all() == ["released"]


async def test_a_full_memory_lets_work_finish_where_the_server_knows_how(life: Life) -> None:
    await life.accept()
    await life.score_all(State.APPROVED)  # loads the scripts
    comment = await life.accept(new_comment("Another."))
    (job,) = await life.jobs()
    version = int((await life.redis.info("server"))["redis_version"].split(".")[0])
    await life.redis.config_set("maxmemory", "1")
    try:
        answer = await life.store.work.finish(life.scorer, [_approved(job)])
    finally:
        await life.redis.config_set("maxmemory", "0")
    assert comment
    if version >= 7:
        assert answer == ["done"]
    else:
        assert isinstance(answer[0], Exception)


def _approved(job: work.Job) -> Finished:
    decision = Decision(state=State.APPROVED, rule="r", reason="")
    return Finished(job, decision, SCORES, "test")
