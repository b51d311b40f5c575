"""Where a policy's rules draw their lines through the scores, to be shown beside a comment's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from moderato.domain.policy import show
from moderato.domain.policy.comparison import Comparison
from moderato.domain.policy.condition import Condition
from moderato.domain.policy.model import Outcome, Policy
from moderato.domain.policy.thresholds import AnyScore, ScoreIs


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule asks that a score is ``words`` ("at least 0.60"), with one end of that at ``at``.

    ``sign`` and ``ends`` are the same for whoever says it in other words: see Comparison.
    ``attribute`` is "" where the rule asks it of every score. ``alone`` is False where the rule
    asks for something else as well.
    """

    attribute: str
    at: float
    words: str
    sign: str
    ends: tuple[float, ...]
    rule: str
    then: Outcome
    alone: bool


def bounds(policy: Policy) -> list[Bound]:
    """Every line in the order of the rules. What a rule excludes with ``not`` is no line of it."""
    return [
        Bound(
            attribute=attribute,
            at=at,
            words=compared.words(show.bound),
            sign=compared.sign,
            ends=compared.bounds,
            rule=rule.name,
            then=rule.then,
            alone=len(rule.when) == 1,
        )
        for rule in policy.rules
        for condition in rule.when
        for attribute, compared in _compared(condition)
        for at in compared.bounds
    ]


def _compared(condition: Condition) -> Iterator[tuple[str, Comparison]]:
    if isinstance(condition, ScoreIs):
        yield condition.attribute, condition.compared
    elif isinstance(condition, AnyScore):
        for one in condition.scores:
            yield one.attribute, one.compared
        if condition.every is not None:
            yield "", condition.every
