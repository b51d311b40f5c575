"""Ways to write a comment past a machine, for measuring; nothing is trained on them.

Each attack disguises every word of three or more letters: more than any writer does, and the
same for each, so that attacks can be compared.
"""

# ruff: noqa: RUF001 -- letters that look alike are this file's subject

from __future__ import annotations

import random
import re
from collections.abc import Callable

Attack = Callable[[str, random.Random], str]

_WORD = re.compile(r"[A-Za-z]{3,}")

_CYRILLIC = dict(zip("aceopxyisjhdABCEHKMOPTXYS", "асеорхуіѕјһԁАВСЕНКМОРТХУЅ", strict=True))
#: Several scripts for a letter, as the generators of "fancy" and spoofed text offer them.
_HOMOGLYPHS = {
    "a": "аɑα",
    "b": "Ьƅ",
    "c": "сϲ",
    "d": "ԁժ",
    "e": "еҽ",
    "f": "ƒẝ",
    "g": "ɡց",
    "h": "һհ",
    "i": "іι",
    "j": "јϳ",
    "k": "κк",
    "l": "ⅼӏ",
    "m": "мⅿ",
    "n": "ոп",
    "o": "оοօ",
    "p": "рρ",
    "q": "ԛզ",
    "r": "гᴦ",
    "s": "ѕꜱ",
    "t": "тτ",
    "u": "υս",
    "v": "νѵ",
    "w": "ѡԝ",
    "x": "хⅹ",
    "y": "уγ",
    "z": "ᴢʐ",
}
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_BIDI_MARKS = "\u200e\u200f\u061c\u202a\u202c\u2066\u2069"
_OVERRIDE, _POP = "\u202e", "\u202c"
_ABOVE_AND_BELOW = [chr(code) for code in range(0x300, 0x34F)]
_ACCENTS = "\u0300\u0301\u0302\u0308\u030a\u0327"
_LEET = {
    "a": "4@",
    "e": "3",
    "i": "1!",
    "o": "0",
    "s": "5$",
    "t": "7",
    "l": "1",
    "b": "8",
    "g": "9",
}
_VOWELS = "aeiou"
#: Where the letters a and A begin in blocks of styled letters without holes.
_STYLES = ((0x1D41A, 0x1D400), (0x1D5EE, 0x1D5D4), (0x1D656, 0x1D63C), (0x1D68A, 0x1D670))


def _each(change: Callable[[str, random.Random], str], share: float = 1.0) -> Attack:
    """An attack that changes about ``share`` of a word's letters, each by itself."""

    def attack(word: str, rng: random.Random) -> str:
        return "".join(change(char, rng) if rng.random() < share else char for char in word)

    return attack


def _between(signs: str) -> Attack:
    return lambda word, rng: "".join(char + rng.choice(signs) for char in word[:-1]) + word[-1]


def _homoglyph(char: str, rng: random.Random) -> str:
    return rng.choice(_HOMOGLYPHS[char]) if char in _HOMOGLYPHS else _CYRILLIC.get(char, char)


def _override(word: str, _rng: random.Random) -> str:
    return f"{_OVERRIDE}{word[::-1]}{_POP}"


def _fullwidth(char: str, _rng: random.Random) -> str:
    return chr(ord(char) + 0xFEE0)


def _styled(word: str, rng: random.Random) -> str:
    small, capital = rng.choice(_STYLES)
    return "".join(
        chr(ord(char) - ord("a") + small) if char.islower() else chr(ord(char) - 65 + capital)
        for char in word
    )


def _zalgo(char: str, rng: random.Random) -> str:
    return char + "".join(rng.choices(_ABOVE_AND_BELOW, k=rng.randint(2, 5)))


def _leet(char: str, rng: random.Random) -> str:
    return rng.choice(_LEET.get(char.lower(), char))


def _separated(word: str, rng: random.Random) -> str:
    return rng.choice(".-_*").join(word)


def _spaced(word: str, _rng: random.Random) -> str:
    return f" {' '.join(word)} "


def _spaced_closely(word: str, _rng: random.Random) -> str:
    return " ".join(word)


def _repeated(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at] * rng.randint(3, 6) + word[at + 1 :]


def _every_letter_repeated(char: str, rng: random.Random) -> str:
    return char * rng.randint(3, 4)


def _starred(word: str, rng: random.Random) -> str:
    places = [at for at, char in enumerate(word[1:-1], start=1) if char.lower() in _VOWELS]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + "*" + word[at + 1 :]


def _then(*attacks: Attack) -> Attack:
    def attack(word: str, rng: random.Random) -> str:
        for one in attacks:
            word = one(word, rng)
        return word

    return attack


_SOME_HOMOGLYPHS = _each(lambda char, _rng: _CYRILLIC.get(char, char), 0.5)
_SOME_LEET = _each(_leet, 0.5)

#: Name -> what it does to one word.
ATTACKS: dict[str, Attack] = {
    "homoglyphs: half, Cyrillic": _SOME_HOMOGLYPHS,
    "homoglyphs: all, any script": _each(_homoglyph),
    "zero-width characters": _between(_ZERO_WIDTH),
    "bidi marks": _between(_BIDI_MARKS),
    "bidi override, reversed": _override,
    "fullwidth": _each(_fullwidth),
    "styled letters": _styled,
    "one accent a letter": _each(lambda char, rng: char + rng.choice(_ACCENTS)),
    "zalgo": _each(_zalgo),
    "leet: half the letters": _SOME_LEET,
    "leet: all letters": _each(_leet),
    "a star for a vowel": _starred,
    "signs between letters": _separated,
    "spaces, words apart": _spaced,
    "spaces, words run together": _spaced_closely,
    "one letter repeated": _repeated,
    "every letter repeated": _each(_every_letter_repeated),
    "mixed: leet, zero-width": _then(_SOME_LEET, _between(_ZERO_WIDTH)),
    "mixed: homoglyphs, repeated": _then(_repeated, _SOME_HOMOGLYPHS),
    "mixed: leet, signs between": _then(_SOME_LEET, _separated),
    "mixed: homoglyphs, zalgo": _then(_SOME_HOMOGLYPHS, _each(_zalgo, 0.5)),
}


def attacked(text: str, name: str, seed: int = 0) -> str:
    """``text`` disguised by the attack ``name``; the same for the same ``seed``.

    Raises KeyError for a name that is not in ``ATTACKS``.
    """
    attack = ATTACKS[name]
    rng = random.Random(f"{seed} {name} {text}")
    return _WORD.sub(lambda match: attack(match[0], rng), text)
