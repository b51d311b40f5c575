"""What a webhook says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from moderato.domain.comment import Article, Author, Comment, State
from moderato.domain.decision import Event
from moderato.domain.scores import Scores
from moderato.store.deliveries import Delivery
from moderato.store.records import Record
from workers.publisher.payload import body

DECISION = Event(
    step="decide",
    at=1_767_225_600_123,
    actor="policy",
    by="default",
    before=State.PENDING,
    state=State.APPROVED,
    version=2,
    rule="approve",
    reason="Nothing spoke against it.",
    policy_version="3",
    model="compact",
    model_version="1",
)
DELIVERY = Delivery(
    id="c1.2.e1",
    site="herald",
    comment="c1",
    version=2,
    type="comment.approved",
    endpoint="e1",
    state="waiting",
    attempts=0,
    created_at=1_767_225_600_500,
    decision=DECISION,
)
COMMENT = Comment(
    site="herald",
    id="c1",
    article=Article("a1", "https://herald.example/a1", "Title"),
    author=Author("r1", "Zoë"),
    text="Bien écrit 🙂",
    state=State.APPROVED,
    version=2,
    received_at=1_767_225_599_000,
    written_at=1_767_225_599_000,
    external_id="77",
    released_at=1_767_225_600_400,
)
RECORD = Record(COMMENT, Scores({"toxicity": 0.01}, "compact", "1"), DECISION, 0)


def data(delivery: Delivery, record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body(delivery, record))["data"]
    return found


def test_a_released_comment() -> None:
    assert json.loads(body(DELIVERY, RECORD)) == {
        "type": "comment.approved",
        "timestamp": "2026-01-01T00:00:00.123Z",
        "data": {
            "id": "c1",
            "external_id": "77",
            "site": "herald",
            "article": {"id": "a1", "url": "https://herald.example/a1"},
            "author": {"id": "r1", "name": "Zoë"},
            "parent": None,
            "text": "Bien écrit 🙂",
            "created_at": "2025-12-31T23:59:59.000Z",
            "state": "approved",
            "version": 2,
            "released": True,
            "decision": {
                "actor": "policy",
                "rule": "approve",
                "reason": "Nothing spoke against it.",
                "message": None,
                "policy_version": "3",
                "model": "compact",
                "model_version": "1",
                "scores": {"toxicity": 0.01},
            },
        },
    }


def test_a_moderator_is_never_named() -> None:
    decision = replace(DECISION, actor="moderator", by="mia.lindqvist", rule="off-topic")
    sent = body(replace(DELIVERY, decision=decision), RECORD).decode()
    assert "mia" not in sent
    assert json.loads(sent)["data"]["decision"]["actor"] == "moderator"


def test_a_late_try_does_not_carry_what_was_erased_meanwhile() -> None:
    erased = replace(
        COMMENT, state=State.ERASED, version=3, text="", released_at=None, author=Author("r1", "")
    )
    late = data(DELIVERY, replace(RECORD, comment=erased, scores=None))
    assert late["text"] is None
    assert late["released"] is False
    assert (late["state"], late["version"]) == ("approved", 2)
    assert late["decision"]["scores"] is None


def test_a_late_try_does_not_call_public_what_was_retracted() -> None:
    retracted = replace(COMMENT, state=State.FLAGGED, version=3, released_at=None)
    assert data(DELIVERY, replace(RECORD, comment=retracted))["released"] is False
