"""What a script may answer, as types."""

from __future__ import annotations

from dataclasses import dataclass

from moderato.domain.author import Ruling
from moderato.domain.comment import State


class NotDurableError(Exception):
    """Too few replicas have the write: whether it lasts is unknown, so nothing is acknowledged."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """``known``: this very request had been accepted before."""

    id: str
    known: bool


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key, or the site's own comment id, was used for another body.

    ``key`` is "idempotency" or "external"; ``id`` is the comment it stands for.
    """

    key: str
    id: str


@dataclass(frozen=True, slots=True)
class BadParent:
    """``why``: "missing", "other-article" or "too-deep"."""

    why: str


@dataclass(frozen=True, slots=True)
class ArticleClosed:
    """The article takes no comments, until UTC ms; None for no end."""

    until: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Its author may not post now: what was ruled about them."""

    ruling: Ruling


@dataclass(frozen=True, slots=True)
class RuledMeanwhile:
    """Somebody ruled about the author first: the last ruling, None where there is none."""

    ruling: Ruling | None


@dataclass(frozen=True, slots=True)
class Done:
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody was quicker, or the step does not exist from here. Where the comment is now."""

    state: State
    version: int


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such comment, or author."""


@dataclass(frozen=True, slots=True)
class Escalated:
    """It waits for an editor, and this was none."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The first of two people decided; ``disagreed``: the second differs, and it is escalated."""

    version: int
    disagreed: bool = False


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Another person than the first must decide."""


@dataclass(frozen=True, slots=True)
class Released:
    """Too late to undo: the decision is out."""
