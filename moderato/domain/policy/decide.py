"""Applying a policy to one comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from moderato.domain.author import SANCTIONS, Standing
from moderato.domain.comment import Comment
from moderato.domain.decision import Decision
from moderato.domain.policy import show, tighter
from moderato.domain.policy.condition import Finding
from moderato.domain.policy.facts import Context, Facts
from moderato.domain.policy.model import OTHERWISE, Outcome, Policy, Rule
from moderato.domain.scores import Scores

#: How much each attribute counts when the flagged queue is put in order: what may hurt a person
#: comes before what is merely rude. An attribute that is not listed counts as rude.
WEIGHTS: Final = {"threat": 1.0, "identity_attack": 1.0, "severe_toxicity": 1.0, "obscene": 0.7}
_RUDE: Final = 0.8
#: A comment nobody has judged stands in the middle of the queue.
UNSCORED_PRIORITY: Final = 0.5


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """How one rule came out: ``matched`` is None where that cannot be told.

    ``decides`` marks the first rule that matched, unless the author's standing decided instead.
    ``findings`` goes with ``rule.when``.
    """

    rule: Rule
    matched: bool | None
    decides: bool
    findings: tuple[Finding, ...]


def decide(policy: Policy, comment: Comment, scores: Scores | None, context: Context) -> Decision:
    """The first rule that matches decides; ``policy.otherwise`` where none does.

    ``scores`` is None where no model could score the comment. Such a comment is approved only by
    a rule that says so, never by ``otherwise``: then a person gets it. Where the article is held
    tighter, the tightened policy decides, and the reason says so. No rule lets an author off a
    sanction: see ``moderato.domain.author``.
    """
    decision = _by_rules(policy, Facts(comment, scores, context, policy.words))
    return _sanctioned(decision, context.author_standing)


def _by_rules(policy: Policy, facts: Facts) -> Decision:
    if facts.tighter is None:
        return _decide(policy, facts)
    decision = _decide(tighter.tightened(policy), facts)
    return replace(
        decision,
        reason=f"{decision.reason} {tighter.says(facts.tighter)}",
        evidence={**decision.evidence, **tighter.evidence(facts.tighter)},
    )


def _decide(policy: Policy, facts: Facts) -> Decision:
    for rule in policy.rules:
        findings: list[Finding] = []
        for condition in rule.when:
            finding = condition.test(facts)
            if not finding.holds:
                break
            findings.append(finding)
        else:
            return _decision(policy, rule, findings, facts)
    return _otherwise(policy, facts)


def explain(
    policy: Policy, comment: Comment, scores: Scores | None, context: Context
) -> list[RuleTrace]:
    """How every rule came out, in order. ``decide`` gives the decision that follows."""
    facts = Facts(comment, scores, context, policy.words)
    traces: list[RuleTrace] = []
    by_rules = _by_rules(policy, facts)
    decided = _sanctioned(by_rules, context.author_standing) is not by_rules
    for rule in (tighter.tightened(policy) if facts.tighter else policy).rules:
        findings = tuple(condition.test(facts) for condition in rule.when)
        matched = _all(findings)
        decides = matched is True and not decided
        decided = decided or decides
        traces.append(RuleTrace(rule, matched, decides, findings))
    return traces


def severity(scores: Mapping[str, float]) -> float:
    """Where in the queue a comment with these scores, each in [0, 1], belongs: in [0, 1]."""
    if not scores:
        return UNSCORED_PRIORITY
    worst = max(WEIGHTS.get(name, _RUDE) * value for name, value in scores.items())
    return round(worst, 4)


def _decision(policy: Policy, rule: Rule, findings: Sequence[Finding], facts: Facts) -> Decision:
    evidence = {name: value for finding in findings for name, value in finding.values.items()}
    if rule.reason is None:
        reason = _sentence("; ".join(finding.says for finding in findings))
    else:
        reason = rule.reason.fill(evidence)
    return Decision(
        state=rule.then.state,
        rule=rule.name,
        reason=reason,
        evidence=evidence,
        priority=severity(facts.scores) if rule.priority is None else rule.priority,
        policy_version=policy.version,
        message=rule.tell_author.fill(evidence) if rule.tell_author else "",
    )


def _otherwise(policy: Policy, facts: Facts) -> Decision:
    outcome, reason = policy.otherwise, "No rule matched."
    if outcome is Outcome.APPROVE and not facts.scored:
        outcome = Outcome.FLAG
        reason = "No rule matched, and no model scored this comment, so a person must look."
    highest = max(facts.scores, key=lambda name: facts.scores[name], default=None)
    return Decision(
        state=outcome.state,
        rule=OTHERWISE,
        reason=reason,
        evidence={} if highest is None else {highest: show.share(facts.scores[highest])},
        priority=severity(facts.scores),
        policy_version=policy.version,
    )


def _sanctioned(decision: Decision, standing: Standing) -> Decision:
    """``decision``, or what stands in its place for an author under a sanction."""
    sanction = SANCTIONS.get(standing)
    if sanction is None or decision.state not in sanction.instead_of:
        return decision
    return replace(
        decision,
        state=sanction.state,
        rule=sanction.rule,
        reason=sanction.reason,
        message=sanction.message,
        evidence={},
    )


def _all(findings: Sequence[Finding]) -> bool | None:
    if any(finding.holds is False for finding in findings):
        return False
    return None if any(finding.holds is None for finding in findings) else True


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
