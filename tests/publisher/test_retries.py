"""When a failed delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.publisher.retries import Retries, retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHANCE = st.floats(0, 1, exclude_max=True)


def test_the_default_is_the_schedule_of_standard_webhooks() -> None:
    delays = [Retries().delay(made, None, 0.0) for made in range(1, 11)]
    assert delays == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, None]


@given(st.integers(1, 9), st.none() | st.floats(0, 1e9), CHANCE)
def test_never_sooner_than_scheduled_or_asked_and_never_much_later(
    made: int, asked: float | None, chance: float
) -> None:
    retries = Retries()
    delay = retries.delay(made, asked, chance)
    assert delay is not None
    due = max(retries.delays[made], min(asked or 0.0, retries.longest))
    assert due <= delay <= due * 1.2


@given(st.integers(10, 1000), st.none() | st.floats(0, 1e9), CHANCE)
def test_after_the_last_try_there_is_none(made: int, asked: float | None, chance: float) -> None:
    assert Retries().delay(made, asked, chance) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90.0),
        ("Sun, 01 Mar 2026 12:01:30 -0000", 90.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sunday, 01-Mar-26 12:00:10 GMT", 10.0),  # RFC 850
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.integers(0, 10_000_000))
def test_both_forms_of_retry_after_agree(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(date, NOW) == retry_after(str(seconds), NOW) == seconds


@given(st.text())
def test_a_garbled_header_is_never_an_error(header: str) -> None:
    found = retry_after(header, NOW)
    assert found is None or found >= 0
