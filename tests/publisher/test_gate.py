"""An endpoint in trouble is left alone, and comes back by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.publisher.gate import Gate


def test_an_endpoint_that_answers_is_never_kept_waiting() -> None:
    gate = Gate()
    assert gate.wait("a", 0.0) == 0
    gate.well("a")
    assert gate.wait("a", 0.0) == 0


def test_after_a_rest_one_goes_ahead_and_the_others_follow_its_success() -> None:
    gate = Gate(first=5.0)
    gate.unwell("a", now=100.0)
    assert gate.wait("a", 102.0) == 3.0
    assert gate.wait("b", 102.0) == 0
    assert gate.wait("a", 105.0) == 0
    assert gate.wait("a", 105.0) == 5.0  # while the first is under way
    gate.well("a")
    assert gate.wait("a", 105.0) == 0
    assert gate.wait("a", 105.0) == 0


def test_rests_double_up_to_the_longest() -> None:
    gate, now, rests = Gate(first=5.0, longest=30.0), 0.0, []
    for _ in range(5):
        gate.unwell("a", now)
        rests.append(gate.wait("a", now))
        now += rests[-1]
        assert gate.wait("a", now) == 0
    assert rests == [5.0, 10.0, 20.0, 30.0, 30.0]


def test_those_that_fail_together_count_once() -> None:
    gate = Gate(first=5.0)
    for _ in range(16):
        gate.unwell("a", now=0.0)
    assert gate.wait("a", 0.0) == 5.0


def test_it_rests_as_long_as_it_asks() -> None:
    gate = Gate(first=5.0, longest=300.0)
    gate.unwell("a", now=0.0, retry_after=60.0)
    assert gate.wait("a", 0.0) == 60.0
    gate.unwell("b", now=0.0, retry_after=86_400.0)
    assert gate.wait("b", 0.0) == 300.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1000), st.none() | st.floats(0, 1e6))))
def test_whatever_happens_somebody_goes_within_the_longest_rest(
    events: list[tuple[bool, float, float | None]],
) -> None:
    """Wait as long as told, and at most a second time, and the endpoint is tried."""
    gate, now = Gate(first=5.0, longest=300.0), 0.0
    for well, passed, asked in events:
        now += passed
        wait = gate.wait("a", now)
        assert 0 <= wait <= 300.0
        if wait == 0:
            gate.well("a") if well else gate.unwell("a", now, asked)
    wait = gate.wait("a", now)
    assert wait == 0 or gate.wait("a", now + wait) == 0
