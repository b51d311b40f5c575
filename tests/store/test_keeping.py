"""A reported comment that a person looked at and keeps."""

from __future__ import annotations

import pytest

from moderato.domain.comment import State
from moderato.store.outcomes import Conflict, Done
from moderato.store.views import Queue, Sort, View
from tests.life import Life

REPORTED = View(Queue.REPORTED, Sort.PRIORITY)


async def _reported(life: Life) -> str:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await life.store.comments.report("gazette", comment, by="r1")
    return comment


async def _reports(life: Life, comment: str) -> tuple[int, int]:
    """How many reports it says it has, and how many comments stand among the reported ones."""
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    return record.reports, await life.store.queues.total(["gazette"], REPORTED)


async def test_what_is_kept_stays_public_and_the_site_hears_nothing(life: Life) -> None:
    comment = await _reported(life)
    assert await life.publish_all(("hook",)) == ["released"]
    assert await _reports(life, comment) == (1, 1)
    assert await life.store.comments.keep("gazette", comment, version=2, by="mo") == Done(
        State.APPROVED, 3
    )
    assert await _reports(life, comment) == (0, 0)
    await life.let_undo_windows_end()
    assert await life.publish_all(("hook",)) == ["nothing"]
    *_, last = await life.store.comments.history("gazette", comment)
    assert (last.step, last.by, last.before, last.rule) == (
        *("keep", "mo", State.APPROVED),
        "test-rule",
    )


async def test_what_is_kept_before_it_was_published_is_published(life: Life) -> None:
    comment = await _reported(life)
    await life.store.comments.keep("gazette", comment, version=2, by="mo")
    # The policy's own entry is about an older version by now.
    assert await life.publish_all() == ["superseded"]
    await life.let_undo_windows_end()
    assert await life.publish_all() == ["released"]


async def test_the_next_report_is_the_first_again_and_an_undo_adds_up(life: Life) -> None:
    comment = await _reported(life)
    comments = life.store.comments
    await comments.report("gazette", comment, by="r2")
    await comments.keep("gazette", comment, version=2, by="mo")
    assert await comments.report("gazette", comment, by="r2") == 1
    assert await comments.undo("gazette", comment, version=3, by="mo") == Done(State.APPROVED, 4)
    assert await _reports(life, comment) == (2, 1)
    # The third, and so one for a person to decide.
    assert await comments.report("gazette", comment, by="r3") == Done(State.FLAGGED, 5)


async def test_approving_what_reports_flagged_settles_them_and_undo_brings_them_back(
    life: Life,
) -> None:
    comment = await _reported(life)
    for reader in ("r2", "r3"):
        await life.store.comments.report("gazette", comment, by=reader)
    assert await _reports(life, comment) == (3, 1)
    await life.store.comments.decide("gazette", comment, version=3, approve=True, by="mo")
    assert await _reports(life, comment) == (0, 0)
    await life.store.comments.undo("gazette", comment, version=4, by="mo")
    assert await _reports(life, comment) == (3, 1)


async def test_only_what_is_reported_and_as_it_was_seen_can_be_kept(life: Life) -> None:
    comment = await _reported(life)
    comments = life.store.comments
    old = await comments.keep("gazette", comment, version=1, by="mo")
    assert old == Conflict(State.APPROVED, 2)
    await comments.keep("gazette", comment, version=2, by="mo")
    again = await comments.keep("gazette", comment, version=3, by="jo")
    assert again == Conflict(State.APPROVED, 3)


@pytest.mark.parametrize("approve", [True, False])
async def test_a_bulk_taken_back_brings_reports_back(life: Life, approve: bool) -> None:
    comment = await life.flagged()
    await life.store.comments.report("gazette", comment, by="r1")
    bulks = life.store.bulks
    bulk = await bulks.preview("gazette", [comment], by="mo")
    how = {"rule": "other", "reason": "", "by": "mo", "editor": False}
    await bulks.start("gazette", bulk.id, approve=approve, **how)  # type: ignore[arg-type]
    await bulks.work("gazette", bulk.id)
    assert await _reports(life, comment) == (0, 0)
    await bulks.undo("gazette", bulk.id, by="mo")
    await bulks.work("gazette", bulk.id)
    assert await _reports(life, comment) == (1, 1)


async def test_nobody_who_reported_it_is_remembered_after_an_erasure(life: Life) -> None:
    comment = await _reported(life)
    await life.store.comments.keep("gazette", comment, version=2, by="mo")
    await life.store.comments.erase("gazette", comment, by="gazette", reason="Asked for.")
    keys = [key async for key in life.redis.scan_iter("*:reporters:*")]
    assert keys == []
