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


@given(SETTINGS, MODES, TIMES, TIMES)
def test_a_mode_with_an_end_holds_until_then_and_no_longer(
    settings: Settings, mode: ArticleMode, until: int, now: int
) -> None:
    after = settings.with_mode(mode, until)
    if now < until:
        assert (after.mode_at(now), after.mode_until(now)) == (mode, until)
    else:
        assert (after.mode_at(now), after.mode_until(now)) == (settings.lasting, None)


@given(SETTINGS, st.lists(st.tuples(MODES, TIMES)), TIMES)
def test_after_every_end_an_article_is_what_it_lastingly_was(
    settings: Settings, changes: list[tuple[ArticleMode, int]], now: int
) -> None:
    for mode, until in changes:
        settings = settings.with_mode(mode, until)
    late = max([now, settings.passing_until, *(until for _, until in changes)])
    assert settings.mode_at(late) is settings.lasting


@given(SETTINGS, MODES, TIMES)
def test_a_mode_without_an_end_replaces_everything(
    settings: Settings, mode: ArticleMode, now: int
) -> None:
    after = settings.with_mode(mode, None)
    assert (after.mode_at(now), after.mode_until(now)) == (mode, None)
    assert after.tighter == settings.tighter


@given(SETTINGS, TIMES)
def test_tighter_ends_by_itself(settings: Settings, now: int) -> None:
    held = settings.tighter_at(now)
    if settings.tighter is None:
        assert held is None
    elif settings.tighter.until is None:
        assert held == Tighter()
    else:
        assert (held is not None) is (now < settings.tighter.until)
