"""Stripped comments get punctuation, and keep what they say."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from training.augment import is_stripped, strip
from training.punctuation import write_out

RUDE = "i am sure you do not know it is wrong and you ca not read go away you fool12345678901"


def test_it_looks_typed_and_says_the_same() -> None:
    seen = {write_out(RUDE, random.Random(seed)) for seed in range(200)}
    assert len(seen) > 150
    assert sum(is_stripped(text) for text in seen) < 20
    assert all(re.search(r"\bfool\b", text) and "12345678901" not in text for text in seen)
    for contraction in ("I'm", "don't", "it's", "can't"):
        assert any(contraction in text for text in seen)
    assert any("(UTC)" in text for text in seen)
    assert any("\n" in text for text in seen)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=40), st.integers(0, 99))
def test_no_word_is_lost(words: list[str], seed: int) -> None:
    # None that has a contraction, so that the words stay the same.
    text = " ".join(f"{word}x" for word in words)
    written = write_out(text, random.Random(seed)).split(" — ")[0].split(" (talk)")[0]
    kept = [w for w in strip(written).split() if w.endswith("x")]
    assert kept == text.split()


def test_what_was_typed_is_told_from_what_was_stripped() -> None:
    assert is_stripped(RUDE)
    assert is_stripped(strip("Well, I NEVER! You're a fool."))
    assert not is_stripped("you fool.")
    assert not is_stripped("You fool")
