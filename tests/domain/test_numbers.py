"""Durations in buckets, and counts read back; what each step counts: tests/store/test_numbers."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from moderato.domain.durations import ERROR, bucket, middle, percentile
from moderato.domain.tally import Person, Rule, tally

MILLISECONDS = st.integers(1, 10**11)


@given(MILLISECONDS)
def test_a_bucket_stands_for_its_durations(milliseconds: int) -> None:
    assert abs(middle(bucket(milliseconds)) - milliseconds) <= ERROR * milliseconds


@given(MILLISECONDS, MILLISECONDS)
def test_a_longer_duration_has_no_lower_bucket(one: int, other: int) -> None:
    assert (bucket(one) < bucket(other)) <= (one < other)


def test_what_seems_to_have_taken_no_time_counts_as_a_millisecond() -> None:
    assert bucket(0) == bucket(-5) == bucket(1)


@given(st.lists(MILLISECONDS, min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_as_near_as_is_said(durations: list[int], share: float) -> None:
    ordered = sorted(durations)
    exact = next(one for index, one in enumerate(ordered) if (index + 1) >= share * len(ordered))
    found = percentile(Counter(map(bucket, durations)), share)
    assert found is not None
    assert abs(found - exact) <= ERROR * exact + 0.5


@given(st.lists(st.lists(MILLISECONDS)))
def test_days_may_be_added_up(days: list[list[int]]) -> None:
    apart = sum((Counter(map(bucket, day)) for day in days), Counter[int]())
    together = Counter(bucket(one) for day in days for one in day)
    assert percentile(apart, 0.9) == percentile(together, 0.9)


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 0.5) is None


def test_counts_are_read_by_what_they_are_about() -> None:
    name = "x:y:approved:"  # as hostile as a rule's name may be
    found = tally(
        [
            {"arrived": 3, "erased": 1, f"decide:{name}:flagged": 2, "decide:b:approved": 1},
            {"arrived": 2, f"verdict:{name}:rejected": 1, f"verdict:{name}:approved": 4},
            {"by:mo.e@x:approve": 5, "by:mo.e@x:undo": 1, "reversed:mo.e@x": 2},
            {"overturned:b:approved": 1, "report:reported:flagged": 6, "rescore:b:rejected": 7},
            {"took:people:40": 2, "took:policy:9": 1, "of a later release": 9},
        ]
    )
    assert (found.arrived, found.erased, found.reported) == (5, 1, 6)
    assert found.policy == {"flagged": 2, "approved": 1}
    assert found.rescored == {"rejected": 7}
    assert found.rules == {
        name: Rule(flagged=2, agreed=1, disagreed=4),
        "b": Rule(approved=1, rejected=7, overturned=1),
        "reported": Rule(flagged=6),
    }
    assert found.people == {"mo.e@x": Person(Counter(approve=5, undo=1), 2)}
    assert (found.steps["approve"], found.reversed, found.verdicts) == (5, 2, (1, 4))
    assert found.took == {"people": {40: 2}, "policy": {9: 1}}
    assert found.overturned == {"approved": 1}
