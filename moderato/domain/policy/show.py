"""Writing values for people."""

from __future__ import annotations

from collections.abc import Iterable

from moderato.domain.policy.comparison import Comparison


def share(value: float, compared: Comparison | None = None) -> str:
    """``value`` with two decimals, or as many more as it takes to agree with ``compared``.

    0.8996 is less than 0.90, so it must not be shown as 0.90; and only certainty is 1.00.
    """
    for decimals in (2, 3, 4, 6):
        shown = f"{value:.{decimals}f}"
        agrees = compared is None or compared.holds(float(shown)) == compared.holds(value)
        if agrees and (float(shown) < 1) == (value < 1):
            return shown
    return repr(value)


def bound(value: float) -> str:
    """The end of a range of shares: two decimals, or all it has."""
    shown = f"{value:.2f}"
    return shown if float(shown) == value else repr(value)


def count(value: float, _compared: Comparison | None = None) -> str:
    return f"{value:g}" if value != int(value) else str(int(value))


def percent(shown: str) -> str:
    """A shown share in percent, rounded down, so that only certainty is 100%."""
    return f"{int(round(float(shown) * 100, 6))}%"


def words(name: str) -> str:
    """A name of the file in plain words: "severe toxicity"."""
    return name.replace("_", " ")


def either(names: Iterable[str], word: str = "or") -> str:
    """ "a", "a or b", "a, b or c"."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
