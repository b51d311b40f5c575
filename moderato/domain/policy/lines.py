"""Finding the line of a key in a TOML text, for messages; tomllib does not tell.

A look-up as a person would do it: the n-th ``[[rules]]``, and below it the key. Comments and
the insides of multi-line strings are not taken for keys.
"""

from __future__ import annotations

import re

#: Keys and indexes from the top, such as ("rules", 2, "when", "scores").
Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_TRIPLE = re.compile(r'"""|\'\'\'')


class Lines:
    """The lines of a TOML text that parses."""

    def __init__(self, text: str) -> None:
        self._code = list(_code(text))
        self._headers = [
            (number, found[2], found[1] == "[[")
            for number, line in enumerate(self._code)
            if (found := _HEADER.match(line))
        ]

    def find(self, path: Path) -> tuple[int, int | None]:
        """Line and column, from 1, of the key that ``path`` ends in.

        Where that is not there, of the nearest key around it; a line alone for a rule's header.
        """
        begin, end, keys = self._region(path)
        for key in reversed(keys):
            pattern = re.compile(rf"(?:^|[\s.{{,\[])(?P<key>[\"']?{re.escape(key)}[\"']?)\s*[=.\]]")
            for number in range(begin, end):
                if found := pattern.search(self._code[number]):
                    return number + 1, found.start("key") + 1
        return begin + 1, None

    def _region(self, path: Path) -> tuple[int, int, list[str]]:
        """The lines [begin, end) that ``path`` points into, and the keys to look for there."""
        keys = [part for part in path if isinstance(part, str)]
        if len(path) > 1 and isinstance(path[1], int):
            starts = [at for at, name, is_array in self._headers if is_array and name == path[0]]
            if path[1] < len(starts):
                begin = starts[path[1]]
                return begin, self._end_of(begin, keys[0]), keys[1:]
        if len(path) == 1 and self._headers and keys[0] not in {h[1] for h in self._headers}:
            return 0, self._headers[0][0], keys
        return 0, len(self._code), keys

    def _end_of(self, begin: int, table: str) -> int:
        for number, name, _ in self._headers:
            if number > begin and not name.startswith(f"{table}."):
                return number
        return len(self._code)


def _code(text: str) -> list[str]:
    """The lines, with comment lines and those inside multi-line strings made empty."""
    lines: list[str] = []
    within = False
    for line in text.split("\n"):
        is_code = not within and not line.lstrip().startswith("#")
        lines.append(line if is_code else "")
        if (is_code or within) and len(_TRIPLE.findall(line)) % 2:
            within = not within
    return lines
