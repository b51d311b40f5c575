"""The ``moderato`` command. Each subcommand lives in a module of its own, loaded when called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

import moderato
from moderato.config import ConfigError

#: name -> (the module whose ``command`` it is, what it does in a line).
COMMANDS: Final = {
    "up": ("moderato.cli.up", "Start everything on this machine."),
    "doctor": ("moderato.cli.doctor", "Say what is wrong with an installation and how to mend it."),
    "site": ("moderato.cli.site", "Sites: add, list, rotate their API keys."),
    "user": ("moderato.cli.user", "People who log in to the console."),
    "policy": ("moderato.cli.policy", "Policies: check, try, push."),
    "models": ("moderato.cli.models", "Toxicity models: list, pull, import, use."),
    "queue": ("moderato.cli.queue", "What waits, and for how long."),
    "deadletters": ("moderato.cli.deadletters", "What could not be done: list and replay it."),
    "rescore": ("moderato.cli.rescore", "The model in use on comments that another one scored."),
    "replay": ("moderato.cli.replay", "Post comments from a file and report what became of them."),
}


class LazyGroup(click.Group):
    """Imports a subcommand when it is called, so that ``--help`` costs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = import_module(module).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(moderato.__version__, prog_name="moderato")
def group() -> None:
    """The moderation desk for a newsroom's comments.

    Settings come from MODERATO_ variables: see docs/configuration.md. Without
    MODERATO_REDIS_URL the commands use the Redis that `moderato up` started.
    """


def main() -> None:
    """The entry point: a mistake in the settings is one line and status 2, not a traceback."""
    try:
        group(prog_name="moderato")
    except ConfigError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
