"""Listed words, found in the text as written and in the text as meant.

Entries are literal and matched by an Aho-Corasick automaton: no entry and no comment can make
it slow, as a backtracking regular expression can be made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick

from moderato.domain.text.clean import clean
from moderato.domain.text.fold import fold
from moderato.domain.text.script import is_unspaced


def forms(text: str) -> tuple[str, ...]:
    """The readings of ``text`` that word lists look at, without repeats.

    As written; folded; and folded with drawn-out letters cut to one, so that "fuuuck" is found
    by "fuck" and "asssss" by "ass".
    """
    written = clean(text)
    folded = fold(text)
    if folded == written:  # as most comments are: nothing was drawn out either
        return (_plain(written),)
    readings = (written, folded, fold(text, longest_run=1))
    return tuple(dict.fromkeys(_plain(reading) for reading in readings))


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and phrases to look for, whatever their case and spacing.

    An entry matches whole words; a ``*`` at its end lets the last word go on ("idiot*" finds
    "idiots"). Raises ValueError for an entry that is empty or has a ``*`` elsewhere.
    """

    entries: tuple[str, ...]
    _automaton: AhoCorasick = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if trouble := entry_trouble(entry):
                raise ValueError(f"{entry!r}: {trouble}")
        literals = [_plain(clean(entry.removesuffix("*"))) for entry in self.entries]
        object.__setattr__(self, "_automaton", AhoCorasick(literals))

    def find(self, text: str) -> tuple[str, ...]:
        """The entries that occur in ``text``, in the list's order."""
        return self.find_in(forms(text))

    def find_in(self, readings: tuple[str, ...]) -> tuple[str, ...]:
        """The entries that occur in any of ``readings``, which ``forms`` made."""
        found: set[int] = set()
        for reading in readings:
            for number, begin, end in self._automaton.find_matches_as_indexes(
                reading, overlapping=True
            ):
                if number not in found and self._is_whole(number, reading, begin, end):
                    found.add(number)
        return tuple(self.entries[number] for number in sorted(found))

    def _is_whole(self, number: int, text: str, begin: int, end: int) -> bool:
        if begin > 0 and _same_word(text[begin - 1], text[begin]):
            return False
        if self.entries[number].endswith("*") or end == len(text):
            return True
        return not _same_word(text[end - 1], text[end])


def entry_trouble(entry: str) -> str | None:
    """What is wrong with a word list's entry; None for a good one."""
    literal = entry.removesuffix("*")
    if not _plain(clean(literal)):
        return "there is no word in it"
    if "*" in literal:
        return "a * may stand at its end only"
    return None


def _same_word(before: str, after: str) -> bool:
    """Whether two neighbours belong to one word."""
    return all(char.isalnum() and not is_unspaced(char) for char in (before, after))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
