"""Approve, reject, undo: on the version that was seen, and never over somebody's head."""

from __future__ import annotations

import asyncio

import pytest

from moderato.domain.comment import State
from tests.console.conftest import to_harbour
from tests.console.served import Console


async def test_approve_then_undo_returns_it_to_its_place(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ana")
    done = await client.decide(comment)
    assert done.status == 200
    assert (done.body["state"], done.body["version"]) == ("approved", 3)
    record = await console.life.store.comments.get("harbour-times", comment)
    assert record is not None
    assert record.last is not None
    assert done.body["undo_until"] == record.last.at + 10_000
    assert (await client.get("/api/queue")).body["total"] == 0
    undone = await client.undo(comment, 3)
    assert undone.status == 200
    assert undone.body == {"state": "flagged", "version": 4}
    (item,) = (await client.get("/api/queue")).body["items"]
    assert item["why"]["rule"] == "test-rule"


async def test_a_rejection_keeps_its_reason(console: Console) -> None:
    comments = [await console.life.flagged(to_harbour(f"Number {n}")) for n in range(3)]
    client = await console.client("ana")
    given: list[dict[str, object]] = [
        {"rule": "insult"},
        {"rule": "spam", "reason": "The third time today."},
        {},
    ]
    for comment, why in zip(comments, given, strict=True):
        answer = await client.decide(comment, 2, action="reject", **why)
        assert answer.body["state"] == "rejected"
    kept = []
    for comment in comments:
        record = await console.life.store.comments.get("harbour-times", comment)
        assert record is not None
        assert record.last is not None
        kept.append((record.last.by, record.last.rule, record.last.reason))
    assert kept == [
        ("ana", "insult", "It attacks a person instead of what they said."),
        ("ana", "spam", "The third time today."),
        ("ana", "other", "It breaks the house rules."),
    ]


async def test_of_two_who_race_one_wins_and_the_other_is_told(console: Console) -> None:
    ana, ben = await console.client("ana"), await console.client("ben")
    for number in range(10):
        comment = await console.life.flagged(to_harbour(f"Number {number}"))
        answers = await asyncio.gather(
            ana.decide(comment, action="reject", rule="insult"), ben.decide(comment)
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        won, lost = (0, 1) if answers[0].status == 200 else (1, 0)
        conflict = answers[lost].body
        assert conflict["type"] == "urn:moderato:problem:conflict"
        assert conflict["conflict"]["state"] == answers[won].body["state"]
        assert conflict["conflict"]["version"] == 3
        meanwhile = conflict["conflict"]["meanwhile"]
        assert meanwhile["by"] == ("ana", "ben")[won]
        assert meanwhile["step"] == ("reject", "approve")[won]
        assert meanwhile["at"] > 0
        assert meanwhile["by"] in conflict["detail"]


async def test_a_decision_on_an_old_version_is_refused(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    await ana.decide(comment)
    await ana.undo(comment, 3)
    stale = await ben.decide(comment)
    assert stale.status == 409
    assert stale.body["conflict"]["state"] == "flagged"
    assert stale.body["conflict"]["meanwhile"]["step"] == "undo"
    assert (await ben.decide(comment, 4)).status == 200


async def test_sent_again_a_decision_and_an_undo_answer_as_before(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ana")
    first = await client.decide(comment, action="reject", rule="spam")
    assert (await client.decide(comment, action="reject", rule="spam")).body == first.body
    # Another decision, or another reason, is not the same request.
    assert (await client.decide(comment)).status == 409
    assert (await client.decide(comment, 2, action="reject", rule="other")).status == 409
    undone = await client.undo(comment, 3)
    assert (await client.undo(comment, 3)).body == undone.body
    history = await console.life.store.comments.history("harbour-times", comment)
    assert [line.step for line in history] == ["receive", "decide", "reject", "undo"]


async def test_after_the_release_there_is_no_undo(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ana")
    await client.decide(comment)
    await console.life.let_undo_windows_end()
    late = await client.undo(comment, 3)
    assert late.status == 410
    assert late.body["type"] == "urn:moderato:problem:released"
    # It can be decided anew instead.
    assert (await client.decide(comment, 3, action="reject")).status == 200


async def test_an_undo_of_what_somebody_changed_since_is_a_conflict(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    await ana.decide(comment)
    await ben.decide(comment, 3, action="reject", rule="threat")
    answer = await ana.undo(comment, 3)
    assert answer.status == 409
    assert answer.body["conflict"]["meanwhile"]["rule"] == "threat"


async def test_a_waiting_comment_can_be_decided_and_the_scorer_comes_too_late(
    console: Console,
) -> None:
    comment = await console.life.accept(to_harbour())
    client = await console.client("ana")
    assert (await client.decide(comment, 1)).status == 200
    assert await console.life.score_all(State.REJECTED) == ["stale"]
    assert (await client.undo(comment, 2)).body["state"] == "pending"
    # Taken back, it is scored after all.
    assert await console.life.score_all(State.REJECTED) == ["done"]


async def test_erased_and_unknown_comments(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    await console.life.store.comments.erase("harbour-times", comment, by="site", reason="Asked.")
    client = await console.client("ana")
    answer = await client.decide(comment)
    assert answer.status == 409
    assert answer.body["conflict"]["state"] == "erased"
    assert (await client.decide("nothing")).status == 404
    assert (await client.undo("nothing", 3)).status == 404
    path = f"/api/comments/north-coast/{comment}/decision"
    assert (await client.post(path, {"action": "approve", "version": 2})).status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "delete", "version": 2}, "#/action"),
        ({"action": "approve"}, "#/version"),
        ({"action": "approve", "version": 0}, "#/version"),
        ({"action": "reject", "version": 2, "rule": "dislike"}, "#/rule"),
        ({"action": "approve", "version": 2, "rule": "spam"}, "#/rule"),
        ({"action": "reject", "version": 2, "reason": "x" * 501}, "#/reason"),
    ],
)
async def test_a_bad_decision_is_told_what_is_wrong_and_changes_nothing(
    console: Console, body: dict[str, object], pointer: str
) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ana")
    answer = await client.post(f"/api/comments/harbour-times/{comment}/decision", body)
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == pointer
    assert (await client.get("/api/queue")).body["total"] == 1
