"""From what the store knows to what a site gets to see."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from moderato.domain.comment import Article, State
from moderato.domain.decision import Event
from moderato.domain.scores import Scores
from moderato.store.records import Record
from moderato.store.threads import ThreadHead
from services.intake import answers


def moment(milliseconds: int) -> str:
    """UTC ms since the epoch as ISO 8601."""
    text = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def links(comment: str, article: str) -> answers.Links:
    return answers.Links(
        self=f"/v1/comments/{comment}",
        thread=f"/v1/articles/{quote(article, safe='')}/comments",
    )


def accepted(comment: str, article: str) -> answers.CommentAccepted:
    return answers.CommentAccepted(id=comment, state=State.PENDING, links=links(comment, article))


def article(known: Article, comments: int) -> answers.Article:
    return answers.Article(
        id=known.id,
        url=known.url,
        title=known.title,
        mode=known.mode,
        mode_until=None if known.mode_until is None else moment(known.mode_until),
        comments=comments,
    )


def comment(record: Record, history: list[Event], head: ThreadHead | None) -> answers.Comment:
    """Everything about one comment; its decision is null while it is pending."""
    known = record.comment
    erased = known.state is State.ERASED
    pending = known.state is State.PENDING
    return answers.Comment(
        id=known.id,
        external_id=known.external_id,
        state=known.state,
        version=known.version,
        article=article(known.article, head.comments if head else 0),
        author=None if erased else answers.Author(id=known.author.id, name=known.author.name),
        text=None if erased else known.text,
        parent=known.parent,
        depth=known.depth,
        language=known.language,
        metadata=dict(known.metadata),
        created_at=moment(known.written_at),
        received_at=moment(known.received_at),
        released_at=None if known.released_at is None else moment(known.released_at),
        decision=None if pending or record.last is None else _decision(record.last),
        scores=None if record.scores is None else _scores(record.scores),
        reports=record.reports,
        history=[_event(step) for step in history],
        links=links(known.id, known.article.id),
    )


def thread_comment(
    record: Record, replies: int, *, removed: bool | None = None
) -> answers.ThreadComment:
    """A comment as readers see it: a gap once it is retracted, and as soon as it is erased."""
    known = record.comment
    if removed is None:
        removed = known.released_at is None or known.state is State.ERASED
    return answers.ThreadComment(
        id=known.id,
        external_id=known.external_id,
        parent=known.parent,
        author=None if removed else answers.Author(id=known.author.id, name=known.author.name),
        text=None if removed else known.text,
        language=None if removed else known.language,
        created_at=moment(known.written_at),
        released_at=(None if removed or known.released_at is None else moment(known.released_at)),
        replies=replies,
        removed=removed,
    )


def _decision(last: Event) -> answers.Decision:
    return answers.Decision(
        state=last.state,
        reason=last.reason,
        message=last.message,
        rule=last.rule,
        evidence=dict(last.evidence),
        actor=last.actor,
        by=last.by,
        at=moment(last.at),
        policy_version=last.policy_version,
    )


def _scores(scores: Scores) -> answers.Scores:
    return answers.Scores(
        values=dict(scores.values),
        model=scores.model,
        model_version=scores.model_version,
        language=scores.language,
        language_known=scores.language_known,
        folded_gain=scores.folded_gain,
        spans=[answers.Span(begin=begin, end=end) for begin, end in scores.spans],
    )


def _event(event: Event) -> answers.HistoryEvent:
    return answers.HistoryEvent(
        step=event.step,
        at=moment(event.at),
        actor=event.actor,
        by=event.by,
        before=event.before,
        state=event.state,
        version=event.version,
        rule=event.rule,
        reason=event.reason,
        evidence=dict(event.evidence),
        policy_version=event.policy_version,
        model=event.model,
        model_version=event.model_version,
    )
