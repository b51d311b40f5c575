"""Comparing a number with a bound: ">= 0.7", "< 3", "between 0.4 and 0.7"."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

_OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}
_WORDS: Final = {
    ">=": "at least",
    ">": "more than",
    "<=": "at most",
    "<": "less than",
    "=": "exactly",
}
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_ONE_SIDED = re.compile(rf"(>=|>|<=|<|==?)\s*{_NUMBER}")
_BETWEEN = re.compile(rf"between\s+{_NUMBER}\s+and\s+{_NUMBER}")

#: How a comparison is written, for messages.
EXAMPLES = '">= {0}", "> {0}", "< {0}", "<= {0}", "= {0}" or "between {0} and {1}"'


@dataclass(frozen=True, slots=True)
class Comparison:
    """``sign`` is one of the keys above, or "between" with both bounds included."""

    sign: str
    bound: float
    upper: float | None = None

    @classmethod
    def parse(cls, text: str) -> Comparison:
        """Reads the forms above; raises ValueError with what is wrong."""
        text = text.strip()
        if found := _BETWEEN.fullmatch(text):
            lower, upper = float(found[1]), float(found[2])
            if lower > upper:
                raise ValueError(f"{found[1]} is more than {found[2]}")
            return cls("between", lower, upper)
        if found := _ONE_SIDED.fullmatch(text):
            return cls(found[1].replace("==", "="), float(found[2]))
        raise ValueError("this is no comparison")

    def holds(self, value: float) -> bool:
        if self.upper is not None:
            return self.bound <= value <= self.upper
        return _OPERATORS[self.sign](value, self.bound)

    def words(self, show: Callable[[float], str]) -> str:
        """In plain words, as "at least 0.70", with numbers written by ``show``."""
        if self.upper is not None:
            return f"between {show(self.bound)} and {show(self.upper)}"
        return f"{_WORDS[self.sign]} {show(self.bound)}"

    @property
    def bounds(self) -> tuple[float, ...]:
        return (self.bound,) if self.upper is None else (self.bound, self.upper)

    def implies(self, other: Comparison) -> bool:
        """Whether every number this holds for is one ``other`` holds for."""
        low, low_open, high, high_open = self._span()
        its_low, its_low_open, its_high, its_high_open = other._span()
        return (low > its_low or (low == its_low and low_open >= its_low_open)) and (
            high < its_high or (high == its_high and high_open >= its_high_open)
        )

    def _span(self) -> tuple[float, bool, float, bool]:
        """The numbers it holds for: lower end, whether it is left out, upper end, the same."""
        if self.upper is not None:
            return self.bound, False, self.upper, False
        if self.sign == "=":
            return self.bound, False, self.bound, False
        if self.sign in {">", ">="}:
            return self.bound, self.sign == ">", inf, False
        return -inf, False, self.bound, self.sign == "<"
