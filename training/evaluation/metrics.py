"""Figures of merit, from gold labels and scores alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]
Places = NDArray[np.int64]

#: Resamples behind each 95 % interval.
RESAMPLES = 1_000
#: Bins of the expected calibration error.
BINS = 15


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % bootstrap interval, found on ``rows`` rows."""

    value: float
    low: float
    high: float
    rows: int


def auc(positives: Numbers, negatives: Numbers) -> float:
    """The chance that a positive scores above a negative; a tie counts half. ROC AUC, that is."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    not_above = np.searchsorted(ordered, positives, side="right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def auc_estimate(gold: Marks, scores: Numbers) -> Estimate:
    """ROC AUC; positives and negatives are resampled each."""
    return two_sample_estimate(auc, scores[gold], scores[~gold])


def two_sample_estimate(
    statistic: Callable[[Numbers, Numbers], float], positives: Numbers, negatives: Numbers
) -> Estimate:
    """``statistic`` of two samples, which are resampled each."""
    return means_estimate(statistic, [(positives, negatives)])


def means_estimate(
    statistic: Callable[[Numbers, Numbers], float], sides: Sequence[tuple[Numbers, Numbers]]
) -> Estimate:
    """The mean of ``statistic`` over pairs of samples, all of which are resampled each."""
    rng = np.random.default_rng(0)

    def resampled(values: Numbers) -> Numbers:
        return values[rng.integers(len(values), size=len(values))]

    def mean(pairs: Sequence[tuple[Numbers, Numbers]]) -> float:
        return float(np.mean([statistic(*pair) for pair in pairs]))

    found = [mean([(resampled(a), resampled(b)) for a, b in sides]) for _ in range(RESAMPLES)]
    return _estimate(mean(sides), found, sum(len(a) + len(b) for a, b in sides))


def auc_difference(gold: Marks, first: Numbers, second: Numbers) -> Estimate:
    """The AUC of ``first`` less that of ``second``, on the same rows."""
    both = np.column_stack([first, second])

    def difference(positives: Numbers, negatives: Numbers) -> float:
        return auc(positives[:, 0], negatives[:, 0]) - auc(positives[:, 1], negatives[:, 1])

    return two_sample_estimate(difference, both[gold], both[~gold])


def estimate(statistic: Callable[[Places], float], rows: int) -> Estimate:
    """``statistic`` of the rows at the given places; whole rows are resampled."""
    rng = np.random.default_rng(0)
    found = [statistic(rng.integers(rows, size=rows)) for _ in range(RESAMPLES)]
    return _estimate(statistic(np.arange(rows)), found, rows)


def mean_estimate(values: Numbers) -> Estimate:
    """The mean of one value per row."""
    return estimate(lambda places: float(values[places].mean()), len(values))


def _estimate(value: float, found: Sequence[float], rows: int) -> Estimate:
    low, high = np.quantile(found, (0.025, 0.975))
    return Estimate(value, float(low), float(high), rows)


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with scores next to each other: how many, their mean score, their mean label."""

    count: int
    score: float
    label: float


def bins(labels: Numbers, scores: Numbers, count: int = BINS, *, adaptive: bool) -> list[Bin]:
    """Rows by score: in ``count`` bins of equal width, or of equally many rows if ``adaptive``.

    ``labels`` may be soft, as the share of raters. Empty bins are left out.
    """
    order = np.argsort(scores, kind="stable")
    if adaptive:
        parts = np.array_split(order, count)
    else:
        edges = np.linspace(0, 1, count + 1)[1:-1]
        parts = np.split(order, np.searchsorted(scores[order], edges, side="left"))
    return [
        Bin(len(part), float(scores[part].mean()), float(labels[part].mean()))
        for part in parts
        if len(part)
    ]


def calibration_error(
    labels: Numbers, scores: Numbers, count: int = BINS, *, adaptive: bool
) -> float:
    """Expected calibration error: |mean label - mean score| over the bins, weighed by rows."""
    found = bins(labels, scores, count, adaptive=adaptive)
    return sum(part.count * abs(part.label - part.score) for part in found) / len(scores)


def characters(spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The offsets that [begin, end) spans cover."""
    return frozenset(at for begin, end in spans for at in range(begin, end))


def span_f1(gold: frozenset[int], found: frozenset[int]) -> float:
    """Character F1 of one post as SemEval-2021 task 5 defines it.

    Where nothing is gold, 1 if nothing was found, else 0.
    """
    if not gold:
        return float(not found)
    return 2 * len(gold & found) / (len(gold) + len(found))


@dataclass(frozen=True, slots=True)
class GroupBias:
    """How a group's rows are ranked (Borkan et al. 2019): each an AUC, 1 is best.

    ``subgroup``: within the group. ``bpsn``: its negatives below everyone else's positives; low
    where harmless mentions score high. ``bnsp``: its positives above everyone else's negatives;
    low where attacks on it are missed.
    """

    rows: int
    subgroup: float
    bpsn: float
    bnsp: float


def group_bias(gold: Marks, scores: Numbers, group: Marks) -> GroupBias:
    """Rows in ``group`` against all the others."""
    return GroupBias(
        rows=int(group.sum()),
        subgroup=auc(scores[gold & group], scores[~gold & group]),
        bpsn=auc(scores[gold & ~group], scores[~gold & group]),
        bnsp=auc(scores[gold & group], scores[~gold & ~group]),
    )
