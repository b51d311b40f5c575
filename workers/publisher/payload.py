"""What a webhook says: the decision it is about, and the comment as it is now."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moderato.domain.comment import State
from moderato.store.deliveries import Delivery
from moderato.store.records import Record


def body(delivery: Delivery, record: Record) -> bytes:
    """The JSON of one delivery: ``{"type", "timestamp", "data"}``; see docs/webhooks.md.

    Made when it is sent, not when it was decided: a late try must not carry a text that was
    erased meanwhile, nor call public what was retracted.
    """
    comment, decision = record.comment, delivery.decision
    decided_at = decision.at if decision else delivery.created_at
    erased = comment.state is State.ERASED
    data: dict[str, Any] = {
        "id": comment.id,
        "external_id": comment.external_id,
        "site": comment.site,
        "article": {"id": comment.article.id, "url": comment.article.url},
        "author": None if erased else {"id": comment.author.id, "name": comment.author.name},
        "parent": comment.parent,
        "text": None if erased else comment.text,
        "created_at": timestamp(comment.written_at),
        "state": delivery.type.removeprefix("comment."),
        "version": delivery.version,
        "released": comment.released_at is not None,
        "decision": {
            "actor": decision.actor if decision else None,
            "rule": (decision.rule or None) if decision else None,
            "reason": (decision.reason or None) if decision else None,
            "message": (decision.message or None) if decision else None,
            "policy_version": (decision.policy_version or None) if decision else None,
            "model": record.scores.model if record.scores else None,
            "model_version": record.scores.model_version if record.scores else None,
            "scores": dict(record.scores.values) if record.scores else None,
        },
    }
    message = {"type": delivery.type, "timestamp": timestamp(decided_at), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def test_body(delivery: Delivery) -> bytes:
    """The JSON of a test delivery: nothing but its type, when it was asked for, and the site."""
    message = {
        "type": delivery.type,
        "timestamp": timestamp(delivery.created_at),
        "data": {"site": delivery.site},
    }
    return json.dumps(message, separators=(",", ":")).encode()


def timestamp(milliseconds: int) -> str:
    """ISO 8601 in UTC, from milliseconds since the epoch."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
