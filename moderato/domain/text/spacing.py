"""Words pulled apart or drawn out: "i.d.i.o.t" and "f u c k" closed up, "sooooo" shortened."""

# ruff: noqa: RUF001, RUF002 -- letters that look alike are this file's subject

from __future__ import annotations

import re

from moderato.domain.text.aligned import Aligned
from moderato.domain.text.lookalikes import LOOKALIKES
from moderato.domain.text.script import is_latin

_LETTER = "A-Za-z" + "".join(LOOKALIKES)
#: One letter, the same separator (up to three of one character) between all of them. "J. R. R.
#: Tolkien" stays: its separators are two different characters.
_SPACED = re.compile(
    rf"(?<![^\W_])(?<!['’])[{_LETTER}]"
    rf"(?P<gap>(?P<sign>[ \t\n._\-*~·•|/,])(?P=sign){{0,2}})"
    rf"[{_LETTER}013457@](?:(?P=gap)[{_LETTER}013457@])+(?![^\W_])"
)
#: Three letters with spaces are enough for a word; "a.k.a." and "U.S.A." have signs.
_LEAST_SPACED = 3
_LEAST_SIGNED = 4
#: Letters that people do write as words: "u r a", "x y z".
_SAID = frozenset("abciknoruxyz")

_LETTERS = re.compile(r"[^\W\d_]{3,}")
_RUN = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")


def close_up(text: Aligned) -> Aligned:
    """``text`` with words of single letters joined, where at least half the letters are ASCII.

    Only Latin words: other scripts have words of one letter that follow each other.
    """
    return text.sub(_SPACED, _joined)


def _joined(match: re.Match[str]) -> str:
    letters = match[0].replace(match["gap"], "")
    alphabetic = sum(char.isalpha() for char in letters)
    plain = sum(char.isascii() and char.isalpha() for char in letters)
    least = _LEAST_SPACED if match["sign"].isspace() else _LEAST_SIGNED
    if len(letters) == _LEAST_SPACED and _SAID.issuperset(letters.lower()):
        return match[0]
    return letters if alphabetic >= least and 2 * plain >= alphabetic else match[0]


def shorten(text: Aligned, longest: int) -> Aligned:
    """``text`` with each run of three or more of one Latin letter cut to ``longest``.

    Laughter and emphasis in other scripts stay, as ㅋㅋㅋ and ههههه, and so do Roman numerals.
    """
    return text.sub(_LETTERS, lambda word: _shortened(word[0], longest))


def _shortened(word: str, longest: int) -> str:
    if _ROMAN.fullmatch(word):
        return word
    return _RUN.sub(lambda run: run[0][:longest] if is_latin(run[1]) else run[0], word)
