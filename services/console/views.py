"""Comments as the page gets them: one shape, wherever they are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from moderato.domain.author import Standing
from moderato.domain.comment import Article
from moderato.domain.decision import Event
from moderato.domain.scores import ModelInfo, Scores
from moderato.store.leases import Viewer
from moderato.store.records import AuthorRecord, Record
from moderato.store.store import Store


async def items(store: Store, wanted: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The (site, comment id) pairs as JSON, in their order, without those that are gone."""
    by_site: dict[str, list[str]] = {}
    for site, comment in wanted:
        by_site.setdefault(site, []).append(comment)
    found = await _records(store, by_site)
    shown = [found[key] for key in wanted if key in found]
    parents = await _records(store, _parents(shown))
    viewers = await store.leases.viewers([(r.comment.site, r.comment.id) for r in shown])
    people = [(record.comment.site, record.comment.author.id) for record in shown]
    authors = await store.authors.records(people)
    notes = await store.author_notes.counts(people)
    model = await store.models.in_use() if shown else None
    return [
        _item(record, author, count, parents.get(_parent_key(record)), model) | lease(looking)
        for record, author, count, looking in zip(shown, authors, notes, viewers, strict=True)
    ]


def article(known: Article) -> dict[str, Any]:
    """An article as it is now; ``tighter`` is null or {until}, where null is for no end."""
    return {
        "id": known.id,
        "url": known.url,
        "title": known.title,
        "mode": known.mode.value,
        "mode_until": known.mode_until,
        "tighter": None if known.tighter is None else {"until": known.tighter.until},
    }


def event(line: Event) -> dict[str, Any]:
    """A line of history."""
    return {
        "step": line.step,
        "at": line.at,
        "actor": line.actor,
        "by": line.by,
        "before": line.before.value if line.before else None,
        "state": line.state.value,
        "version": line.version,
        "rule": line.rule,
        "reason": line.reason,
        "evidence": dict(line.evidence),
        "message": line.message,
        "priority": line.priority,
        "policy_version": line.policy_version,
        "model": line.model,
        "model_version": line.model_version,
        "note": line.note,
        "place": line.place,
        "proposed": line.proposed,
        "bulk": line.bulk,
    }


def opinion(record: Record) -> dict[str, Any] | None:
    """What the first of two people decided."""
    return asdict(record.opinion) if record.opinion else None


def lease(viewers: Sequence[Viewer]) -> dict[str, Any]:
    """Who looks at a comment, first come first."""
    first = {"by": viewers[0].name, "until": viewers[0].until} if viewers else None
    return {"lease": first, "viewers": [asdict(viewer) for viewer in viewers]}


def standing(author: AuthorRecord) -> dict[str, Any]:
    """What holds for an author now, and until when: null for good."""
    last = author.ruling
    until = last.until if last and author.standing is not Standing.NONE else None
    return {"standing": author.standing.value, "until": until}


async def _records(store: Store, by_site: dict[str, list[str]]) -> dict[tuple[str, str], Record]:
    lists = await asyncio.gather(
        *(store.comments.get_many(site, comments) for site, comments in by_site.items())
    )
    return {
        (record.comment.site, record.comment.id): record
        for records in lists
        for record in records
        if record is not None
    }


def _parent_key(record: Record) -> tuple[str, str]:
    return record.comment.site, record.comment.parent or ""


def _parents(records: Sequence[Record]) -> dict[str, list[str]]:
    by_site: dict[str, list[str]] = {}
    for record in records:
        if record.comment.parent:
            by_site.setdefault(record.comment.site, []).append(record.comment.parent)
    return by_site


def _item(
    record: Record,
    author: AuthorRecord,
    notes: int,
    parent: Record | None,
    model: ModelInfo | None,
) -> dict[str, Any]:
    comment = record.comment
    return {
        "site": comment.site,
        "id": comment.id,
        "state": comment.state.value,
        "version": comment.version,
        "place": record.place.value if record.place else "",
        "opinion": opinion(record),
        "text": comment.text,
        "language": comment.language,
        "received_at": comment.received_at,
        "written_at": comment.written_at,
        "released_at": comment.released_at,
        "depth": comment.depth,
        "repeats": comment.repeats,
        "reports": record.reports,
        "external_id": comment.external_id,
        "metadata": dict(comment.metadata),
        "article": article(comment.article),
        "author": {
            "id": comment.author.id,
            "name": comment.author.name,
            "approved": author.approved,
            "rejected": author.rejected,
            "received": author.received,
            "notes": notes,
            **standing(author),
        },
        "parent": _parent(parent) if parent else None,
        "scores": _scores(record.scores, model) if record.scores else None,
        "why": event(record.last) if record.last else None,
    }


def _parent(record: Record) -> dict[str, Any]:
    comment = record.comment
    return {
        "id": comment.id,
        "author": comment.author.name,
        "text": comment.text,
        "state": comment.state.value,
        "written_at": comment.written_at,
    }


def _scores(scores: Scores, model: ModelInfo | None) -> dict[str, Any]:
    mine = f"{scores.model} {scores.model_version}"
    return {
        "values": dict(scores.values),
        "model": scores.model,
        "version": scores.model_version,
        # Another model in use since: its scores may have other names and another meaning.
        "in_use_now": str(model) if model and str(model) != mine else None,
        "folded_gain": scores.folded_gain,
        "language": scores.language,
        "language_known": scores.language_known,
        # Offsets count code points, not the UTF-16 units of JavaScript.
        "spans": [list(span) for span in scores.spans],
    }
