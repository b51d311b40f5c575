"""Which comments are scored together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.scorer.batches import next_batch

LENGTHS = st.lists(st.integers(1, 600), max_size=60)


@given(LENGTHS, st.integers(1, 5_000))
def test_a_batch_keeps_its_budget_and_leaves_none_behind(lengths: list[int], budget: int) -> None:
    batch = next_batch(lengths, budget)
    if not lengths:
        assert batch == []
        return
    assert 0 in batch, "the oldest goes first, or it may wait for ever"
    assert len(set(batch)) == len(batch)
    assert [lengths[i] for i in batch] == sorted(lengths[i] for i in batch)
    cost = max(lengths[i] for i in batch) * len(batch)
    assert cost <= budget or len(batch) == 1


@given(LENGTHS, st.integers(1, 5_000))
def test_everything_is_scored_in_the_end(lengths: list[int], budget: int) -> None:
    left = list(lengths)
    while left:
        for i in sorted(next_batch(left, budget), reverse=True):
            del left[i]


def test_a_batch_is_full_of_its_own_kind() -> None:
    assert next_batch([10, 500, 11, 9, 480], 40) == [3, 0, 2]
