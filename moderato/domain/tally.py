"""The counts of some sites and days, added up and sorted by what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from moderato.domain.lifecycle import Step


@dataclass(slots=True)
class Rule:
    """How often a rule led where, and what people made of it.

    ``agreed`` and ``disagreed``: people rejected, or approved, what it had flagged.
    ``overturned``: people reversed what it had approved or rejected by itself.
    """

    approved: int = 0
    flagged: int = 0
    rejected: int = 0
    agreed: int = 0
    disagreed: int = 0
    overturned: int = 0


@dataclass(slots=True)
class Person:
    """What a moderator did, by step; ``reversed``: another person reversed a decision of theirs."""

    steps: Counter[str] = field(default_factory=Counter)
    reversed: int = 0


@dataclass(slots=True)
class Tally:
    """``policy``, ``rescored``, ``overturned``: state -> how many. ``took``: "policy" or
    "people" -> bucket -> how many; see domain/durations.py.
    """

    arrived: int = 0
    erased: int = 0
    reported: int = 0
    policy: Counter[str] = field(default_factory=Counter)
    rescored: Counter[str] = field(default_factory=Counter)
    overturned: Counter[str] = field(default_factory=Counter)
    took: dict[str, Counter[int]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def steps(self) -> Counter[str]:
        """What people did, by step."""
        return sum((person.steps for person in self.people.values()), Counter())

    @property
    def reversed(self) -> int:
        """Decisions of people that other people reversed."""
        return sum(person.reversed for person in self.people.values())

    @property
    def verdicts(self) -> tuple[int, int]:
        """On how many flagged comments people agreed and disagreed with the rule."""
        rules = self.rules.values()
        return sum(rule.agreed for rule in rules), sum(rule.disagreed for rule in rules)


def tally(days: Iterable[Mapping[str, int]]) -> Tally:
    """Adds up what `count` in domain/numbers.py names; a name it does not know is left out."""
    total = Tally()
    for day in days:
        for name, many in day.items():
            _add(total, name, many)
    return total


def _add(total: Tally, name: str, many: int) -> None:
    head, _, rest = name.partition(":")
    # A rule's name may have colons of its own.
    about, _, what = rest.rpartition(":")
    match head:
        case "arrived":
            total.arrived += many
        case "erased":
            total.erased += many
        case "by":
            _person(total, about).steps[what] += many
        case "reversed":
            _person(total, rest).reversed += many
        case "took":
            total.took.setdefault(about, Counter())[int(what)] += many
        case "verdict" if what == "rejected":
            _rule(total, about).agreed += many
        case "verdict":
            _rule(total, about).disagreed += many
        case "overturned":
            total.overturned[what] += many
            _rule(total, about).overturned += many
        case Step.DECIDE | Step.RESCORE | Step.REPORT:
            _led(total, head, about, what, many)


def _led(total: Tally, step: str, rule: str, state: str, many: int) -> None:
    if step == Step.REPORT:
        total.reported += many
    else:
        (total.policy if step == Step.DECIDE else total.rescored)[state] += many
    found = _rule(total, rule)
    setattr(found, state, getattr(found, state) + many)


def _rule(total: Tally, name: str) -> Rule:
    return total.rules.setdefault(name, Rule())


def _person(total: Tally, name: str) -> Person:
    return total.people.setdefault(name, Person())
