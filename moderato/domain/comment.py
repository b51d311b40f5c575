"""A comment, its article and its author, as a site posts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where a comment stands. Which steps lead from one to the next: see ``lifecycle``."""

    PENDING = "pending"
    FLAGGED = "flagged"
    APPROVED = "approved"
    REJECTED = "rejected"
    ERASED = "erased"


class Place(StrEnum):
    """Where a flagged comment waits."""

    FLAGGED = "flagged"
    ESCALATED = "escalated"  # for an editor
    HELD = "held"  # put aside


class ArticleMode(StrEnum):
    """How an article takes comments; the words are Coral's."""

    OPEN = "open"
    PREMOD = "premod"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Tighter:
    """An article is held tighter, until UTC ms; None for no end."""

    until: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """As it is at the time it is read: see ``article.Settings``.

    ``mode_until`` is when the mode goes back to what it was, UTC ms; None for never.
    """

    id: str
    url: str
    title: str = ""
    mode: ArticleMode = ArticleMode.OPEN
    mode_until: int | None = None
    tighter: Tighter | None = None


@dataclass(frozen=True, slots=True)
class Author:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as stored. ``text`` is empty once erased.

    ``version`` grows by one at each step of its life; a decision names the version it was
    taken on, so a stale one is refused. Times are UTC, milliseconds since the epoch, from
    Redis's clock, except ``written_at``, which is the site's word (or the time of receipt).
    """

    site: str
    id: str
    article: Article
    author: Author
    text: str
    state: State
    version: int
    received_at: int
    written_at: int
    parent: str | None = None
    depth: int = 0
    language: str | None = None
    external_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    #: How often this author posted this same text lately, this time included.
    repeats: int = 1
    #: Set once it stands in the article's thread.
    released_at: int | None = None
