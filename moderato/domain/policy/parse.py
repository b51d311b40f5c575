"""Reading a policy from TOML. docs/policy.md describes the format."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from moderato.domain.policy.model import TIGHTER, Outcome, Policy, Rule
from moderato.domain.policy.parse_conditions import ConditionParser
from moderato.domain.policy.parse_rules import RuleParser, read_outcome
from moderato.domain.policy.problems import PolicyError, Problem
from moderato.domain.policy.reader import Reader
from moderato.domain.policy.syntax import syntax_problem
from moderato.domain.policy.unreachable import shadowed, takes_everything
from moderato.domain.scores import ModelInfo
from moderato.domain.text import WordList
from moderato.domain.text.words import entry_trouble

_KEYS: Final = ("name", "description", "otherwise", "words", "tighter", "rules")
_VERSION_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy, None where an error was found, with all problems in the file's order."""

    policy: Policy | None
    problems: tuple[Problem, ...]


def parse(text: str, filename: str) -> Policy:
    """The policy in ``text``. Raises PolicyError with every error; warnings do not count.

    ``filename`` is for messages.
    """
    reading = read(text)
    if reading.policy is None:
        raise PolicyError(filename, [one for one in reading.problems if not one.is_warning])
    return reading.policy


def read(text: str, model: ModelInfo | None = None) -> Reading:
    """The policy in ``text`` with everything there is to say about it, warnings included.

    ``model`` is the one in use, None where that is not known. A rule that asks it for a score it
    does not give gets a warning, not an error: the next model may give it.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Reading(None, (syntax_problem(error, text),))
    reader = Reader(text)
    policy = _policy(data, reader, model)
    return Reading(None if reader.errors else policy, reader.problems)


def _policy(data: dict[str, Any], reader: Reader, model: ModelInfo | None) -> Policy:
    reader.check_keys(data, (), _KEYS)
    name = reader.text(data, (), "name", "default")
    description = reader.optional_text(data, (), "description", "What this policy is for.")
    otherwise = read_outcome(reader, data, (), "otherwise", "approve")
    words, word_names = _words(data.get("words", {}), reader)
    conditions = ConditionParser(reader, model, word_names)
    rules = RuleParser(reader, conditions).parse(data.get("rules", []))
    _note_unreachable(rules, reader)
    for unused in sorted(word_names - conditions.used_words):
        fix = "use it in a rule, or remove it"
        reader.note(("words", unused), f'no rule uses "{unused}"', fix, is_warning=True)
    return Policy(
        name=name or "",
        version=_version(data),
        description=description or "",
        rules=tuple(rule for rule in rules if rule is not None),
        otherwise=otherwise or Outcome.FLAG,
        words=words,
        tighter=_tighter(data.get("tighter", {}), reader),
    )


def _tighter(table: Any, reader: Reader) -> float:
    """The factor of ``[tighter]``."""
    example = "factor = 0.7"
    if not isinstance(table, dict):
        reader.wrong_kind(("tighter",), table, dict, f"{example} under [tighter]")
        return TIGHTER
    reader.check_keys(table, ("tighter",), ("factor",))
    value, at = table.get("factor", TIGHTER), ("tighter", "factor")
    if isinstance(value, bool) or not isinstance(value, int | float):
        reader.wrong_kind(at, value, float, example)
        return TIGHTER
    if not 0 < value <= 1:
        reader.note(at, f'"factor" is {value}', "use a number above 0, up to 1")
    return float(value)


def _words(table: Any, reader: Reader) -> tuple[dict[str, WordList], frozenset[str]]:
    """The good word lists, and the names of all."""
    if not isinstance(table, dict):
        reader.wrong_kind(("words",), table, dict, 'banned = ["..."] under [words]')
        return {}, frozenset()
    lists: dict[str, WordList] = {}
    for name, value in table.items():
        path = ("words", name)
        entries = reader.names(value, path, f'{name} = ["..."]')
        troubles = {entry: trouble for entry in entries if (trouble := entry_trouble(entry))}
        for entry, trouble in troubles.items():
            reader.note(path, f'"{entry}": {trouble}', 'write "word" or "word*"')
        if entries and not troubles:
            lists[name] = WordList(entries)
    return lists, frozenset(table)


def _note_unreachable(rules: Sequence[Rule | None], reader: Reader) -> None:
    for index, earlier in shadowed(rules):
        if takes_everything(earlier):
            taken, fix = "every comment", f'move "{earlier.name}" to the end'
        else:
            taken, fix = "all of these", f'move it before "{earlier.name}", or remove it'
        what = f'this rule can never decide: "{earlier.name}" before it takes {taken}'
        reader.note(("rules", index), what, fix)


def _version(data: dict[str, Any]) -> str:
    """A hash of the content: the same for files that differ in comments and layout only."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(canonical.encode()).hexdigest()[:_VERSION_DIGITS]
