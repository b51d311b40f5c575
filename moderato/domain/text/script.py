"""Which script a letter belongs to, as far as disguises are concerned."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"})


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """The script of a letter or mark, such as "LATIN", "CYRILLIC" or "ARABIC".

    Taken from the first word of its Unicode name, which is how the standard names letters; ""
    for a character without a name. Digits, signs and spaces give words that are no script.
    """
    return unicodedata.name(char, "").split(" ", 1)[0]


def is_latin(char: str) -> bool:
    return char.isascii() or script(char) == "LATIN"


def is_unspaced(char: str) -> bool:
    """Whether its script has no spaces between words, so that a word may end anywhere."""
    return script(char) in _UNSPACED
