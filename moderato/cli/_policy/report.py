"""What `moderato policy` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.policy import Policy, Rule, RuleTrace, tightened
from moderato.domain.scores import Scores
from moderato.domain.text import clean, fold

_VERBS = {"approve": "approves", "flag": "flags", "reject": "rejects"}
_COLOURS = {State.APPROVED: "green", State.FLAGGED: "yellow", State.REJECTED: "red"}
_MARKS = {True: "✓", False: "✗", None: "?"}


def summary(policy: Policy) -> Iterator[str]:
    """The policy in plain words, one line per rule, and the rules that change when tightened."""
    rules = "1 rule" if len(policy.rules) == 1 else f"{len(policy.rules)} rules"
    yield f"Policy {policy.name}, version {policy.version}: {rules}, the first that matches decides"
    for number, rule in enumerate(policy.rules, start=1):
        yield _rule(number, rule)
    yield f"     otherwise {_VERBS[policy.otherwise]}"
    tight = enumerate(tightened(policy).rules, start=1)
    changed = [one for one, rule in zip(tight, policy.rules, strict=True) if one[1] != rule]
    if changed:
        yield f"On an article held tighter, at {policy.tighter:g} of the scores:"
        yield from (_rule(number, rule) for number, rule in changed)


def _rule(number: int, rule: Rule) -> str:
    return f"{number:3}. {rule.name} {_VERBS[rule.then]} when {rule.plain}"


def verdict(decision: Decision) -> Iterator[str]:
    """The decision, why, and what follows from it."""
    state = click.style(decision.state.value, fg=_COLOURS.get(decision.state), bold=True)
    yield f"{state} by {decision.rule}: {decision.reason}"
    if decision.message:
        yield f'The author is told: "{decision.message}"'
    if decision.state is State.FLAGGED:
        yield f"Priority in the queue: {decision.priority:.2f}"


def readings(text: str, scores: Scores | None) -> Iterator[str]:
    """What the model saw and said."""
    if (folded := fold(text)) != clean(text):
        yield f"Read as: {folded}"
    if scores is None:
        yield "Scores: none"
        return
    values = sorted(scores.values.items(), key=lambda item: -item[1])
    yield f"Scores ({f'{scores.model} {scores.model_version}'.strip()}): " + ", ".join(
        f"{name} {value:.2f}" for name, value in values
    )
    if scores.spans:
        yield "Marked: " + ", ".join(f'"{text[begin:end]}"' for begin, end in scores.spans)


def rules(traces: Iterable[RuleTrace]) -> Iterator[str]:
    """Each rule: whether it matched (✓), did not (✗) or cannot be told (?), and why."""
    traces = list(traces)
    width = max((len(trace.rule.name) for trace in traces), default=0)
    for trace in traces:
        why = "; ".join(finding.says for finding in trace.findings)
        line = f"{_MARKS[trace.matched]} {trace.rule.name:{width}}  {why}"
        yield click.style(f"{line}  ← decides", bold=True) if trace.decides else line
