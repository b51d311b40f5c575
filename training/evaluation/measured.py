"""One model on the data: rows and scores, read and found when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from training.evaluation import examples
from training.evaluation.examples import Example, Post
from training.evaluation.metrics import Marks, Numbers
from training.evaluation.scored import ScoreBook

#: Fewest rows on either side for an AUC to be told.
LEAST = 10


@dataclass
class Measured:
    """``book`` scores as the scorer does by default, ``reference`` in floating point on torch.

    ``sample`` above 0 looks at that many rows of each source, to try things out. The reference
    is slower and sees at most ``compared_rows`` of each source; 0: all.
    """

    data: Path
    book: ScoreBook
    reference: ScoreBook
    sample: int = 0
    compared_rows: int = 0

    @cached_property
    def everything(self) -> list[Example]:
        """The public evaluation's rows, in every language."""
        return examples.public(self.data, self.sample)

    @cached_property
    def english(self) -> list[Example]:
        return [row for row in self.everything if row.language == "en"]

    @cached_property
    def compared(self) -> list[Example]:
        """The English rows that both engines score."""
        return examples.sampled(self.english, self.compared_rows)

    @cached_property
    def held_out(self) -> list[Example]:
        return examples.held_out(self.data, self.sample)

    @cached_property
    def span_posts(self) -> list[Post]:
        return examples.span_posts(self.data, self.sample)

    @cached_property
    def sources(self) -> list[str]:
        return sorted({row.source for row in self.english})

    def labelled(self, source: str, label: str) -> list[Example]:
        """The English rows of ``source`` with a label."""
        return examples.of(self.english, (source,), label)

    def pairs(self) -> list[tuple[str, str]]:
        """Source and label, wherever both sides have at least ``LEAST`` rows."""
        return [
            (source, label)
            for source in self.sources
            for label in self.book.attributes
            if enough(marks(self.labelled(source, label), label))
        ]


def marks(rows: Sequence[Example], label: str) -> Marks:
    """Which rows are positive: a soft label counts from 0.5, as where half the raters say so."""
    return np.array([row.labels[label] >= 0.5 for row in rows], dtype=np.bool_)


def shares(rows: Sequence[Example], label: str = "toxicity") -> Numbers:
    """The labels as they are: the share of raters, where several rated."""
    return np.array([row.labels[label] for row in rows])


def enough(gold: Marks) -> bool:
    return min(int(gold.sum()), int((~gold).sum())) >= LEAST


def texts(rows: Sequence[Example]) -> list[str]:
    return [row.text for row in rows]
