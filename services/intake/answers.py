"""What a site gets back. The same types write the answers and make the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from moderato.domain.comment import ArticleMode, State

#: A point in time: ISO 8601, UTC, milliseconds.
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Links(Answer):
    """Where to go on; relative to the address of the API."""

    self: str = Field(description="The comment.", examples=["/v1/comments/0f3b…"])
    thread: str = Field(
        description="The thread it stands in once it is released.",
        examples=["/v1/articles/harbour-bridge/comments"],
    )


class CommentAccepted(Answer):
    """The comment is stored for good and waits to be decided."""

    id: str = Field(description="The comment's id here.", pattern="^[0-9a-f]{32}$")
    state: State = Field(description="How it stood when it was taken in.")
    links: Links


class Author(Answer):
    """Who wrote a comment."""

    id: str
    name: str


class Article(Answer):
    """An article, as far as it is known."""

    id: str
    url: str = Field(description="Empty before its first comment.")
    title: str
    mode: ArticleMode = Field(description="How it takes comments now.")
    mode_until: Time | None = Field(
        description="When that ends by itself, and it is as it was before; null for no end."
    )
    comments: int = Field(description="How many readers can see now.")


class Decision(Answer):
    """The decision that stands, and why."""

    state: State
    reason: str = Field(description="Why, in plain words.")
    message: str = Field(description="What the author may be told; empty for nothing.")
    rule: str = Field(description="The policy's rule, or the moderator's reason code.")
    evidence: dict[str, str] = Field(description="The values that triggered it.")
    actor: str = Field(description="`policy`, `moderator`, `site` or `reader`.")
    by: str = Field(description="Which policy, or who.")
    at: Time
    policy_version: str


class Span(Answer):
    """A part of the text, in characters (Unicode code points); `end` is the first one after it."""

    begin: int
    end: int


class Scores(Answer):
    """What the model says."""

    values: dict[str, float] = Field(
        description="A probability for each attribute of the model named here; another model "
        "may have others.",
        examples=[{"toxicity": 0.0312}],
    )
    model: str
    model_version: str
    language: str | None = Field(description="The language the text seems to be in.")
    language_known: bool = Field(description="Whether the model was trained on it.")
    folded_gain: float = Field(
        description="How much toxicity rose when disguised letters were read as plain ones."
    )
    spans: list[Span] = Field(description="The parts of the text that made it toxic.")


class Model(Answer):
    """The model that scores new comments; older ones keep the scores of the one before."""

    name: str
    version: str
    attributes: list[str] = Field(
        description="What it scores: the names in a comment's `scores.values`, and those a "
        "policy may ask for.",
        examples=[["toxicity", "severe_toxicity", "obscene", "threat"]],
    )
    languages: list[str] = Field(description="ISO 639-1 codes of those it was trained on.")
    marks_spans: bool = Field(description="Whether it fills `scores.spans`.")


class HistoryEvent(Answer):
    """One step in a comment's life."""

    step: str
    at: Time
    actor: str
    by: str
    before: State | None = Field(description="Where it stood before.")
    state: State = Field(description="Where it stood after.")
    version: int
    rule: str
    reason: str
    evidence: dict[str, str]
    policy_version: str
    model: str
    model_version: str


class Comment(Answer):
    """A comment with everything that is known about it."""

    id: str
    external_id: str | None = Field(description="Your own id of it.")
    state: State
    version: int = Field(description="Grows by one with each step.")
    article: Article
    author: Author | None = Field(description="Null once erased.")
    text: str | None = Field(description="Null once erased.")
    parent: str | None
    depth: int = Field(description="0 for a comment on the article itself.")
    language: str | None
    metadata: dict[str, str]
    created_at: Time = Field(description="When it was written, as you said.")
    received_at: Time
    released_at: Time | None = Field(description="Since when readers can see it.")
    decision: Decision | None = Field(description="Null while it waits for one.")
    scores: Scores | None = Field(description="Null before a model has looked at it.")
    reports: int = Field(description="Readers who objected since a person last looked.")
    history: list[HistoryEvent] = Field(description="Every step, oldest first.")
    links: Links


class ReportReceived(Answer):
    """The report counts."""

    reports: int = Field(description="Readers who objected since a person last looked.")
    state: State = Field(description="Enough reports send a comment back to a moderator: flagged.")


class ThreadComment(Answer):
    """A comment as readers see it, or the gap that a retracted one left."""

    id: str
    external_id: str | None
    parent: str | None
    author: Author | None = Field(description="Null where it was retracted.")
    text: str | None = Field(description="Null where it was retracted. Plain text: escape it.")
    language: str | None
    created_at: Time
    released_at: Time | None
    replies: int = Field(description="Replies to it in this thread, gaps included.")
    removed: bool = Field(description="It was retracted: show a gap, so that replies keep place.")


class Thread(Answer):
    """A page of an article's released comments."""

    article: Article
    comments: list[ThreadComment]
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    last_event_id: str = Field(
        description="Follow the events from here, and nothing is missed in between."
    )


class StreamEvent(Answer):
    """One server-sent event."""

    event: Literal["ready", "released", "retracted", "reset"] | None = Field(
        None, description="What happened; an event with nothing but an id only moves it on."
    )
    id: str = Field(description="Send it as Last-Event-ID to go on after this event.")
    data: str | None = Field(
        None,
        description="JSON on one line: the comment as the thread shows it for `released` and "
        "`retracted`, else an empty object.",
        json_schema_extra={"contentMediaType": "application/json"},
    )
    retry: int | None = Field(
        None, description="Milliseconds to wait before connecting again; with the first event."
    )
