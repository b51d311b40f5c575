"""From the parts of a text that a model marks to the words a moderator sees highlighted."""

# ruff: noqa: RUF001 -- a typographic apostrophe is meant

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from moderato.domain.text.aligned import Span
from moderato.domain.text.script import is_unspaced

#: What may lie between two marked words that are marked as one.
_GAP = re.compile(r"[\s\-\u2010-\u2015]*")
#: Signs that do not end a word when a letter follows: "f*ck", "don't".
_SIGNS = frozenset("'’*@#$")
_MOST_SIGNS = 3


def marked_words(text: str, parts: Iterable[Span]) -> tuple[Span, ...]:
    """``parts`` of ``text`` grown to whole words, in order, none overlapping another.

    Words next to each other, with only white space or hyphens between them, become one span.
    White space around a part is not marked; a part without anything else is dropped. Time is
    linear in the text for parts that are in order.
    """
    spans: list[Span] = []
    for part in sorted(parts):
        begin, end = _stripped(text, part)
        if begin >= end or (spans and end <= spans[-1][1]):
            continue
        begin, end = _whole(text, begin, end)
        if spans and (begin <= spans[-1][1] or _GAP.fullmatch(text, spans[-1][1], begin)):
            begin = spans.pop()[0]
        spans.append((begin, end))
    return tuple(spans)


def _stripped(text: str, part: Span) -> Span:
    begin, end = part
    while begin < end and text[begin].isspace():
        begin += 1
    while begin < end and text[end - 1].isspace():
        end -= 1
    return begin, end


def _whole(text: str, begin: int, end: int) -> Span:
    while begin > 0 and _is_inside_word(text, begin):
        begin -= 1
    while end < len(text) and _is_inside_word(text, end):
        end += 1
    return begin, end


def _is_inside_word(text: str, at: int) -> bool:
    """Whether the letters before and after ``at`` belong to one word, up to some signs."""
    before, after = at - 1, at
    while before > max(0, at - 1 - _MOST_SIGNS) and text[before] in _SIGNS:
        before -= 1
    while after < min(len(text) - 1, at + _MOST_SIGNS) and text[after] in _SIGNS:
        after += 1
    return _is_letter(text[before]) and _is_letter(text[after])


def _is_letter(char: str) -> bool:
    """Whether it is part of a word, in a script that puts spaces between words."""
    if char.isalnum():
        return not is_unspaced(char)
    return unicodedata.category(char) in {"Mn", "Mc", "Me"}
