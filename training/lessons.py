"""What the small model learns from: texts as it is shown them, and what its teachers say of each.

The teachers are the larger encoder and the small model as it was, together: the one knows how
people talk, the other what an attack on a group is. The idea is that of Hinton et al. 2015,
"Distilling the Knowledge in a Neural Network" (arXiv:1503.02531).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.data import Row
from training.mix import HATE_ONLY
from training.templates import SOURCE as MADE

#: How much the teachers count beside a label that somebody gave.
TRUSTED = 0.7
#: How much their word weighs where nobody gave one; less on texts that ask about hate alone,
#: where they know least.
WEIGHT = 0.5
HATE_WEIGHT = 0.3


def judged(row: Row) -> bool:
    """Whether the teachers are asked about ``row``; what was made to measure is right as it is."""
    return row.source != MADE


def taught(rows: Sequence[Row], said: NDArray[np.floating]) -> list[Row]:
    """``rows`` with labels as people and teachers give them.

    ``said`` [rows, labels] are the teachers' probabilities. Labels of texts that ask about hate
    stay as people gave them.
    """
    return [
        _taught(row, guesses) if judged(row) else row
        for row, guesses in zip(rows, said.tolist(), strict=True)
    ]


def _taught(row: Row, said: Sequence[float]) -> Row:
    hate = row.source.startswith(HATE_ONLY)
    trusted = 0.0 if hate else TRUSTED
    labels = [
        label + trusted * (guess - label) if weight else guess
        for label, weight, guess in zip(row.labels, row.weights, said, strict=True)
    ]
    weights = [weight or (HATE_WEIGHT if hate else WEIGHT) for weight in row.weights]
    return replace(row, labels=tuple(labels), weights=tuple(weights))
