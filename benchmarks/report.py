"""Figures as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.rounds import Spread


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table: over the rounds of one run."""

    what: str
    unit: str
    spread: Spread


def markdown(figures: Sequence[Figure]) -> str:
    lines = ["| what | unit | min | median | max |", "|---|---|--:|--:|--:|"]
    for figure in figures:
        values = (figure.spread.least, figure.spread.median, figure.spread.most)
        cells = " | ".join(_number(value) for value in values)
        lines.append(f"| {figure.what} | {figure.unit} | {cells} |")
    return "\n".join(lines)


def as_json(machine: Mapping[str, str], tables: Mapping[str, Sequence[Figure]]) -> object:
    return {
        "machine": dict(machine),
        "figures": {name: [asdict(figure) for figure in table] for name, table in tables.items()},
    }


def _number(value: float) -> str:
    """Three digits are more than a busy machine can promise."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
