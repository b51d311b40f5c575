"""Whatever folding does to a text, it knows where each character comes from."""

# ruff: noqa: RUF001 -- letters that look alike are what is tested
from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderato.domain.text import Aligned, fold, folded
from moderato.domain.text.clean import cleaned
from tests.domain.test_text_fold import DISGUISED, HOSTILE, PLAIN


def check(aligned: Aligned, original: str) -> None:
    """Each character comes from somewhere in the original, and none from before its neighbour."""
    assert len(aligned.begins) == len(aligned.ends) == len(aligned.text)
    for begin, end in zip(aligned.begins, aligned.ends, strict=True):
        assert 0 <= begin < end <= len(original)
    for places in (aligned.begins, aligned.ends):
        assert all(one <= next_ for one, next_ in pairwise(places))


@settings(max_examples=1_000, deadline=None)
@given(HOSTILE)
@example("🅵е$Ꭺ🅵Ꭺ🅵Ꭺ🅰ееᎪᎪ🅵\u200d$е🅰Ꭺ🅰е🅰🅵")
@example("㎯ﷺﬀ½")
@example("\u200b\u200b")
def test_every_character_has_an_origin(text: str) -> None:
    check(folded(text), text)
    check(folded(text, longest_run=1), text)
    check(cleaned(Aligned.of(text)), text)


@settings(max_examples=500, deadline=None)
@given(HOSTILE)
def test_a_text_that_hides_nothing_is_its_own_origin(text: str) -> None:
    plain = fold(text)
    aligned = folded(plain)
    assert list(aligned.begins) == list(range(len(plain)))
    assert list(aligned.ends) == list(range(1, len(plain) + 1))


@settings(max_examples=300, deadline=None)
@given(HOSTILE, st.sampled_from(PLAIN))
def test_a_character_that_stays_is_its_own_origin(text: str, plain: str) -> None:
    """Folding one end of a text does not move the other."""
    whole = f"{text}\n\n=\n\n{plain}"
    aligned = folded(whole)
    for at in range(1, 1 + len(fold(plain))):
        begin, end = aligned.origin((len(aligned.text) - at, len(aligned.text) - at + 1))
        if fold(plain) == plain and aligned.text.endswith(f"=\n\n{plain}"):
            assert (begin, end) == (len(whole) - at, len(whole) - at + 1)


@pytest.mark.parametrize("name", DISGUISED)
def test_what_is_under_a_disguise_covers_it_whole(name: str) -> None:
    written, meant = DISGUISED[name]
    text = f"Well; {written}; and 1/2 of it."

    aligned = folded(text)

    begin = aligned.text.index(meant)
    assert aligned.origin((begin, begin + len(meant))) == (6, 6 + len(written))


@pytest.mark.parametrize(
    ("text", "word", "covers"),
    [
        ("you i.d.i.o.t, really", "idiot", "i.d.i.o.t"),
        ("so m̷o̷r̷o̷n̷ it is", "moron", "m̷o̷r̷o̷n̷"),
        ("ﬁne, f u c k you…", "fuck", "f u c k"),
        ("ok \u202ef\u200bu\u200bck\u202c you", "fuck", "f\u200bu\u200bck\u202c"),
        ("sooooo stuuuupid", "stuupid", "stuuuupid"),
        ("½ an іdіоt", "idiot", "іdіоt"),
        ("a 🅼🅾🆁🅾🅽 and a sh1t", "MORON", "🅼🅾🆁🅾🅽"),
        ("a 🅼🅾🆁🅾🅽 and a sh1t", "shit", "sh1t"),
        ("e\u0301té f*ck", "fuck", "f*ck"),
    ],
)
def test_a_disguised_word_is_found_where_it_was_written(text: str, word: str, covers: str) -> None:
    aligned = folded(text)

    begin = aligned.text.index(word)
    found = aligned.origin((begin, begin + len(word)))

    assert text[slice(*found)] == covers


def test_a_list_says_what_becomes_of_each_character() -> None:
    text = Aligned.of("ab-cd").sub(re.compile("b-c"), lambda _: ["B", "", "CC"])

    assert text.text == "aBCCd"
    assert [text.origin((at, at + 1)) for at in range(5)] == [
        (0, 1), (1, 3), (3, 4), (3, 4), (4, 5)
    ]  # fmt: skip


def test_a_text_of_another_length_stands_for_the_whole_match() -> None:
    text = Aligned.of("a-b-c d").sub(re.compile(r"\S+"), lambda m: m[0].replace("-", ""))

    assert text.text == "abc d"
    assert [text.origin((at, at + 1)) for at in range(5)] == [
        (0, 5), (0, 5), (0, 5), (5, 6), (6, 7)
    ]  # fmt: skip
