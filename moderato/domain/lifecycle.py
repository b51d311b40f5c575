"""The one table of which steps a comment's life may take.

The scripts get these rows as arguments and the API asks them here, so that a step exists
everywhere or nowhere. A property-based test walks the table against a real Redis.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from moderato.domain.comment import State


class Step(StrEnum):
    """What can happen to a comment after it was received."""

    DECIDE = "decide"  # the policy, on the model's scores
    RESCORE = "rescore"  # the policy again, on new scores, over its own decision
    APPROVE = "approve"  # a person
    REJECT = "reject"  # a person
    KEEP = "keep"  # a person looked at what readers reported: it stays as it is
    PROPOSE = "propose"  # the first of two people who must agree
    ESCALATE = "escalate"  # a person hands it to an editor; it stays flagged
    HOLD = "hold"  # a person puts it aside; it stays flagged
    RETURN = "return"  # a person sends it back to the flagged ones
    UNDO = "undo"  # a person takes back the last step before it was released
    REPORT = "report"  # enough readers objected
    ERASE = "erase"  # the author or the law


_S = State

#: step -> state before -> states it may lead to.
TABLE: Final[dict[Step, dict[State, frozenset[State]]]] = {
    Step.DECIDE: {_S.PENDING: frozenset({_S.APPROVED, _S.FLAGGED, _S.REJECTED})},
    Step.RESCORE: {
        _S.FLAGGED: frozenset({_S.APPROVED, _S.FLAGGED, _S.REJECTED}),
        _S.APPROVED: frozenset({_S.APPROVED, _S.FLAGGED, _S.REJECTED}),
        _S.REJECTED: frozenset({_S.APPROVED, _S.FLAGGED, _S.REJECTED}),
    },
    Step.APPROVE: {
        _S.PENDING: frozenset({_S.APPROVED}),
        _S.FLAGGED: frozenset({_S.APPROVED}),
        _S.REJECTED: frozenset({_S.APPROVED}),
    },
    Step.REJECT: {
        _S.PENDING: frozenset({_S.REJECTED}),
        _S.FLAGGED: frozenset({_S.REJECTED}),
        _S.APPROVED: frozenset({_S.REJECTED}),
    },
    Step.KEEP: {
        _S.APPROVED: frozenset({_S.APPROVED}),
        _S.REJECTED: frozenset({_S.REJECTED}),
    },
    Step.PROPOSE: {_S.FLAGGED: frozenset({_S.FLAGGED})},
    Step.ESCALATE: {_S.FLAGGED: frozenset({_S.FLAGGED})},
    Step.HOLD: {_S.FLAGGED: frozenset({_S.FLAGGED})},
    Step.RETURN: {_S.FLAGGED: frozenset({_S.FLAGGED})},
    Step.UNDO: {
        _S.APPROVED: frozenset({_S.PENDING, _S.FLAGGED, _S.APPROVED, _S.REJECTED}),
        _S.REJECTED: frozenset({_S.PENDING, _S.FLAGGED, _S.APPROVED, _S.REJECTED}),
    },
    Step.REPORT: {_S.APPROVED: frozenset({_S.FLAGGED})},
    Step.ERASE: {
        _S.PENDING: frozenset({_S.ERASED}),
        _S.FLAGGED: frozenset({_S.ERASED}),
        _S.APPROVED: frozenset({_S.ERASED}),
        _S.REJECTED: frozenset({_S.ERASED}),
    },
}

#: Steps that never overrule anybody: only the policy's own decision may stand before them.
OVER_POLICY_ONLY: Final = frozenset({Step.RESCORE})


def allowed(step: Step, before: State, after: State) -> bool:
    """Whether ``step`` may lead from ``before`` to ``after``."""
    return after in TABLE[step].get(before, frozenset())


def sources(step: Step) -> frozenset[State]:
    """The states in which ``step`` may be taken."""
    return frozenset(TABLE[step])
