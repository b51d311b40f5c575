"""What an epoch is made of: which rows, how often, and as what they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from training.data import LABELS, Row

#: These say "no hate speech", which leaves room for other toxicity: their zeros count less.
HATE_ONLY = ("dgHS", "hatemoji")

#: A row with one of these is shown so many times as often, because they are rare.
RARE = ("threat", "severe_toxicity", "identity_attack")
RARE_SHOWN = 3.0
#: Where identity_attack is what the source is about, it is not rare.
NOT_RARE = ("dgHS", "hatemoji", "davidson2017")


@dataclass(frozen=True, slots=True)
class Mix:
    """What an epoch is made of.

    ``shown`` says how often it shows a row of a source, on average; 1 where not named. Sources
    that are many beside what they teach, or that are trusted little, take turns. ``zeros`` is
    how much "no hate speech" counts as "not toxic"; ``made`` how many sentences are made for it;
    ``heavy`` the share of variants with every longer word disguised. ``as_written`` is the share
    of texts that are no variant, ``written_out`` the share of stripped ones that get punctuation,
    ``joined`` the share that get a civil comment before or after them.
    """

    shown: Mapping[str, float]
    zeros: float
    made: int
    heavy: float
    as_written: float = 0.6
    written_out: float = 0.0
    joined: float = 0.0

    def times(self, row: Row) -> float:
        """How often an epoch shows ``row``, on average."""
        share = next((s for name, s in self.shown.items() if row.source.startswith(name)), 1.0)
        rare = any(row.labels[LABELS.index(name)] >= 0.5 for name in RARE)
        if rare and not row.source.startswith(NOT_RARE):
            share *= RARE_SHOWN
        return share

    def weighed(self, row: Row) -> Row:
        """``row`` with the weights it has in this mix."""
        if row.labels[0] == 0 and row.source.startswith(HATE_ONLY):
            return replace(row, weights=(row.weights[0] * self.zeros, *row.weights[1:]))
        return row


#: First what an attack on a group is, and what only names it.
GROUPS = Mix(
    shown={"context_toxicity": 0.5, "davidson2017": 0.2, "paradetox": 0.5},
    zeros=0.4,
    made=16_000,
    heavy=0.0,
)
#: Then how people talk and swear. Without it, swearing at nobody scored too low, and whatever was
#: spelt oddly too high.
TALK = Mix(
    shown={"dgHS": 0.6, "davidson2017": 0.4, "context_toxicity": 0.5, "jigsaw2018": 1.5},
    zeros=0.1,
    made=8_000,
    heavy=0.2,
)
#: What the teacher learns: mostly talk, of which the small model knows least.
TEACHER = Mix(
    shown={
        "jigsaw2018": 2.0,
        "context_toxicity": 0.4,
        "paradetox": 0.4,
        "hatemoji": 0.4,
        "dgHS": 0.35,
        "davidson2017": 0.15,
    },
    zeros=0.1,
    made=4_000,
    heavy=0.15,
    as_written=0.7,
    written_out=0.6,
)
#: What the teacher is asked about, for the small model to learn; and many made sentences, or what
#: it knows of groups wears off.
LESSONS = Mix(
    shown={
        "jigsaw2018": 1.5,
        "context_toxicity": 0.5,
        "hatemoji": 0.5,
        "paradetox": 0.35,
        "dgHS": 0.25,
        "davidson2017": 0.15,
    },
    zeros=0.1,
    made=16_000,
    heavy=0.15,
    written_out=0.6,
    joined=0.1,
)
#: Of the batches of the first part, so many are GROUPS; the others are TALK.
GROUPS_SHARE = 3 / 4
#: The first epoch of TALK, and that of the second part, whenever they begin.
TALK_FROM = 500
LESSONS_FROM = 1_000
