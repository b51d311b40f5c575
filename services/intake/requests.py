"""What a site may send. The same types check it and make the OpenAPI document."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from moderato.domain.comment import Article, ArticleMode, Author
from moderato.store.comments import NewComment
from services.intake.fields import (
    METADATA_ENTRIES,
    ArticleId,
    CommentId,
    End,
    Identifier,
    Language,
    MetadataKey,
    MetadataValue,
    Moment,
    Name,
    Text,
    Title,
    WebAddress,
)

#: A Redis stream id; the largest has 20 digits, and no clock gets there.
EVENT_ID = "[0-9]{1,19}-[0-9]{1,19}"


class Request(BaseModel):
    """A misspelt field is an error: silently ignored it would be found weeks later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PostedArticle(Request):
    """The article a comment stands under."""

    id: ArticleId = Field(description="Your id of the article.", examples=["harbour-bridge"])
    url: WebAddress = Field(
        description="The address of the article's page, for the moderators.",
        examples=["https://news.example/harbour-bridge"],
    )
    title: Title | None = Field(
        None, description="Its headline.", examples=["The harbour bridge reopens"]
    )


class PostedAuthor(Request):
    """Who wrote a comment."""

    id: Identifier = Field(
        description="Your id of the reader, the same for all their comments.", examples=["reader-7"]
    )
    name: Name = Field(description="The name shown with the comment.", examples=["Ada"])


class PostedComment(Request):
    """A comment a reader wrote."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "article": {
                        "id": "harbour-bridge",
                        "url": "https://news.example/harbour-bridge",
                        "title": "The harbour bridge reopens",
                    },
                    "author": {"id": "reader-7", "name": "Ada"},
                    "text": "At last! I have missed the walk across.",
                }
            ]
        },
    )

    article: PostedArticle = Field(description="The article it stands under.")
    author: PostedAuthor = Field(description="Who wrote it.")
    text: Text = Field(
        description="The comment as the reader wrote it: plain text, never HTML.",
        examples=["At last! I have missed the walk across."],
    )
    parent: CommentId | None = Field(
        None, description="The `id` of the comment it replies to, under the same article."
    )
    language: Language | None = Field(
        None,
        description="The language it is written in (ISO 639 or BCP 47), where you know it.",
        examples=["en"],
    )
    created_at: Moment | None = Field(
        None,
        description="When it was written (RFC 3339); the time of receipt where it is missing.",
        examples=["2026-05-04T09:30:00Z"],
    )
    external_id: Identifier | None = Field(
        None,
        description="Your own id of the comment. It can be used once, for ever.",
        examples=["comment-4711"],
    )
    metadata: dict[MetadataKey, MetadataValue] = Field(
        default_factory=dict,
        max_length=METADATA_ENTRIES,
        description="Whatever else you want to find again with the comment. Readers never see it.",
        examples=[{"section": "local"}],
        json_schema_extra={"additionalProperties": False},
    )

    def fingerprint(self) -> str:
        """SHA-256 of what the request says, however it was written down.

        Fields that hold their default are left out, so that a later release with more fields
        still recognises what an earlier one accepted.
        """
        said = self.model_dump(mode="json", exclude_defaults=True)
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def for_site(self, site: str) -> NewComment:
        moment = self.created_at
        return NewComment(
            site=site,
            article=Article(self.article.id, self.article.url, self.article.title or ""),
            author=Author(self.author.id, self.author.name),
            text=self.text,
            parent=self.parent,
            language=self.language,
            written_at=None if moment is None else int(moment.timestamp() * 1000),
            external_id=self.external_id,
            metadata=self.metadata,
        )


class PostedReport(Request):
    """A reader objects to a comment."""

    reporter: Identifier = Field(
        description="Your id of the reader who objects; each counts once.", examples=["reader-12"]
    )


class ArticleSettings(Request):
    """How an article takes comments."""

    mode: ArticleMode = Field(
        description="`open`: the policy decides. `premod`: a person looks at every comment first. "
        "`closed`: new comments are refused.",
        examples=["closed"],
    )
    until: End | None = Field(
        None,
        description="When the mode ends by itself (RFC 3339), and the article is as it was. "
        "Left out: it has no end.",
        examples=["2030-05-04T06:00:00Z"],
    )


class ThreadQuery(Request):
    """Which part of a thread to show."""

    sort: Literal["newest", "oldest"] = Field("newest", description="Which comes first.")
    limit: int = Field(50, ge=1, le=100, description="How many comments at most.")
    parent: str | None = Field(
        None,
        pattern="^(top|[0-9a-f]{32})$",
        description="`top`: only comments on the article itself. A comment's `id`: only the "
        "replies to it. Left out: all of them.",
    )
    cursor: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{22}$",
        description="The `next_cursor` of the page before, with all else the same.",
    )


class EventsQuery(Request):
    """Where to go on in the stream of events."""

    last_event_id: str | None = Field(
        None,
        pattern=f"^{EVENT_ID}$",
        description="Go on after this event; `Last-Event-ID` does the same and comes first. "
        "A thread's `last_event_id` starts where that thread ends.",
    )


class ArticlePath(Request):
    """Which article."""

    id: ArticleId = Field(
        description="Your id of the article, percent-encoded where it needs to be.",
        examples=["harbour-bridge"],
    )


class CommentPath(Request):
    """Which comment."""

    id: CommentId = Field(description="The `id` that the 202 gave you.")
