"""What eight bits cost: the int8 ONNX engine against the same weights in floating point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluation.examples import of
from training.evaluation.markdown import count, figure, interval, table
from training.evaluation.measured import Measured, enough, marks, texts
from training.evaluation.metrics import Estimate, auc_difference
from training.evaluation.ranking import TITLES


@dataclass(frozen=True, slots=True)
class Loss:
    """AUC lost on one source and label; below 0 where eight bits happen to rank better."""

    source: str
    label: str
    positives: int
    lost: Estimate


def losses(measured: Measured) -> list[Loss]:
    """The loss on every source and label with enough rows among those that are compared."""
    found = []
    for source, label in measured.pairs():
        rows = of(measured.compared, (source,), label)
        gold = marks(rows, label)
        if not enough(gold):
            continue
        eight = measured.book.values(texts(rows), label)
        full = measured.reference.values(texts(rows), label)
        found.append(Loss(source, label, int(gold.sum()), auc_difference(gold, full, eight)))
    return found


def worst(found: list[Loss]) -> Loss:
    return max(found, key=lambda loss: loss.lost.value)


def losses_table(found: list[Loss]) -> str:
    rows = [
        (TITLES.get(loss.source, loss.source), loss.label, count(loss.lost.rows),
         count(loss.positives), figure(loss.lost.value, 4), interval(loss.lost, 4))
        for loss in found
    ]  # fmt: skip
    return table(("data", "label", "rows", "positive", "AUC lost", "95 % interval"), rows)


def apart_table(measured: Measured) -> str:
    """How far apart the two engines' scores are."""
    eight = measured.book.score(texts(measured.compared))
    full = measured.reference.score(texts(measured.compared))
    rows = []
    for label in measured.book.attributes:
        apart = np.array(
            [abs(a.values[label] - b.values[label]) for a, b in zip(eight, full, strict=True)]
        )
        half, most = np.quantile(apart, (0.5, 0.99))
        cells = (apart.mean(), half, most, apart.max())
        rows.append((label, *(figure(float(value)) for value in cells)))
    return table(("scores apart", "mean", "half below", "99 of 100 below", "most"), rows)
