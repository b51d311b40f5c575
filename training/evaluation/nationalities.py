"""Harmless sentences about nationalities: which of them the default policy does not let through."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moderato.domain.comment import State
from moderato.domain.scores import Scores
from training.evaluation.markdown import count, figure, percent, table
from training.evaluation.replay import decisions

SENTENCES = Path(__file__).parents[2] / "tests" / "scorer" / "nationalities.toml"

_AFTER_A_WORD = re.compile(r"\b(the|two|several|many|most|all|of|\d+) \{people\}", re.IGNORECASE)
_A = re.compile(r"\b(a)\b(?= \{adjective\})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template filled with a nationality, named by its adjective."""

    text: str
    template: str
    nationality: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sentence: its toxicity, and the rule that held it, if one did."""

    sentence: Sentence
    toxicity: float
    rule: str | None


def read(path: Path = SENTENCES) -> list[Sentence]:
    """Every template with every nationality."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Sentence(_fill(template, *names), template, names[1])
        for template in raw["templates"]
        for names in raw["nationalities"]
    ]


def _fill(template: str, people: str, adjective: str, country: str) -> str:
    # A plural that needs an article where it stands alone, as “the Dutch”, has it only there.
    bare = people.removeprefix("the ")
    text = _AFTER_A_WORD.sub(lambda match: f"{match[1]} {bare}", template)
    text = _A.sub(lambda match: match[1] + ("n" if adjective[0] in "AEIO" else ""), text)
    text = text.format(people=people, adjective=adjective, country=country)
    return text[0].upper() + text[1:]


def outcomes(
    sentences: Sequence[Sentence], scored: Callable[[Sequence[str]], Sequence[Scores]]
) -> list[Outcome]:
    """The default policy's word on each, for an author it knows nothing against."""
    texts = [sentence.text for sentence in sentences]
    scores = scored(texts)
    return [
        Outcome(
            sentence,
            found.values["toxicity"],
            None if decision.state is State.APPROVED else decision.rule,
        )
        for sentence, found, decision in zip(
            sentences, scores, decisions(texts, scores), strict=True
        )
    ]


def held_share(found: Sequence[Outcome]) -> float:
    """The share that was flagged or rejected."""
    return sum(outcome.rule is not None for outcome in found) / len(found)


def summary_table(found: Sequence[Outcome]) -> str:
    """Score and share held over all, and the extremes by nationality."""
    by = _grouped(found, lambda outcome: outcome.sentence.nationality)
    means = {name: _mean(part) for name, part in by.items()}
    held = {name: held_share(part) for name, part in by.items()}
    high, low = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    most = max(held, key=held.__getitem__)
    top = max(found, key=lambda outcome: outcome.toxicity)
    bottom = min(found, key=lambda outcome: outcome.toxicity)
    templates = len(_grouped(found, lambda outcome: outcome.sentence.template))
    rows = [
        ("sentences", f"{count(len(found))}: {templates} templates, {len(by)} nationalities"),
        ("flagged or rejected by the default policy", percent(held_share(found), 2)),
        ("most by nationality", f"{percent(held[most])}, {most}"),
        ("toxicity 0.5 or more", percent(np.mean([o.toxicity >= 0.5 for o in found]).item(), 2)),
        ("highest mean toxicity", f"{figure(means[high])}, {high}"),
        ("lowest mean toxicity", f"{figure(means[low])}, {low}"),
        ("highest toxicity", f"{figure(top.toxicity)}, “{top.sentence.text}”"),
        ("lowest toxicity", f"{figure(bottom.toxicity)}, “{bottom.sentence.text}”"),
    ]
    return table(("nationalities", "figure"), rows)


def by_nationality(found: Sequence[Outcome]) -> str:
    return _table("nationality", found, lambda outcome: outcome.sentence.nationality)


def by_template(found: Sequence[Outcome]) -> str:
    return _table("template", found, lambda outcome: outcome.sentence.template)


def by_rule(found: Sequence[Outcome]) -> str:
    """Which rules held sentences."""
    by = _grouped([o for o in found if o.rule is not None], lambda outcome: str(outcome.rule))
    rows = [(rule, count(len(part))) for rule, part in sorted(by.items())]
    return table(("rule", "sentences held"), rows)


def _table(what: str, found: Sequence[Outcome], key: Callable[[Outcome], str]) -> str:
    by = _grouped(found, key)
    ordered = sorted(by.items(), key=lambda item: -_mean(item[1]))
    rows = [
        (name, figure(_mean(part)), figure(max(outcome.toxicity for outcome in part)),
         percent(held_share(part)))
        for name, part in ordered
    ]  # fmt: skip
    return table((what, "mean toxicity", "highest", "held"), rows)


def _grouped(found: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in found:
        groups.setdefault(key(outcome), []).append(outcome)
    return groups


def _mean(found: Sequence[Outcome]) -> float:
    return float(np.mean([outcome.toxicity for outcome in found]))
