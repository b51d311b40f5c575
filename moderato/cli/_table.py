"""Figures and names in columns, for a terminal of any width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def table(head: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """The rows' values under ``head``, in their order; numbers to the right."""
    cells = [[str(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    numeric = [isinstance(value, (int, float)) for value in rows[0].values()] if rows else []

    def line(values: Sequence[str]) -> str:
        return "  ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        ).rstrip()

    return "\n".join(line(values) for values in ([*head], *cells))


def age(seconds: float) -> str:
    """How long, in the largest unit that says enough: "45 s", "12 min", "3 h", "9 d"."""
    seconds = max(0.0, seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
