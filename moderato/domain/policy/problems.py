"""What is wrong with a policy file, said so that it can be mended."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where, what is wrong, what would be right.

    ``line`` and ``column`` count from 1; ``column`` is None where the whole line is meant.
    A warning does not keep the policy from being used.
    """

    line: int
    column: int | None
    what: str
    fix: str
    is_warning: bool = False

    @property
    def message(self) -> str:
        """What is wrong, marked when it is a warning."""
        return f"warning: {self.what}" if self.is_warning else self.what

    def __str__(self) -> str:
        return f"{self.line}: {self.message} → {self.fix}"


class PolicyError(Exception):
    """A policy cannot be used. ``problems`` has every error found, in the file's order."""

    def __init__(self, filename: str, problems: Sequence[Problem]) -> None:
        self.filename = filename
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{filename}:{problem}" for problem in problems))


def choose_from(given: str, known: Iterable[str]) -> str:
    """A fix for an unknown name: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if not names:
        return "there are none to choose from"
    return "use one of " + ", ".join(f'"{name}"' for name in names)
