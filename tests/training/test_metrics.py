"""The figures of merit, against scikit-learn and cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from training.evaluation.metrics import (
    auc,
    auc_difference,
    auc_estimate,
    bins,
    calibration_error,
    characters,
    group_bias,
    span_f1,
)

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=30)
SPANS = st.frozensets(st.integers(0, 40))


@given(SCORES, SCORES)
def test_auc_is_that_of_scikit_learn_ties_included(high: list[float], low: list[float]) -> None:
    expected = roc_auc_score([1] * len(high) + [0] * len(low), [*high, *low])
    assert auc(np.array(high), np.array(low)) == pytest.approx(expected)


def test_an_interval_holds_its_figure_and_narrows_with_rows() -> None:
    rng = np.random.default_rng(1)
    widths = []
    for count in (60, 6_000):
        gold = rng.random(count) < 0.5
        found = auc_estimate(gold, rng.random(count) + 0.5 * gold)
        assert found.low < found.value < found.high
        assert found.rows == count
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 5


def test_a_difference_is_taken_on_the_same_rows() -> None:
    gold = np.array([True, True, False, False])
    first, second = np.array([0.9, 0.8, 0.1, 0.2]), np.array([0.9, 0.15, 0.1, 0.2])
    assert auc_difference(gold, first, second).value == pytest.approx(0.25)
    assert auc_difference(gold, first, first).high == 0


@pytest.mark.parametrize("adaptive", [False, True])
def test_scores_that_are_the_labels_shares_have_no_error(adaptive: bool) -> None:
    scores = np.repeat([0.2, 0.8], 10)
    labels = np.array([1, 1, *[0] * 8, 0, 0, *[1] * 8], dtype=float)
    assert calibration_error(labels, scores, 2, adaptive=adaptive) == pytest.approx(0)


def test_the_error_weighs_bins_by_their_rows() -> None:
    scores, labels = np.array([0.9, 0.9, 0.9, 0.1]), np.array([0.0, 0.0, 0.0, 0.1])
    assert calibration_error(labels, scores, 15, adaptive=False) == pytest.approx(0.75 * 0.9)


@given(SCORES, st.booleans())
def test_every_row_is_in_one_bin(scores: list[float], adaptive: bool) -> None:
    values = np.array(scores)
    found = bins(values, values, adaptive=adaptive)
    assert sum(part.count for part in found) == len(values)
    assert all(part.label == pytest.approx(part.score) for part in found)


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ([], [], 1.0),
        ([], [(0, 3)], 0.0),
        ([(0, 3)], [], 0.0),
        ([(0, 4)], [(0, 4)], 1.0),
        ([(0, 4)], [(2, 6)], 0.5),
        ([(0, 2), (5, 7)], [(0, 2)], 2 / 3),
    ],
)
def test_character_f1_is_the_tasks(
    gold: list[tuple[int, int]], found: list[tuple[int, int]], expected: float
) -> None:
    assert span_f1(characters(gold), characters(found)) == pytest.approx(expected)


@given(SPANS, SPANS)
def test_character_f1_is_a_share_and_best_for_the_same(
    gold: frozenset[int], found: frozenset[int]
) -> None:
    assert 0 <= span_f1(gold, found) <= 1
    assert span_f1(gold, gold) == 1


def test_bias_of_a_group_whose_harmless_mentions_score_high() -> None:
    gold = np.array([True, False, True, False])
    group = np.array([True, True, False, False])
    found = group_bias(gold, np.array([0.9, 0.8, 0.5, 0.1]), group)
    assert (found.rows, found.subgroup, found.bpsn, found.bnsp) == (2, 1.0, 0.0, 1.0)
