"""The stricter variant of a policy, for articles that are held tighter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from moderato.domain.comment import Tighter
from moderato.domain.policy.comparison import Comparison
from moderato.domain.policy.condition import Condition
from moderato.domain.policy.conditions import Not
from moderato.domain.policy.model import Outcome, Policy, Rule
from moderato.domain.policy.thresholds import AnyScore, ScoreIs

#: Whether a rule of that outcome takes more comments. Rejecting stays as it is: what is less
#: certain is for a person.
_WIDER: Final = {Outcome.FLAG: True, Outcome.APPROVE: False}


def tightened(policy: Policy) -> Policy:
    """``policy`` with its bounds on scores moved, so that the machine approves less.

    Rules that flag begin at ``policy.tighter`` times their bound; rules that approve end there.
    Whatever this approves, ``policy`` approves; what ``policy`` rejects is rejected or flagged.
    """
    return replace(policy, rules=tuple(_rule(rule, policy.tighter) for rule in policy.rules))


def says(tighter: Tighter) -> str:
    """The sentence that goes behind the reason of a decision."""
    return f"This article is held tighter{_until(tighter)}."


def evidence(tighter: Tighter) -> dict[str, str]:
    """The same among the values of a decision."""
    return {"tighter": _until(tighter).strip() or "yes"}


def _until(tighter: Tighter) -> str:
    if tighter.until is None:
        return ""
    return f" until {datetime.fromtimestamp(tighter.until / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _rule(rule: Rule, factor: float) -> Rule:
    wider = _WIDER.get(rule.then)
    if wider is None:
        return rule
    return replace(rule, when=tuple(_moved(one, factor, wider=wider) for one in rule.when))


def _moved(condition: Condition, factor: float, *, wider: bool) -> Condition:
    """``condition``, to hold for more comments or for fewer."""
    match condition:
        case ScoreIs():
            return _score(condition, factor, wider=wider)
        case AnyScore():
            every = condition.every and _comparison(condition.every, factor, wider=wider)
            scores = tuple(_score(one, factor, wider=wider) for one in condition.scores)
            return AnyScore(scores, every)
        case Not():
            return Not(tuple(_moved(one, factor, wider=not wider) for one in condition.conditions))
        case _:
            return condition


def _score(score: ScoreIs, factor: float, *, wider: bool) -> ScoreIs:
    return replace(score, compared=_comparison(score.compared, factor, wider=wider))


def _comparison(compared: Comparison, factor: float, *, wider: bool) -> Comparison:
    """Lower ends move down for more, upper ends for fewer; four decimals are enough."""
    lower = round(compared.bound * factor, 4)
    if compared.upper is not None:
        if wider:
            return replace(compared, bound=lower)
        return replace(compared, upper=max(compared.bound, round(compared.upper * factor, 4)))
    moves = {">", ">="} if wider else {"<", "<="}
    return replace(compared, bound=lower) if compared.sign in moves else compared
