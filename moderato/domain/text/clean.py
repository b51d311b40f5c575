"""The first step of every reading: what nobody sees is taken away.

Compatibility forms (fullwidth, mathematical, circled letters) become plain letters by NFKC;
control characters, zero-width characters, bidi marks and variation selectors go, and so do the
piled-up combining marks of "zalgo" text. What a script or an emoji needs stays.
"""

# ruff: noqa: RUF003 -- letters that look alike are this file's subject

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import chain, pairwise

from moderato.domain.text.aligned import Aligned
from moderato.domain.text.script import is_latin, script

#: What NFKC would make worse: two Arabic ligatures, which would become 18 and 8 times as long,
#: and the single Korean letters of laughter, which would turn into parts of syllables.
_NOT_NFKC = re.compile("[\ufdfa\ufdfb\u3131-\u3163\u3165-\u318e]")

#: Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and the blank that
#: Braille has: characters without a look of their own.
_INVISIBLE = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800)),
    *((0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_FLAG_TAGS = ((0xE0020, 0xE007F),)
_JOINERS = frozenset("\u200b\u200c\u200d")
#: Scripts that never need a joiner or a zero-width space inside a word.
_UNJOINED = frozenset(
    {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "CHEROKEE", "COPTIC"}
    | {"LISU", "CANADIAN", "HANGUL", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"}
)

#: Blocks of marks that belong to no script, of which zalgo is made.
_GENERIC_MARKS = (
    *((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
)
#: Those of them that languages write with, beyond what NFKC composes: ọ́, а́, g̃.
_WRITTEN_MARKS = frozenset(
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0311\u0313\u0314\u031b"
    "\u0323\u0324\u0325\u0326\u0327\u0328\u032d\u0330\u0331\u0342\u0345"
)
_MOST_WRITTEN_MARKS = 2
#: A script's own marks, as Hebrew's and Thai's, never pile up higher.
_MOST_OWN_MARKS = 8
_KEYCAP = "\u20e3"
_BLACK_FLAG = "\U0001f3f4"

_LINE_BREAK = re.compile("\r\n?")
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"\S+|\s+")
#: What NFKC may change: everything beyond ASCII, and the letter that a mark after it stands on.
_BEYOND_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")


def clean(text: str) -> str:
    """``text`` without anything invisible, in NFKC; at most six times as long.

    Joiners stay inside scripts that need them and inside emoji, a variation selector after
    anything that is not a Latin, Greek or Cyrillic letter. A word with zalgo in it loses all
    its marks. Line breaks become "\\n".
    """
    return cleaned(Aligned.of(text)).text


def cleaned(text: Aligned) -> Aligned:
    """``clean``, with what each character comes from."""
    text = text.sub(_LINE_BREAK, lambda _: "\n")
    if text.text.isascii():
        return text.sub(_HIDDEN, lambda _: "")
    return _nfkc(_nfkc(text).sub(_WORD, lambda match: _visible(match[0])))


def _nfkc(text: Aligned) -> Aligned:
    if unicodedata.is_normalized("NFKC", text.text):
        return text
    return text.sub(_BEYOND_ASCII, lambda match: _normal(match[0]))


def _normal(run: str) -> list[str]:
    """``run`` in NFKC, each letter with the marks on it at the place of the letter."""
    if unicodedata.is_normalized("NFKC", run):
        return list(run)
    begins = [at for at, char in enumerate(run) if not at or not _attaches(char, run[at - 1])]
    normal = [""] * len(run)
    for begin, end in pairwise([*begins, len(run)]):
        letter = run[begin:end]
        as_is = _NOT_NFKC.match(letter)
        normal[begin] = letter if as_is else unicodedata.normalize("NFKC", letter)
    return normal


def _attaches(char: str, before: str) -> bool:
    """Whether NFKC may compose ``char``, or move it, with what is before it."""
    return _is_attaching(char) and not _NOT_NFKC.match(before)


@lru_cache(maxsize=8192)
def _is_attaching(char: str) -> bool:
    """Whether it is a mark, or the vowel or the end of a Korean syllable, in any form."""
    first = unicodedata.normalize("NFKD", char)[0]
    return (
        unicodedata.category(first) in {"Mn", "Mc", "Me"}
        or "\u1161" <= first <= "\u1175"
        or "\u11a8" <= first <= "\u11c2"
    ) and not _NOT_NFKC.match(char)


def _visible(word: str) -> str | list[str]:
    """For each character of ``word`` what is to be seen of it."""
    if word.isascii():
        return _HIDDEN.sub("", word)
    seen: list[str] = []
    kept: list[str] = []
    base = ""  # the last character that stands by itself
    marks = Counter[bool]()  # how many it carries already: generic ones, and its script's own
    zalgo = False
    for char, following in zip(word, chain(word[1:], [""]), strict=True):
        category = unicodedata.category(char)
        keeps = True
        if _within(char, _INVISIBLE):
            keeps = _needed(char, base) or _in_keycap(char, kept, following)
        elif category in {"Mn", "Me"}:
            generic = _within(char, _GENERIC_MARKS)
            marks[generic] += 1
            keeps = _belongs(char, base, generic, marks[generic]) or _in_keycap(char, kept, "")
            zalgo = zalgo or not keeps
        elif category not in {"Cc", "Cs"} or char in "\n\t":
            base = char
            marks.clear()
        else:
            keeps = False
        if keeps:
            kept.append(char)
        seen.append(char if keeps else "")
    return [_bare(char) for char in seen] if zalgo else seen


def _needed(char: str, base: str) -> bool:
    """Whether an invisible character does something for the character before it."""
    if _within(char, _FLAG_TAGS):  # the flags of England, Scotland and Wales
        return base == _BLACK_FLAG
    if base.isascii():  # or nothing
        return False
    if base.isalpha():
        if script(base) in _UNJOINED:
            # An ideograph's selector picks its shape; other letters have none to pick from.
            return script(base) == "CJK" and _within(char, _SELECTORS)
        return char in _JOINERS or _within(char, _SELECTORS)
    return char == "\u200d" or _within(char, _SELECTORS)


def _belongs(char: str, base: str, generic: bool, nth: int) -> bool:
    """Whether a combining mark, the ``nth`` of its kind, is there to be read."""
    if not generic:
        return nth <= _MOST_OWN_MARKS
    return not base.isascii() and char in _WRITTEN_MARKS and nth <= _MOST_WRITTEN_MARKS


def _in_keycap(char: str, before: list[str], following: str) -> bool:
    """Whether a character is the second or third of a keycap emoji: digit, FE0F, 20E3."""
    digit = "".join(before[-2:]).removesuffix("\ufe0f")[-1:]
    if digit not in set("0123456789#*"):
        return False
    return char == _KEYCAP or (char == "\ufe0f" and following == _KEYCAP)


def _bare(char: str) -> str:
    """``char`` without marks if it is a Latin letter; nothing if it is a mark."""
    if char and is_latin(char):
        char = unicodedata.normalize("NFD", char)[0]
    return "" if char and _within(char, _GENERIC_MARKS[:1]) else char


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(char)
    return any(first <= code <= last for first, last in ranges)
