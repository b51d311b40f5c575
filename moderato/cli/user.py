"""`moderato user`: the people who log in to the console."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from moderato.cli._store import with_store
from moderato.cli._table import table
from moderato.store.store import Store
from moderato.store.users import Role, UserError


@click.group()
def command() -> None:
    """The people who log in to the console.

    \b
    moderato user add ana --role editor
    moderato user reset ana
    moderato user remove ana
    """


@command.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MODERATOR.value,
    show_default=True,
    help="What NAME may do.",
)
@with_store
async def add(store: Store, name: str, role: str) -> None:
    """Make an account for NAME and show its password, this once.

    A name is one word, or an e-mail address; case does not matter.

    \b
    moderato user add ana
    moderato user add ben@harbour-times.example --role editor
    """
    try:
        password = await store.users.create(name, Role(role))
    except UserError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Made {name}, {role}. The password is shown this once:\n\n  {password}")


@command.command()
@click.argument("name")
@with_store
async def reset(store: Store, name: str) -> None:
    """Give NAME a new password, shown this once, and log them out everywhere.

    \b
    moderato user reset ana
    """
    try:
        password = await store.users.reset(name)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"The new password of {name}, shown this once. The old one and every login are void:"
        f"\n\n  {password}"
    )


@command.command()
@click.argument("name")
@with_store
async def remove(store: Store, name: str) -> None:
    """Delete the account of NAME; what they decided stays in the history.

    \b
    moderato user remove ana
    """
    if not await store.users.remove(name):
        raise click.ClickException(f"There is no account {name!r}; see `moderato user list`.")
    click.echo(f"Removed {name} and ended every login.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_store
async def list_(store: Store, as_json: bool) -> None:
    """List the accounts."""
    rows = [
        {
            "name": user.name,
            "role": user.role.value,
            "created_at": f"{datetime.fromtimestamp(user.created_at / 1000, UTC):%Y-%m-%d}",
        }
        for user in await store.users.all()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        click.echo(table(["name", "role", "made on"], rows))
    else:
        click.echo("There is no account yet. Make one: `moderato user add NAME`.")
