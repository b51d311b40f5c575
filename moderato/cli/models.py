"""`moderato models`: a program of the scorer's, because this package knows no model."""

from __future__ import annotations

import os
import sys

import click


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Detoxify's own models: list, pull, import, use."""
    program = [sys.executable, "-m", "workers.scorer.models_cli", *words]
    sys.stdout.flush()
    # In this process's place, so that Ctrl-C and the exit status are its own.
    os.execv(sys.executable, program)  # noqa: S606 -- our own module, and no shell
