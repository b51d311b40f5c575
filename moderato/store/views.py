"""What somebody wants to see of the queues: which queue, which of it, in what order."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderato.store.records import Record

#: Bins of a score's histogram.
BINS = 20


class Queue(StrEnum):
    FLAGGED = "flagged"
    ESCALATED = "escalated"
    WAITING = "waiting"
    REPORTED = "reported"
    APPROVED = "approved"
    REJECTED = "rejected"
    DEAD = "dead"


class Sort(StrEnum):
    PRIORITY = "priority"
    OLDEST = "oldest"
    NEWEST = "newest"
    SCORE = "score"


#: The queues with secondary indexes: those that can be filtered and have facets.
INDEXED = frozenset({Queue.FLAGGED, Queue.ESCALATED})

#: The orders of each queue, its own first.
SORTS: Mapping[Queue, tuple[Sort, ...]] = {
    Queue.FLAGGED: tuple(Sort),
    Queue.ESCALATED: tuple(Sort),
    Queue.WAITING: (Sort.OLDEST, Sort.NEWEST),
    Queue.REPORTED: (Sort.PRIORITY,),
    Queue.APPROVED: (Sort.NEWEST, Sort.OLDEST),
    Queue.REJECTED: (Sort.NEWEST, Sort.OLDEST),
    Queue.DEAD: (Sort.NEWEST, Sort.OLDEST),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Each part narrows further; an empty one asks for nothing. Ends of ranges are included.

    ``scores``: name -> (least, most). ``received_from`` and ``received_to`` are UTC ms.
    """

    rules: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    article: str | None = None
    author: str | None = None
    received_from: int | None = None
    received_to: int | None = None

    def __bool__(self) -> bool:
        return self != Filter()

    def as_json(self) -> str:
        """As queues.lua reads it."""
        asked = {
            "rules": dict.fromkeys(sorted(self.rules), True),
            "languages": dict.fromkeys(sorted(self.languages), True),
            "scores": [[name, *ends] for name, ends in sorted(self.scores.items())],
            "article": self.article,
            "author": self.author,
            "from": self.received_from,
            "to": self.received_to,
        }
        return json.dumps({name: value for name, value in asked.items() if value not in ({}, None)})


@dataclass(frozen=True, slots=True)
class View:
    """``attribute`` is the score to sort by; ``by_policy`` shows what the policy decided."""

    queue: Queue = Queue.FLAGGED
    sort: Sort = Sort.PRIORITY
    descending: bool = True
    attribute: str = ""
    filter: Filter = field(default_factory=Filter)
    by_policy: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order, whether or not anything stands there."""

    score: float
    member: str

    def __str__(self) -> str:
        return f"{self.score!r}~{self.member}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises ValueError on what is none."""
        score, tilde, member = text.partition("~")
        number = float(score)
        if not tilde or not member or not math.isfinite(number):
            raise ValueError(text)
        return cls(number, member)


@dataclass(frozen=True, slots=True)
class Row:
    """One comment's place in a page; ``letter`` is the dead letter's id in the queue of them."""

    site: str
    comment: str
    cursor: Cursor
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """``position`` counts what stands before the first row; the cursors are None at the ends."""

    rows: list[Row]
    position: int
    next: Cursor | None
    previous: Cursor | None


@dataclass(slots=True)
class Facets:
    """What is in a view: how many per rule and language, 20 bins per score, the span of time."""

    total: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, list[int]] = field(default_factory=dict)
    oldest: int | None = None
    newest: int | None = None

    def add(self, record: Record) -> None:
        """Counts one comment more."""
        received = record.comment.received_at
        rule = record.last.rule if record.last else ""
        scores = record.scores
        language = record.comment.language or (scores.language if scores else None) or "und"
        self.total += 1
        self.rules[rule] = self.rules.get(rule, 0) + 1
        self.languages[language] = self.languages.get(language, 0) + 1
        self.oldest = min(self.oldest or received, received)
        self.newest = max(self.newest or received, received)
        for name, value in scores.values.items() if scores else ():
            bins = self.attributes.setdefault(name, [0] * BINS)
            bins[min(BINS - 1, int(value * BINS))] += 1
