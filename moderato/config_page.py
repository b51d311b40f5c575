"""docs/configuration.md, written from the comments in config.py.

python -m moderato.config_page > docs/configuration.md
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import fields
from pathlib import Path

from moderato import config
from moderato.config import Config

_INTRODUCTION = """\
# Configuration

Every setting is an environment variable, read once when a process starts. A variable that
starts with `MODERATO_` and is not listed here stops the process: it is most likely misspelt.

`moderato up` also takes the most common ones as options: see `moderato up --help`.

<!-- Written by `python -m moderato.config_page`; change moderato/config.py instead. -->
"""
_FOOT = """
## Read elsewhere

| Variable | Read by |
|---|---|
| `MODERATO_DATA_DIR` | `moderato`, scorers: the folder of the embedded Redis and of models. |
| `MODERATO_URL` | The example news site: where intake is. |
| `MODERATO_API_KEY` | The example news site: its API key. |
| `MODERATO_WEBHOOK_SECRET` | The example news site: what its webhooks are signed with. |
| `MODERATO_TEST_REDIS_SERVER` | The tests: the redis-server binary to run on. |
"""


def page() -> str:
    """The whole page, as Markdown."""
    lines = Path(config.__file__).read_text().splitlines()
    defaults = {field.name: field.default for field in fields(Config)}
    parts = [_INTRODUCTION]
    for node in _settings("\n".join(lines)):
        assert isinstance(node.target, ast.Name)
        words, heading = _comment_above(lines, node.lineno - 1)
        if heading is not None:
            parts.append(f"\n## {heading}\n\n| Variable | Default | Meaning |\n|---|---|---|\n")
        name = node.target.id
        parts.append(f"| `MODERATO_{name.upper()}` | {_shown(defaults[name])} | {words} |\n")
    return "".join([*parts, _FOOT])


def _settings(source: str) -> list[ast.AnnAssign]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == Config.__name__:
            return [item for item in node.body if isinstance(item, ast.AnnAssign)]
    raise LookupError("config.py has no class Config.")


def _comment_above(lines: list[str], index: int) -> tuple[str, str | None]:
    """The ``#:`` lines above line ``index``, and the heading above those, where there is one."""
    words: list[str] = []
    while (line := lines[index - 1].strip()).startswith("#:"):
        words.insert(0, line.removeprefix("#:").strip())
        index -= 1
    heading = re.fullmatch(r"# -- (.+?) -*", line)
    return " ".join(words), heading[1].capitalize() if heading else None


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    return f"`{value}`" if value != "" else "none"


if __name__ == "__main__":
    sys.stdout.write(page())
