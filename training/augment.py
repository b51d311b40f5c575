"""Variants of a text as people write it: without punctuation, or with words disguised."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_LEET = str.maketrans({"a": "@", "e": "3", "i": "1", "o": "0", "s": "$", "t": "7"})


def _leet(word: str, _rng: random.Random) -> str:
    return word.lower().translate(_LEET)


def _star(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + "*" + word[at + 1 :]


def _repeat(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + word[at] * rng.randint(2, 4) + word[at + 1 :]


def _spaced(word: str, rng: random.Random) -> str:
    return rng.choice((" ", ".", "-")).join(word)


def _swap(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _drop(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


_DISGUISES: tuple[Callable[[str, random.Random], str], ...] = (
    _leet, _star, _repeat, _spaced, _swap, _drop,
)  # fmt: skip


def strip(text: str) -> str:
    """``text`` in lower case without punctuation, as some of the sources come."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s]", "", text.lower())).strip() or text


def is_stripped(text: str) -> bool:
    """Whether ``text`` may have gone through something like ``strip``."""
    return not re.search(r"[A-Z.,!?'\"]", text)


def disguise(text: str, rng: random.Random, share: float = 0.25) -> str:
    """``text`` with about ``share`` of its longer words disguised."""
    how = rng.choice(_DISGUISES)
    return re.sub(
        r"[A-Za-z]{4,}",
        lambda m: how(m[0], rng) if rng.random() < share else m[0],
        text,
    )


def variant(text: str, rng: random.Random, heavy: float = 0.0) -> str:
    """One of the two, by chance; the second sometimes on top of the first.

    With the chance ``heavy`` every longer word is disguised, civil ones as well as rude ones, so
    that odd spelling alone does not look toxic.
    """
    if heavy and rng.random() < heavy:
        return disguise(text, rng, share=1.0)
    if rng.random() < 0.5:
        text = strip(text)
        if rng.random() < 0.7:
            return text
    return disguise(text, rng)
