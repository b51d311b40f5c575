"""What a policy needs of a model."""

from __future__ import annotations

from collections.abc import Iterator

from moderato.domain.policy.condition import Condition
from moderato.domain.policy.conditions import Not
from moderato.domain.policy.model import Policy
from moderato.domain.policy.thresholds import AnyScore, ScoreIs


def attributes_asked(policy: Policy) -> tuple[str, ...]:
    """The attributes that its rules name, each once, in their order."""
    return tuple(
        dict.fromkeys(
            name for rule in policy.rules for condition in rule.when for name in _asked(condition)
        )
    )


def _asked(condition: Condition) -> Iterator[str]:
    match condition:
        case ScoreIs(attribute=name):
            yield name
        case AnyScore(scores=scores):
            yield from (score.attribute for score in scores)
        case Not(conditions=inner):
            for one in inner:
                yield from _asked(one)
