"""Reading ``[[rules]]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from moderato.domain.policy.condition import Condition
from moderato.domain.policy.lines import Path
from moderato.domain.policy.model import OTHERWISE, Outcome, Rule
from moderato.domain.policy.parse_conditions import ConditionParser
from moderato.domain.policy.problems import choose_from
from moderato.domain.policy.reader import Reader, kind_of
from moderato.domain.policy.reason import Template

_KEYS: Final = ("name", "when", "then", "reason", "tell_author", "priority")


class RuleParser:
    def __init__(self, reader: Reader, conditions: ConditionParser) -> None:
        self._reader = reader
        self._conditions = conditions
        self._lines_of: dict[str, int] = {}

    def parse(self, rules: Any) -> list[Rule | None]:
        """The rules in order, with None for each that has an error."""
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            what = f'"rules" must be tables, not {kind_of(rules)}'
            self._reader.note(("rules",), what, "begin each rule with [[rules]]")
            return []
        return [self._rule(rule, ("rules", index)) for index, rule in enumerate(rules)]

    def _rule(self, table: dict[str, Any], path: Path) -> Rule | None:
        errors = self._reader.errors
        self._reader.check_keys(table, path, _KEYS)
        name = self._name(table, path)
        when = self._when(table, path)
        then = read_outcome(self._reader, table, path, "then", "flag")
        reason = self._template(table, path, "reason", when)
        tell_author = self._template(table, path, "tell_author", when)
        priority = self._priority(table, path, then)
        if self._reader.errors > errors or name is None or then is None:
            return None
        return Rule(name, when, then, reason, tell_author, priority)

    def _name(self, table: dict[str, Any], path: Path) -> str | None:
        name = self._reader.text(table, path, "name", "many-links")
        if name is None:
            return None
        at = (*path, "name")
        if name == OTHERWISE:
            what = f'a rule cannot be called "{name}": decisions that no rule took are'
            self._reader.note(at, what, "choose another name")
        if name in self._lines_of:
            what = f'the rule on line {self._lines_of[name]} is called "{name}", too'
            self._reader.note(at, what, "give every rule its own name")
        self._lines_of.setdefault(name, self._reader.line_of(at))
        return name

    def _when(self, table: dict[str, Any], path: Path) -> tuple[Condition, ...]:
        if "when" not in table:
            fix = 'write, for example, when.links = "> 2", or when.always = true'
            self._reader.note(path, '"when" is missing', fix)
            return ()
        return self._conditions.parse(table["when"], (*path, "when"))

    def _template(
        self, table: dict[str, Any], path: Path, key: str, when: Sequence[Condition]
    ) -> Template | None:
        text = self._reader.optional_text(table, path, key, "This comment has many links.")
        if text is None:
            return None
        at = (*path, key)
        try:
            template = Template.parse(text)
        except ValueError as error:
            fix = "write {toxicity} or {toxicity:%}, and {{ for a brace"
            self._reader.note(at, f'"{key}": {error}', fix)
            return None
        given = {name: share for one in when for name, share in one.provides.items()}
        for place in template.places:
            if place.name not in given:
                what = f'"{key}" has {{{place.name}}}, which no condition of this rule gives'
                self._reader.note(at, what, choose_from(place.name, given))
            elif place.percent and not given[place.name]:
                what = f"{{{place.name}:%}} asks for percent, but {place.name} is no share"
                self._reader.note(at, what, f"write {{{place.name}}}")
        return template

    def _priority(self, table: dict[str, Any], path: Path, then: Outcome | None) -> float | None:
        value = table.get("priority")
        if value is None:
            return None
        at = (*path, "priority")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._reader.wrong_kind(at, value, float, "priority = 0.9")
            return None
        if not 0 <= value <= 1:
            self._reader.note(at, f'"priority" is {value}', "use a number from 0 to 1")
        if then in {Outcome.APPROVE, Outcome.REJECT}:
            what = '"priority" orders the queue, where only flagged comments go'
            self._reader.note(at, what, 'remove it, or write then = "flag"', is_warning=True)
        return float(value)


def read_outcome(
    reader: Reader, table: dict[str, Any], path: Path, key: str, example: str
) -> Outcome | None:
    """The outcome under ``key``, which must be there."""
    value = reader.text(table, path, key, example)
    if value is None:
        return None
    if value not in set(Outcome):
        reader.note((*path, key), f'unknown outcome "{value}"', choose_from(value, Outcome))
        return None
    return Outcome(value)
