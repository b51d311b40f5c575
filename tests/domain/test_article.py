"""What was set about an article ends by itself, and then it is as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderato.domain.article import Settings
from moderato.domain.comment import ArticleMode, Tighter

MODES = st.sampled_from(ArticleMode)
TIMES = st.integers(0, 10**14)
SETTINGS = st.builds(
    Settings,
    lasting=MODES,
    passing=st.none() | MODES,
    passing_until=TIMES,
    tighter=st.none() | st.builds(Tighter, until=st.none() | TIMES),
)


@given(SETTINGS, TIMES)
def test_a_passing_mode_holds_until_its_end_and_then_the_lasting_one(
    settings: Settings, now: int
) -> None:
    holds = settings.mode_at(now), settings.mode_until(now)
    if settings.passing is not None and now < settings.passing_until:
        assert holds == (settings.passing, settings.passing_until)
    else:
        assert holds == (settings.lasting, None)


@given(SETTINGS, TIMES)
def test_tighter_ends_by_itself(settings: Settings, now: int) -> None:
    held = settings.tighter_at(now)
    if settings.tighter is None:
        assert held is None
    elif settings.tighter.until is None:
        assert held == Tighter()
    else:
        assert (held is not None) is (now < settings.tighter.until)
