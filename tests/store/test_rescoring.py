"""Deciding again: over the policy's own decisions, on the version that was read, and no other."""

from __future__ import annotations

import pytest

from moderato.domain.author import Standing
from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.store.rescoring import Rescored
from tests.life import SCORES, Life

NEW = Scores(values={"toxicity": 0.1}, model="new", model_version="2")
AGAIN = Decision(state=State.APPROVED, rule="again", reason="Again.")


async def rescore(life: Life, comment: str) -> str:
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    (author,) = await life.store.authors.records([("gazette", "ann")])
    once = Rescored(record, AGAIN, NEW, "test", author.rulings)
    (answer,) = await life.store.rescoring.apply([once])
    return answer


async def test_the_policy_may_change_its_mind(life: Life) -> None:
    comment = await life.flagged()
    assert await rescore(life, comment) == "done"
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    assert (record.comment.state, record.comment.version) == (State.APPROVED, 3)
    assert record.scores == NEW
    assert "released" in await life.publish_all()


@pytest.mark.parametrize("who", ["moderator", "undo", "readers", "site"])
async def test_nobody_is_overruled(life: Life, who: str) -> None:
    comment = await life.flagged()
    comments = life.store.comments
    if who == "site":
        await comments.erase("gazette", comment, by="gazette", reason="Asked for.")
    else:
        await comments.decide("gazette", comment, version=2, approve=who == "readers", by="mo")
    if who == "undo":
        await comments.undo("gazette", comment, version=3, by="mo")
    if who == "readers":
        for reader in ("r1", "r2", "r3"):
            await comments.report("gazette", comment, by=reader)
    before = await comments.get("gazette", comment)
    assert await rescore(life, comment) == "conflict"
    assert await comments.get("gazette", comment) == before


async def test_what_was_read_before_somebody_was_quicker_changes_nothing(life: Life) -> None:
    comment = await life.flagged()
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    once = Rescored(record, AGAIN, NEW, "test")
    assert await life.store.rescoring.apply([once, once]) == ["done", "conflict"]


async def test_a_ruling_since_it_was_planned_is_not_passed_over(life: Life) -> None:
    comment = await life.flagged()
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    planned = Rescored(record, AGAIN, NEW, "test")
    await life.store.authors.set_standing("gazette", "ann", Standing.BANNED, version=0, by="ed")
    assert await life.store.rescoring.apply([planned]) == ["conflict"]
    assert await life.store.comments.get("gazette", comment) == record
    assert await rescore(life, comment) == "done"


async def test_a_replayed_dead_letter_does_not_overrule_readers(life: Life) -> None:
    comment = await life.accept()
    (job,) = await life.jobs()
    assert await life.store.work.bury(life.scorer, job.entry, "It broke.", "ann")
    await life.store.comments.decide("gazette", comment, version=2, approve=True, by="mo")
    for reader in ("r1", "r2", "r3"):
        await life.store.comments.report("gazette", comment, by=reader)
    (letter,) = await life.store.work.dead_letters()
    assert await life.store.work.replay(letter)
    assert await life.score_all(State.APPROVED) == ["stale"]
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    assert record.comment.state is State.FLAGGED
    assert record.scores == SCORES  # what the model said is worth knowing all the same
