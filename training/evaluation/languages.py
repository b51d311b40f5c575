"""How often English comments are held for their language, and others let through."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from moderato.domain.text import fold
from training.evaluation.examples import Example
from training.evaluation.markdown import count, percent, table
from workers.scorer.language import detect, words_of

SHORT = Path(__file__).parents[2] / "tests" / "scorer" / "languages.toml"

#: Most words of each class of length.
_LENGTHS = (1, 2, 3, 5, 10)
_LONGER = "more"
ENGLISH = frozenset({"en"})


def short_comments(path: Path = SHORT) -> list[Example]:
    """Comments of a few words in many languages that use Latin letters."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))["comments"]
    return [
        Example(text, "short comments", language, {})
        for language, texts in raw.items()
        for text in texts
    ]


def known(row: Example, languages: frozenset[str] = ENGLISH) -> bool:
    """Whether the scorer would trust a model for ``languages`` with the comment."""
    return detect(fold(row.text)).known_to(languages)


def by_length(rows: Iterable[Example]) -> str:
    """For each language and source, the share that is let through, by number of words."""
    found: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        passed = known(row)
        name = "English" if row.language == "en" else f"{row.language}, {row.source}"
        for length in ("all", _length(row.text)):
            found[name][length].append(passed)
    lengths = [*map(str, _classes()), _LONGER]
    lines = [
        (name, count(len(cells["all"])), *(_cell(cells[length]) for length in ("all", *lengths)))
        for name, cells in sorted(found.items(), key=lambda item: item[0] != "English")
    ]
    return table(("let through, by words", "rows", "all", *lengths), lines)


def held_english(rows: Sequence[Example], most: int = 20) -> list[str]:
    """English comments that are held, the shortest first, for a person to judge."""
    held = [row.text for row in rows if row.language == "en" and not known(row)]
    return sorted(held, key=len)[:most]


def _cell(passed: Sequence[bool]) -> str:
    return f"{percent(sum(passed) / len(passed))} of {count(len(passed))}" if passed else "-"


def _length(text: str) -> str:
    words = len(words_of(text))
    for most, name in zip(_LENGTHS, _classes(), strict=True):
        if words <= most:
            return name
    return _LONGER


def _classes() -> list[str]:
    lows = [1, *(most + 1 for most in _LENGTHS)]
    return [
        str(most) if low >= most else f"{low} to {most}"
        for low, most in zip(lows, _LENGTHS, strict=False)
    ]
