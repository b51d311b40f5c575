"""What a policy's thresholds mean: what it lets through, what it rejects, what people get."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from moderato.domain.comment import State
from moderato.domain.policy import Context, Policy, PolicyError, parse
from moderato.domain.scores import Scores
from training.evaluation.markdown import percent, table
from training.evaluation.metrics import RESAMPLES, Marks, Numbers, Places
from training.evaluation.mixes import Mix
from training.evaluation.replay import REGULAR, decisions

#: Values tried for one threshold, the others left as they are.
STEPS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares in [0, 1]. Those of an outcome that no comment had are not a number."""

    approved: float
    flagged: float
    rejected: float
    approved_toxic: float
    rejected_harmless: float
    flagged_toxic: float
    toxic_caught: float
    harmless_held: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a policy does to a mix, and how far each share may be off by chance (95 %)."""

    found: Shares
    low: Shares
    high: Shares


def meaning(
    mix: Mix, scores: Sequence[Scores], policy: Policy, context: Context = REGULAR
) -> Meaning:
    """The shares for ``policy``; rows are resampled within each part of the mix."""
    states = _states(mix, scores, policy, context)
    toxic = mix.toxic
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(RESAMPLES // 2):
        places = np.concatenate(
            [rng.integers(part.start, part.stop, part.stop - part.start) for part in mix.parts]
        )
        drawn.append(_row(shares(states, toxic, mix.weights, places)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an outcome that no comment had
        low, high = np.nanquantile(np.array(drawn), (0.025, 0.975), axis=0)
    everything = np.arange(len(states))
    return Meaning(shares(states, toxic, mix.weights, everything), Shares(*low), Shares(*high))


def _states(mix: Mix, scores: Sequence[Scores], policy: Policy, context: Context) -> list[State]:
    found = decisions([row.text for row in mix.rows], scores, policy, context)
    return [decision.state for decision in found]


def shares(states: Sequence[State], toxic: Marks, weights: Numbers, places: Places) -> Shares:
    """The shares among the rows at ``places``."""
    bad, weight = toxic[places], weights[places]
    is_ = {state: np.array([states[i] is state for i in places]) for state in set(State)}

    def share(of: Marks, among: Marks) -> float:
        whole = weight[among].sum()
        return float(weight[among & of].sum() / whole) if whole else float("nan")

    approved, flagged, rejected = is_[State.APPROVED], is_[State.FLAGGED], is_[State.REJECTED]
    everything = np.ones(len(places), dtype=np.bool_)
    return Shares(
        approved=share(approved, everything),
        flagged=share(flagged, everything),
        rejected=share(rejected, everything),
        approved_toxic=share(bad, approved),
        rejected_harmless=share(~bad, rejected),
        flagged_toxic=share(bad, flagged),
        toxic_caught=share(~approved, bad),
        harmless_held=share(~approved, ~bad),
    )


def _row(found: Shares) -> list[float]:
    return [getattr(found, name) for name in Shares.__slots__]


def sentence(name: str, mix: Mix, meant: Meaning) -> str:
    """The meaning in plain words, with intervals."""
    found = meant.found
    rejects = (
        f"of 100 that it rejects, {_hundred(meant, 'rejected_harmless')} are not"
        if found.rejected
        else "it rejects none"
    )
    return (
        f"On {name} ({len(mix.rows)} comments, {percent(mix.toxic_share)} toxic): of 100 comments "
        f"approved by the machine, {_hundred(meant, 'approved_toxic')} are toxic; {rejects}; "
        f"{_hundred(meant, 'flagged')} of 100 go to people. It holds "
        f"{_hundred(meant, 'toxic_caught')} of 100 toxic comments, and "
        f"{_hundred(meant, 'harmless_held')} of 100 that are not."
    )


def _hundred(meant: Meaning, name: str) -> str:
    value, low, high = (100 * getattr(part, name) for part in (meant.found, meant.low, meant.high))
    return f"{value:.1f} ({low:.1f} to {high:.1f})"


def meanings_table(meanings: dict[str, tuple[Mix, Meaning]]) -> str:
    """One line per mix."""
    rows = [
        (name, f"{len(mix.rows)}", percent(mix.toxic_share), *_cells(meant.found))
        for name, (mix, meant) in meanings.items()
    ]
    return table(("mix", "rows", "toxic", *_HEADER), rows)


_HEADER = (
    "approved", "of these toxic", "to people", "of these toxic", "rejected", "of these not toxic",
    "toxic held", "harmless held",
)  # fmt: skip


def _cells(found: Shares) -> tuple[str, ...]:
    values = (
        found.approved, found.approved_toxic, found.flagged, found.flagged_toxic, found.rejected,
        found.rejected_harmless, found.toxic_caught, found.harmless_held,
    )  # fmt: skip
    return tuple("-" if np.isnan(value) else percent(value) for value in values)


def scores_asked(policy_text: str) -> list[tuple[str, str, str]]:
    """Every rule of a policy that asks for a score: its name, the attribute, the threshold."""
    return [
        (block["name"], match[1], match[2])
        for block in _RULE.finditer(policy_text)
        for match in _ASKS.finditer(block[0])
    ]


_RULE = re.compile(r'^\[\[rules\]\]\s*\nname = "(?P<name>[^"]+)"(?:(?!^\[\[).*\n)*', re.MULTILINE)
_ASKS = re.compile(r'(\w+) = ">= ([\d.]+)"')


def with_threshold(policy_text: str, rule: str, attribute: str, value: float) -> str:
    """The policy with one threshold changed. Raises KeyError if ``rule`` does not ask for it."""
    block = next((match for match in _RULE.finditer(policy_text) if match["name"] == rule), None)
    if block is None:
        raise KeyError(f"There is no rule {rule!r}.")
    changed, number = re.subn(
        rf'\b{attribute} = ">= [\d.]+"', f'{attribute} = ">= {value:g}"', block[0]
    )
    if number != 1:
        raise KeyError(f"Rule {rule!r} does not ask for {attribute}.")
    return policy_text[: block.start()] + changed + policy_text[block.end() :]


def sweep(mix: Mix, scores: Sequence[Scores], policy_text: str) -> Iterator[tuple[str, str]]:
    """For each score that a rule asks for: a heading, and a line per value that makes sense."""
    for rule, attribute, now in scores_asked(policy_text):
        if attribute not in scores[0].values:
            continue
        lines: dict[float, tuple[str, ...]] = {}
        for value in sorted({*STEPS, float(now)}):
            try:
                policy = parse(with_threshold(policy_text, rule, attribute, value), "swept")
            except PolicyError:  # a rule before it would take everything
                continue
            states = _states(mix, scores, policy, REGULAR)
            everything = np.arange(len(states))
            lines[value] = _cells(shares(states, mix.toxic, mix.weights, everything))
        yield f"{rule}: {attribute}", _swept(attribute, float(now), lines)


def _swept(attribute: str, now: float, lines: dict[float, tuple[str, ...]]) -> str:
    if len(set(lines.values())) == 1:
        return f"From {min(lines):g} to {max(lines):g} it makes no difference here."
    rows = [
        (f"**{value:g}**" if value == now else f"{value:g}", *cells)
        for value, cells in lines.items()
    ]
    return table((f"{attribute} at least", *_HEADER), rows)


def curve(mix: Mix, scores: Sequence[Scores], attribute: str = "toxicity") -> str:
    """A score alone, without a policy: what lies above each threshold."""
    values = np.array([found.values[attribute] for found in scores])
    toxic, weight = mix.toxic, mix.weights
    rows = []
    for threshold in STEPS:
        above = values >= threshold
        whole = weight[above].sum()
        right = weight[above & toxic].sum()
        rows.append(
            (f"{threshold:g}", percent(whole), percent(right / whole) if whole else "-",
             percent(right / weight[toxic].sum()),
             percent(weight[above & ~toxic].sum() / weight[~toxic].sum()))
        )  # fmt: skip
    header = (f"{attribute} at least", "of all", "of these toxic", "of the toxic", "of the others")
    return table(header, rows)
