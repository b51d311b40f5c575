"""Conditions on numbers: scores, and the quantities that ``quantities`` lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderato.domain.policy import show
from moderato.domain.policy.comparison import Comparison
from moderato.domain.policy.condition import Finding
from moderato.domain.policy.facts import Facts
from moderato.domain.policy.quantities import QUANTITIES


@dataclass(frozen=True, slots=True)
class ScoreIs:
    """The score of one attribute."""

    attribute: str
    compared: Comparison

    def test(self, facts: Facts) -> Finding:
        value = facts.scores.get(self.attribute)
        if value is None:
            return Finding(None, f"{self._label} was not scored")
        shown = show.share(value, self.compared)
        holds = self.compared.holds(value)
        says = f"{self._label} {shown} {_is(holds)} {self.compared.words(show.bound)}"
        return Finding(holds, says, {self.attribute: shown})

    @property
    def plain(self) -> str:
        return f"{self._label} is {self.compared.words(show.bound)}"

    @property
    def _label(self) -> str:
        return show.words(self.attribute)

    @property
    def provides(self) -> Mapping[str, bool]:
        return {self.attribute: True}


@dataclass(frozen=True, slots=True)
class AnyScore:
    """At least one of several attributes; with ``every``, any the model gives."""

    scores: tuple[ScoreIs, ...] = ()
    every: Comparison | None = None

    def test(self, facts: Facts) -> Finding:
        asked = self.scores
        if self.every is not None:
            asked = tuple(ScoreIs(name, self.every) for name in facts.scores)
        findings = {one.attribute: one.test(facts) for one in asked}
        holding = [name for name, finding in findings.items() if finding.holds]
        if holding:
            highest = max(holding, key=lambda name: facts.scores[name])
            values = {name: findings[name].values[name] for name in holding}
            says = "; ".join(findings[name].says for name in holding)
            extra = {"attribute": show.words(highest), "score": values[highest]}
            return Finding(True, says, {**values, **extra})
        unknown = not findings or any(finding.holds is None for finding in findings.values())
        says = "; ".join(finding.says for finding in findings.values())
        return Finding(None if unknown else False, says or "nothing was scored")

    @property
    def plain(self) -> str:
        if self.every is not None:
            return f"any score is {self.every.words(show.bound)}"
        return show.either(one.plain for one in self.scores)

    @property
    def provides(self) -> Mapping[str, bool]:
        return {"attribute": False, "score": True}


@dataclass(frozen=True, slots=True)
class NumberIs:
    """One of ``QUANTITIES``."""

    key: str
    compared: Comparison

    def test(self, facts: Facts) -> Finding:
        quantity = QUANTITIES[self.key]
        value = quantity.value(facts)
        if value is None:
            return Finding(None, f"{quantity.label} is not known")
        shown = self._show(value, self.compared)
        holds = self.compared.holds(value)
        says = f"{quantity.label} ({shown}) {_is(holds)} {self._asked}"
        return Finding(holds, says, {self.key: shown})

    def _show(self, value: float, compared: Comparison | None = None) -> str:
        if QUANTITIES[self.key].is_share:
            return show.share(value, compared)
        return show.count(value)

    @property
    def _asked(self) -> str:
        share = QUANTITIES[self.key].is_share
        return self.compared.words(show.bound if share else show.count)

    @property
    def plain(self) -> str:
        return f"{QUANTITIES[self.key].label} is {self._asked}"

    @property
    def provides(self) -> Mapping[str, bool]:
        return {self.key: QUANTITIES[self.key].is_share}


def _is(holds: bool) -> str:
    return "is" if holds else "is not"
