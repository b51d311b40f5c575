"""What the site hears over a comment's life: undone, superseded, retracted, erased."""

from __future__ import annotations

from moderato.domain.comment import State
from moderato.store.outbox import webhook_id
from moderato.store.outcomes import Done
from moderato.store.sites import Endpoint
from tests.life import Life
from tests.publisher.conftest import SITE, Start, settled
from tests.publisher.sink import Sink


async def decide(life: Life, comment: str, *, version: int, approve: bool) -> None:
    outcome = await life.store.comments.decide(
        SITE, comment, version=version, approve=approve, by="mia"
    )
    assert isinstance(outcome, Done)


async def released(life: Life) -> list[str]:
    """The thread as a reader sees it: without the gaps."""
    ids, _ = await life.store.threads.page(SITE, "a1", newest_first=True, limit=100)
    records = await life.store.comments.get_many(SITE, ids)
    return [found.comment.id for found in records if found and found.comment.released_at]


async def test_a_decision_goes_out_when_it_can_no_longer_be_undone(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await start()
    comment = await life.flagged()
    assert (await sink.next()).type == "comment.flagged"
    await decide(life, comment, version=2, approve=True)
    assert await released(life) == []
    got = await sink.next()
    assert (got.type, got.data["released"]) == ("comment.approved", True)
    assert got.data["decision"]["actor"] == "moderator"
    assert b"mia" not in got.body
    assert await released(life) == [comment]


async def test_what_is_undone_in_time_is_never_heard_of(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    comment, marker = await life.flagged(), await life.flagged()
    await start()
    assert {(await sink.next()).type, (await sink.next()).type} == {"comment.flagged"}
    await decide(life, comment, version=2, approve=True)
    undone = await life.store.comments.undo(SITE, comment, version=3, by="mia")
    assert isinstance(undone, Done)
    # Decided later, with the same time to undo it: once it is out, the first would be too.
    await decide(life, marker, version=2, approve=True)
    got = await sink.next()
    assert (got.type, got.data["id"]) == ("comment.approved", marker)
    await settled(life)
    assert len(sink.journal) == 3
    assert await released(life) == [marker]


async def test_a_report_retracts_what_was_released(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await start()
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    assert (await sink.next()).data["released"] is True
    for reader in range(life.config.reports_to_flag):
        await life.store.comments.report(SITE, comment, by=f"reader-{reader}")
    got = await sink.next()
    assert (got.type, got.id) == ("comment.flagged", webhook_id(comment, 3))
    assert (got.data["released"], got.data["decision"]["actor"]) == (False, "reader")
    assert await released(life) == []


async def test_a_decision_that_was_overtaken_is_not_sent(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await life.store.comments.erase(SITE, comment, by="gazette", reason="The reader asked.")
    await start()
    got = await sink.next()
    assert got.type == "comment.erased"
    assert (got.data["text"], got.data["released"]) == (None, False)
    await settled(life)
    assert len(sink.journal) == 1
    assert await released(life) == []


async def test_approved_again_after_an_appeal(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await start()
    comment = await life.accept()
    await life.score_all(State.REJECTED)
    assert (await sink.next()).type == "comment.rejected"
    await decide(life, comment, version=2, approve=True)
    got = await sink.next()
    assert (got.type, got.data["version"], got.data["released"]) == ("comment.approved", 3, True)
