"""What an answer means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.publisher.answer import Answered, Unanswered, Verdict, judge


@given(st.integers(100, 999))
def test_only_2xx_is_delivered(status: int) -> None:
    delivered = judge(Answered(status)) is Verdict.DELIVERED
    assert delivered == (200 <= status <= 299)


@given(st.integers(300, 399))
def test_a_redirect_is_a_failure(status: int) -> None:
    assert judge(Answered(status)) is Verdict.FAILED


def test_special_answers() -> None:
    assert judge(Answered(410)) is Verdict.GONE
    for status in (429, 502, 503, 504):
        assert judge(Answered(status)) is Verdict.UNWELL
    for status in (400, 404, 500):
        assert judge(Answered(status)) is Verdict.FAILED
    assert judge(Unanswered("refused")) is Verdict.UNWELL
