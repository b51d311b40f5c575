"""Nearly the same words are recognised, others are not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderato.domain.text import ALIKE, bands, likeness, plain, sketch

WORDS = st.lists(st.from_regex(r"[b-df-hj-np-tv-z]{3,9}", fullmatch=True), unique=True)
SOME = WORDS.filter(lambda words: len(words) >= 6)


def of(text: str) -> str:
    return sketch(plain(text))


@given(SOME, st.randoms(use_true_random=False))
def test_case_spacing_and_signs_change_nothing(words: list[str], dice: random.Random) -> None:
    dressed = "".join(
        dice.choice([word, word.upper()]) + dice.choice([" ", "  ", ", ", "!\n", " - "])
        for word in words
    )
    assert of(dressed) == of(" ".join(words))
    assert likeness(of(dressed), of(" ".join(words))) == 1


@given(SOME, st.integers(0, 100), st.booleans())
def test_one_word_changed_or_left_out_is_nearly_the_same(
    words: list[str], place: int, left_out: bool
) -> None:
    other = list(words)
    other[place % len(words) : place % len(words) + 1] = [] if left_out else ["zwölf"]
    assert likeness(of(" ".join(words)), of(" ".join(other))) >= ALIKE


@given(WORDS, WORDS)
def test_other_words_are_not(one: list[str], other: list[str]) -> None:
    others = [word for word in other if word not in one]
    assert likeness(of(" ".join(one)), of(" ".join(others))) < ALIKE


@given(st.text(), st.text())
def test_it_is_mutual_and_bounded(one: str, other: str) -> None:
    mine, theirs = of(one), of(other)
    assert likeness(mine, theirs) == likeness(theirs, mine)
    assert 0 <= likeness(mine, theirs) <= 1
    assert len(mine) <= 256
    assert len(bands(mine)) == (8 if mine else 0)
    assert not any(" " in band for band in bands(mine))


@pytest.mark.parametrize("length", [6, 12, 40, 63, 64, 400, 2_000])
def test_of_texts_that_are_alike_nearly_all_share_a_band(length: int) -> None:
    dice = random.Random(length)
    found = 0
    for _ in range(300):
        words = [f"w{dice.randrange(10_000)}" for _ in range(length)]
        changed = list(words)
        changed[dice.randrange(length)] = "something"
        one, other = of(" ".join(words)), of(" ".join(changed))
        assert likeness(one, other) >= ALIKE
        found += bool(set(bands(one)) & set(bands(other)))
    # Of six words with one changed, 5 of 9 pairs are the same: 1 - (4/9)^8 is 0.998.
    assert found >= 296


def test_texts_that_are_not_alike_seldom_do() -> None:
    dice = random.Random(1)
    common = [f"w{n}" for n in range(2_000)]
    texts = [of(" ".join(dice.choices(common, k=25))) for _ in range(200)]
    keys = [set(bands(text)) for text in texts]
    met = sum(bool(one & other) for n, one in enumerate(keys) for other in keys[:n])
    assert met / (200 * 199 / 2) < 0.01


def test_a_disguise_does_not_help() -> None:
    assert of("Y0u are such a stup1d l-i-a-r, Bob") == of("you are such a stupid liar Bob")


def test_what_has_no_words_is_like_nothing() -> None:
    assert of("") == of("!!! ...") == ""
    assert likeness("", "") == 0
    assert bands("") == []


def test_letters_of_scripts_without_spaces_are_words() -> None:
    one, other = of("今天港口又重新开放了真好"), of("今天港口又重新开放了真棒")
    assert likeness(one, other) >= ALIKE
    assert likeness(one, of("明日は雨が降るでしょうね")) < ALIKE
