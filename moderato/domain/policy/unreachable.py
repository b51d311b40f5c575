"""Rules that can never decide, because an earlier one takes everything they would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moderato.domain.policy.condition import Condition
from moderato.domain.policy.conditions import Always, HasWords, OneOf
from moderato.domain.policy.model import Rule
from moderato.domain.policy.thresholds import AnyScore, NumberIs, ScoreIs


def shadowed(rules: Sequence[Rule | None]) -> Iterator[tuple[int, Rule]]:
    """The index of each rule that cannot be reached, with the earlier rule that hides it.

    None stands for a rule that could not be read; one that takes every comment hides it, too.
    """
    for index, rule in enumerate(rules):
        for earlier in filter(None, rules[:index]):
            if _takes_all_of(earlier, rule):
                yield index, earlier
                break


def takes_everything(rule: Rule) -> bool:
    return rule.when == (Always(),)


def _takes_all_of(earlier: Rule, rule: Rule | None) -> bool:
    if rule is None:
        return takes_everything(earlier)
    return all(any(implies(mine, its) for mine in rule.when) for its in earlier.when)


def implies(one: Condition, other: Condition) -> bool:
    """Whether ``other`` surely holds where ``one`` does. False also means "cannot be told"."""
    match one, other:
        case _, Always():
            return True
        case ScoreIs(), ScoreIs():
            return one.attribute == other.attribute and one.compared.implies(other.compared)
        case ScoreIs(), AnyScore(every=None):
            return any(implies(one, its) for its in other.scores)
        case ScoreIs(), AnyScore(every=every):
            return every is not None and one.compared.implies(every)
        case NumberIs(), NumberIs():
            return one.key == other.key and one.compared.implies(other.compared)
        case OneOf(), OneOf():
            return one.key == other.key and set(one.values) <= set(other.values)
        case HasWords(), HasWords():
            return set(one.lists) <= set(other.lists)
        case _:
            return one == other
