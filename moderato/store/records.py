"""How comments, scores and history lie in Redis, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderato.domain.article import Settings
from moderato.domain.author import Ruling, Standing, standing_of
from moderato.domain.comment import (
    Article,
    ArticleMode,
    Author,
    Comment,
    Place,
    State,
    Tighter,
)
from moderato.domain.decision import Actor, Decision, Event, Opinion
from moderato.domain.lifecycle import Step
from moderato.domain.scores import Scores


@dataclass(frozen=True, slots=True)
class Record:
    """A comment with what is known about it. ``last`` is the newest step after receipt."""

    comment: Comment
    scores: Scores | None
    last: Event | None
    reports: int
    #: Where it waits while its state is flagged, else None.
    place: Place | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """How many of an author's comments stand approved and rejected, and were received at all.

    ``ruling`` is the last one about them, ended or not; ``standing`` what held when this was read.
    """

    approved: int
    rejected: int
    received: int
    ruling: Ruling | None = None
    standing: Standing = Standing.NONE

    @property
    def rulings(self) -> int:
        """How many rulings there are about them: the version of the last."""
        return self.ruling.version if self.ruling else 0


#: The fields of an author's hash that make an AuthorRecord.
AUTHOR_FIELDS = ["approved", "rejected", "received", "ruling"]


def author_record(values: Sequence[str | None], now: int) -> AuthorRecord:
    """From the values of AUTHOR_FIELDS. ``now`` is UTC ms by Redis's clock."""
    approved, rejected, received, line = values
    ruled = ruling(line) if line else None
    counts = int(approved or 0), int(rejected or 0), int(received or 0)
    return AuthorRecord(*counts, ruled, standing_of(ruled, now))


def ruling(line: str) -> Ruling:
    """One ruling about an author, as set_standing.lua wrote it."""
    raw: dict[str, Any] = json.loads(line)
    return Ruling(**{**raw, "standing": Standing(raw["standing"])})


def decision_json(
    step: Step,
    actor: Actor,
    by: str,
    decision: Decision,
    scores: Scores | None,
    **more: str,
) -> str:
    """The JSON that the scripts complete (at, from, version, place) and keep as history.

    ``more`` are further members of Event: note, bulk.
    """
    return json.dumps(
        {
            "step": step.value,
            "actor": actor.value,
            "by": by,
            "state": decision.state.value,
            "rule": decision.rule,
            "reason": decision.reason,
            "evidence": dict(decision.evidence),
            "priority": decision.priority,
            "policy_version": decision.policy_version,
            "message": decision.message,
            "model": scores.model if scores else "",
            "model_version": scores.model_version if scores else "",
            **more,
        }
    )


def event(line: str) -> Event:
    """One line of history, as the scripts wrote it."""
    raw: dict[str, Any] = json.loads(line)
    return Event(
        step=raw["step"],
        at=int(raw["at"]),
        actor=raw["actor"],
        by=raw["by"],
        before=State(raw["from"]) if raw.get("from") else None,
        state=State(raw["state"]),
        version=int(raw["version"]),
        rule=raw.get("rule", ""),
        reason=raw.get("reason", ""),
        evidence=dict(raw.get("evidence") or {}),
        priority=float(raw.get("priority") or 0.0),
        policy_version=raw.get("policy_version", ""),
        model=raw.get("model", ""),
        model_version=raw.get("model_version", ""),
        message=raw.get("message", ""),
        note=raw.get("note", ""),
        place=raw.get("place", ""),
        proposed=raw.get("proposed", ""),
        bulk=raw.get("bulk", ""),
    )


def scores_json(scores: Scores) -> str:
    return json.dumps(
        {
            "values": {name: round(value, 4) for name, value in scores.values.items()},
            "model": scores.model,
            "model_version": scores.model_version,
            "folded_gain": round(scores.folded_gain, 4),
            "language": scores.language,
            "language_known": scores.language_known,
            "spans": [list(span) for span in scores.spans],
        }
    )


def scores(text: str) -> Scores:
    raw: dict[str, Any] = json.loads(text)
    return Scores(
        values=raw["values"],
        model=raw["model"],
        model_version=raw["model_version"],
        folded_gain=raw["folded_gain"],
        language=raw["language"],
        language_known=raw["language_known"],
        spans=tuple((begin, end) for begin, end in raw["spans"]),
    )


def milliseconds(time: tuple[int, int]) -> int:
    """Redis's answer to TIME as UTC ms."""
    return time[0] * 1000 + time[1] // 1000


def settings(fields: Mapping[str, str]) -> Settings:
    """What was set about an article, from its hash."""
    passing, until = fields.get("passing"), fields.get("tighter_until")
    return Settings(
        lasting=ArticleMode(fields.get("mode", "open")),
        passing=ArticleMode(passing) if passing else None,
        passing_until=int(fields.get("passing_until", 0)),
        tighter=Tighter(int(until) if until else None) if fields.get("tighter") else None,
    )


def article(article: str, fields: Mapping[str, str], now: int) -> Article:
    """As it is at ``now``, UTC ms, from its hash, which may be empty."""
    what = settings(fields)
    return Article(
        id=article,
        url=fields.get("url", ""),
        title=fields.get("title", ""),
        mode=what.mode_at(now),
        mode_until=what.mode_until(now),
        tighter=what.tighter_at(now),
    )


def record(fields: Mapping[str, str], of_article: Mapping[str, str], now: int) -> Record:
    """From the comment's hash and its article's. ``fields`` must not be empty."""
    comment = Comment(
        site=fields["site"],
        id=fields["id"],
        article=article(fields["article"], of_article, now),
        author=Author(id=fields["author"], name=fields.get("author_name", "")),
        text=fields.get("text", ""),
        state=State(fields["state"]),
        version=int(fields["version"]),
        received_at=int(fields["received_at"]),
        written_at=int(fields["written_at"]),
        parent=fields.get("parent") or None,
        depth=int(fields.get("depth", 0)),
        language=fields.get("language") or None,
        external_id=fields.get("external_id") or None,
        metadata=json.loads(fields.get("metadata") or "{}"),
        repeats=int(fields.get("repeats", 1)),
        released_at=int(fields["released_at"]) if fields.get("released_at") else None,
    )
    flagged, opinion = comment.state is State.FLAGGED, fields.get("opinion")
    return Record(
        comment=comment,
        scores=scores(fields["scores"]) if fields.get("scores") else None,
        last=event(fields["decision"]) if fields.get("decision") else None,
        reports=int(fields.get("reports", 0)),
        place=Place(fields.get("place") or Place.FLAGGED) if flagged else None,
        opinion=Opinion(**json.loads(opinion)) if flagged and opinion else None,
    )
