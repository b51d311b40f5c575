"""Comparisons are fair: turns, pairs of one round, and ranks."""

from __future__ import annotations

import pytest

from benchmarks.report import Figure, markdown
from benchmarks.rounds import Settings, Spread, percentile, ratio, take_turns


async def test_contenders_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def turn(name: str) -> object:
        async def run() -> float:
            order.append(name)
            return float(len(order))

        return run

    figures = await take_turns({n: turn(n) for n in "ab"}, 3, Settings(say=lambda _: None))  # type: ignore[misc]
    assert "".join(order) == "abbaabba"
    assert figures == {"a": [4.0, 5.0, 8.0], "b": [3.0, 6.0, 7.0]}


def test_a_ratio_compares_what_ran_in_the_same_round() -> None:
    # The machine was busy in the second round; the ratio does not show it.
    figures = {"ours": [100.0, 10.0, 90.0], "theirs": [50.0, 5.0, 30.0]}
    assert ratio(figures, "ours", "theirs") == Spread(2.0, 2.0, 3.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.99, 10), (0.1, 1)])
def test_percentiles_are_by_nearest_rank(share: float, value: int) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == value


def test_figures_become_a_table() -> None:
    table = markdown([Figure("intake", "a second", Spread(1234.5, 12.345, 0.012345))])
    assert table.splitlines()[-1] == "| intake | a second | 1,234 | 12.3 | 0.0123 |"
