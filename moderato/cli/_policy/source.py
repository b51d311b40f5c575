"""A policy file given on the command line, read before anything else happens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from moderato.domain.policy import Policy, Problem, read
from moderato.domain.scores import ModelInfo
from moderato.policies import default_text

#: Given in place of a file.
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Source:
    """A text that should be a policy, and where it came from."""

    filename: str
    text: str

    def policy(self, model: ModelInfo | None) -> Policy:
        """The policy, with its problems shown; ends the command where it has errors.

        ``model`` is the one in use, None where that is not known.
        """
        reading = read(self.text, model)
        for problem in reading.problems:
            click.echo(_line(self.filename, problem), err=True)
        if reading.policy is None:
            errors = sum(not problem.is_warning for problem in reading.problems)
            click.echo(
                f"{self.filename}: {errors} {'error' if errors == 1 else 'errors'}.", err=True
            )
            raise click.exceptions.Exit(1)
        return reading.policy


class PolicyFile(click.ParamType[Source]):
    """A file, or the word "default"."""

    name = "file"

    def convert(
        self, value: str | Source, param: click.Parameter | None, ctx: click.Context | None
    ) -> Source:
        if isinstance(value, Source):
            return value
        text = default_text() if _is_default(value) else self._read(value, param, ctx)
        return Source(value, text)

    def _read(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return Path(value).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            self.fail(f"{value} is not UTF-8 (byte {error.start}): save it as UTF-8.", param, ctx)
        except OSError as error:
            self.fail(f"{value} cannot be read: {error.strerror}.", param, ctx)


def _is_default(value: str) -> bool:
    return value == DEFAULT and not Path(value).exists()


def _line(filename: str, problem: Problem) -> str:
    colour = "yellow" if problem.is_warning else "red"
    return f"{filename}:{problem.line}: {click.style(problem.message, fg=colour)} → {problem.fix}"
