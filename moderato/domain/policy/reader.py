"""Taking typed values out of parsed TOML, with every problem noted and none thrown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moderato.domain.policy.lines import Lines, Path
from moderato.domain.policy.problems import Problem, choose_from

_KINDS: Mapping[type, str] = {
    str: "a text in quotes",
    bool: "true or false",
    dict: "a table",
    list: "a list",
    float: "a number",
}


class Reader:
    """Notes problems by path; ``problems`` has them with their lines, in the file's order."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self._problems: list[Problem] = []

    def note(self, path: Path, what: str, fix: str, *, is_warning: bool = False) -> None:
        line, column = self._lines.find(path)
        self._problems.append(Problem(line, column, what, fix, is_warning))

    def line_of(self, path: Path) -> int:
        return self._lines.find(path)[0]

    @property
    def errors(self) -> int:
        """How many there are so far, warnings not counted."""
        return sum(not problem.is_warning for problem in self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems, key=lambda one: (one.line, one.column or 0)))

    def check_keys(self, table: Mapping[str, Any], path: Path, known: Iterable[str]) -> None:
        known = frozenset(known)
        for key in table:
            if key not in known:
                self.note((*path, key), f'unknown key "{key}"', choose_from(key, known))

    def text(self, table: Mapping[str, Any], path: Path, key: str, example: str) -> str | None:
        """A text that must be there and not be empty."""
        if key not in table:
            self.note(path, f'"{key}" is missing', f'write {key} = "{example}"')
            return None
        return self.optional_text(table, path, key, example)

    def optional_text(
        self, table: Mapping[str, Any], path: Path, key: str, example: str
    ) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong_kind((*path, key), value, str, f'{key} = "{example}"')
            return None
        if not value.strip():
            self.note((*path, key), f'"{key}" is empty', f'write {key} = "{example}"')
            return None
        return value.strip()

    def names(self, value: Any, path: Path, example: str) -> tuple[str, ...]:
        """A text or a list of texts, without repeats; empty when it is neither."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            self.wrong_kind(path, value, str, example)
            return ()
        if not values:
            self.note(path, f'"{path[-1]}" is empty', f"write {example}")
        return tuple(dict.fromkeys(values))

    def wrong_kind(self, path: Path, value: Any, kind: type, example: str) -> None:
        self.note(
            path,
            f'"{path[-1]}" must be {_KINDS[kind]}, not {kind_of(value)}',
            f"write {example}",
        )


def kind_of(value: Any) -> str:
    """A value's kind and, where it is short, the value itself."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    return _KINDS.get(type(value), "a date or time")
