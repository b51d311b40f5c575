"""`moderato user`: the people who log in to the console."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from moderato.cli._store import with_store
from moderato.cli._table import table
from moderato.cli._urls import console_url
from moderato.config import Config
from moderato.store.audit import COMMAND_LINE, Detail
from moderato.store.store import Store
from moderato.store.users import Role, UserError, normal


@click.group()
def command() -> None:
    """The people who log in to the console.

    \b
    moderato user invite ana --role editor
    moderato user reset ana
    moderato user reset-second-factor ana
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
    await _record(store, "person.add", name, role=role)
    click.echo(f"Made {name}, {role}. The password is shown this once:\n\n  {password}")


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
async def invite(store: Store, name: str, role: str) -> None:
    """Make a link with which NAME chooses a password; it works once, for some days.

    A new invitation for the same name voids the one before.

    \b
    moderato user invite ana --role editor
    """
    try:
        token, made = await store.invitations.invite(name, Role(role), by=COMMAND_LINE)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    await _record(store, "person.invite", made.name, role=role)
    until = f"{datetime.fromtimestamp(made.expires_at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    click.echo(f"Send {made.name} this link, shown this once. It is good until {until}:\n")
    click.echo(f"  {console_url(Config.from_env())}/invite#{token}")
    click.echo("\nPut the console's public address in front where it has another one.")


@command.command("reset-second-factor")
@click.argument("name")
@with_store
async def reset_second_factor(store: Store, name: str) -> None:
    """Turn off the second factor of NAME, who lost it, and log them out everywhere.

    \b
    moderato user reset-second-factor ana
    """
    try:
        had_one = await store.users.drop_second_factor(name)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    if not had_one:
        click.echo(f"{name} has no second factor.")
        return
    await _record(store, "person.second-factor-reset", name)
    click.echo(f"{name} logs in with the password alone now. Every login has ended.")


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
    await _record(store, "person.reset", name)
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
    try:
        removed = await store.users.remove(name)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    if not removed:
        raise click.ClickException(f"There is no account {name!r}; see `moderato user list`.")
    await _record(store, "person.remove", name)
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
            "second_factor": user.second_factor,
            "created_at": f"{datetime.fromtimestamp(user.created_at / 1000, UTC):%Y-%m-%d}",
        }
        for user in await store.users.all()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        shown = [{**row, "second_factor": "on" if row["second_factor"] else "off"} for row in rows]
        click.echo(table(["name", "role", "second factor", "made on"], shown))
    else:
        click.echo("There is no account yet. Make one: `moderato user add NAME`.")


async def _record(store: Store, action: str, name: str, **details: Detail) -> None:
    """Whoever has this machine's command line acts under its name."""
    await store.audit.record(by=COMMAND_LINE, action=action, subject=normal(name), details=details)
