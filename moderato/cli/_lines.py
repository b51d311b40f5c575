"""What `moderato up` shows: its own words and each program's lines, on one terminal or as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import click

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta")


class Lines:
    """Prefixes each line with the program it came from; as JSON, keeps one object per line."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._names = 0

    def of(self, name: str) -> Callable[[str], None]:
        """Where the lines of program ``name`` go."""
        prefix = click.style(f"{name:>9} | ", fg=_COLOURS[self._names % len(_COLOURS)])
        self._names += 1

        def show(line: str) -> None:
            if not self.as_json:
                click.echo(prefix + line)
            elif line.startswith("{"):
                click.echo(line)
            else:
                self.event("output", service=name, line=line)

        return show

    def say(self, words: str, event: str, **facts: object) -> None:
        """Tell a person ``words``, or a machine ``event`` with its ``facts``."""
        if self.as_json:
            self.event(event, service="up", **facts)
        else:
            click.echo(words)

    def event(self, event: str, **facts: object) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat()
        click.echo(json.dumps({"event": event, "level": "info", "timestamp": now, **facts}))
