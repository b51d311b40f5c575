"""What a rule can ask for, and what comes of asking.

A condition holds, does not hold, or cannot be told (None) because what it asks about is not
known: no model could score the comment, or the model has no such attribute. A rule matches only
when all its conditions hold, so what is not known never triggers a rule, and neither does its
opposite: ``not`` of what cannot be told cannot be told either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from moderato.domain.policy.facts import Facts


@dataclass(frozen=True, slots=True)
class Finding:
    """How a condition came out. ``says`` is the fact in plain words; ``values`` its evidence."""

    holds: bool | None
    says: str
    values: Mapping[str, str] = field(default_factory=dict)


class Condition(Protocol):
    def test(self, facts: Facts) -> Finding: ...

    @property
    def plain(self) -> str:
        """The condition in plain words."""

    @property
    def provides(self) -> Mapping[str, bool]:
        """Names its evidence has whenever it holds, and whether each is a share in [0, 1]."""
