"""Held-out rows mixed as comments come in: the same mixes wherever a policy is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.evaluation.examples import NEWS, TALK, TROUBLE, Example, of
from training.evaluation.measured import marks
from training.evaluation.metrics import Marks, Numbers

#: Name -> sources -> their share of the mix. Rows of one source count alike.
#: News comments were picked for toxicity and talk hardly has any, so a usual day takes some of
#: each; it is what thresholds are chosen on.
MIXES: dict[str, dict[tuple[str, ...], float]] = {
    "a usual day": {TALK: 0.9, NEWS: 0.1},
    "everyday talk": {TALK: 1.0},
    "news picked for toxicity": {NEWS: 1.0},
    "trouble (Jigsaw)": {TROUBLE: 1.0},
}
USUAL = "a usual day"


@dataclass(frozen=True, slots=True)
class Mix:
    """Rows, the share of the whole that each stands for, and the part each belongs to."""

    rows: list[Example]
    weights: Numbers
    parts: list[slice]

    @property
    def toxic(self) -> Marks:
        return marks(self.rows, "toxicity")

    @property
    def toxic_share(self) -> float:
        return float(self.weights[self.toxic].sum())


def mix(held_out: list[Example], shares: Mapping[tuple[str, ...], float]) -> Mix:
    """The rows of ``shares``' sources that say whether they are toxic, weighed to its shares."""
    rows: list[Example] = []
    weights: list[float] = []
    parts = []
    for sources, share in shares.items():
        part = of(held_out, sources)
        parts.append(slice(len(rows), len(rows) + len(part)))
        rows += part
        weights += [share / len(part)] * len(part)
    return Mix(rows, np.array(weights), parts)
