"""Figures and tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from training.evaluation.metrics import Estimate


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first column is words, the others are figures."""
    ruler = ["---", *("--:" for _ in header[1:])]
    lines = [header, ruler, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}"


def interval(found: Estimate, digits: int = 3) -> str:
    return f"{found.low:.{digits}f} to {found.high:.{digits}f}"


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def count(number: int) -> str:
    return f"{number:,}"
