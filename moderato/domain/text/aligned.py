"""A changed text that knows where each of its characters comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: Code-point offsets into a text: begin, and the end that is no longer part of it.
Span = tuple[int, int]

#: What a match becomes: a text, or a text for each of its characters.
Change = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Aligned:
    """``text``, made from an original by steps that only replace parts of it, in order.

    Character ``i`` stands for ``original[begins[i]:ends[i]]``. Both grow or stay from one
    character to the next, and lie inside the original.
    """

    text: str
    begins: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Aligned:
        """``text`` as its own original."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    @classmethod
    def join(cls, pieces: Iterable[Aligned]) -> Aligned:
        """Pieces of one original, in its order, as one text."""
        pieces = list(pieces)
        if len(pieces) == 1:
            return pieces[0]
        return cls(
            "".join(piece.text for piece in pieces),
            [begin for piece in pieces for begin in piece.begins],
            [end for piece in pieces for end in piece.ends],
        )

    def cut(self, begin: int, end: int | None = None) -> Aligned:
        """The part from ``begin`` to ``end``, still aligned with the whole original."""
        part = slice(begin, end)
        return Aligned(self.text[part], self.begins[part], self.ends[part])

    def origin(self, span: Span) -> Span:
        """Where in the original the characters of ``span``, at least one, come from."""
        begin, end = span
        return self.begins[begin], self.ends[end - 1]

    def sub(self, pattern: re.Pattern[str], change: Callable[[re.Match[str]], Change]) -> Aligned:
        """As ``pattern.sub``; ``pattern`` matches at least one character.

        A text as long as its match goes character by character; each character of any other
        stands for the whole match. A list of texts says what becomes of each character; what
        is taken away then goes with the character before it.
        """
        pieces: list[Aligned] = []
        done = 0
        for match in pattern.finditer(self.text):
            changed = change(match)
            if "".join(changed) == match[0]:
                continue
            begin, end = match.span()
            pieces.append(self.cut(done, begin))
            if isinstance(changed, str) and len(changed) != end - begin:
                pieces.append(self._whole(begin, end, changed))
            else:
                pieces.append(self._each(begin, changed))
            done = end
        if not pieces:
            return self
        return Aligned.join([*pieces, self.cut(done)])

    def _whole(self, begin: int, end: int, text: str) -> Aligned:
        first, last = self.origin((begin, end))
        return Aligned(text, [first] * len(text), [last] * len(text))

    def _each(self, begin: int, texts: Sequence[str]) -> Aligned:
        begins: list[int] = []
        ends: list[int] = []
        for at, text in enumerate(texts, start=begin):
            if text:
                begins += [self.begins[at]] * len(text)
                ends += [self.ends[at]] * len(text)
            elif ends:
                ends[-1] = self.ends[at]
        return Aligned("".join(texts), begins, ends)
