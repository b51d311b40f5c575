"""What a policy is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderato.domain.comment import State
from moderato.domain.policy.condition import Condition
from moderato.domain.policy.reason import Template
from moderato.domain.text import WordList


class Outcome(StrEnum):
    """What a rule does with a comment, as it is written in the file."""

    APPROVE = "approve"
    FLAG = "flag"
    REJECT = "reject"

    @property
    def state(self) -> State:
        return _STATES[self]


_STATES = {
    Outcome.APPROVE: State.APPROVED,
    Outcome.FLAG: State.FLAGGED,
    Outcome.REJECT: State.REJECTED,
}

#: What a policy that says nothing does to its bounds on an article that is held tighter.
TIGHTER = 0.7

#: The name in decisions that no rule took; a rule cannot have it.
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Rule:
    """Decides ``then`` for a comment that meets every condition of ``when``.

    ``reason`` is None where the conditions themselves are the reason. ``tell_author`` is the
    message for the comment's author. ``priority`` in [0, 1] replaces the one that follows from
    the scores.
    """

    name: str
    when: tuple[Condition, ...]
    then: Outcome
    reason: Template | None = None
    tell_author: Template | None = None
    priority: float | None = None

    @property
    def plain(self) -> str:
        """The conditions in plain words."""
        return ", and ".join(condition.plain for condition in self.when)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in order: the first that matches decides, ``otherwise`` where none does.

    ``version`` is 12 hex digits of a hash of everything in it but comments and layout.
    ``tighter``, in (0, 1], is what ``tightened`` multiplies bounds on scores with.
    """

    name: str
    version: str
    description: str
    rules: tuple[Rule, ...]
    otherwise: Outcome
    words: Mapping[str, WordList] = field(default_factory=dict)
    tighter: float = TIGHTER
