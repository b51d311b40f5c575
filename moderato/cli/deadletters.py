"""`moderato deadletters`: what was given up, why, and another try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import click

from moderato.cli._store import redis_now, with_store
from moderato.cli._table import age, table
from moderato.store.deliveries import Delivery
from moderato.store.store import Store
from moderato.store.work import DeadLetter

Kind = Literal["scoring", "webhook"]
_KINDS = click.Choice(["scoring", "webhook"])

kind_option = click.option("--kind", type=_KINDS, help="Only comments, or only webhooks.")
site_option = click.option("--site", help="Only those of this site.")


@dataclass(frozen=True, slots=True)
class Letter:
    """A comment that could not be scored, or a webhook that could not be delivered.

    ``age`` is the seconds since it was given up.
    """

    kind: Kind
    id: str
    site: str
    comment: str
    attempts: int
    age: float
    error: str


@click.group()
def command() -> None:
    """What was given up: comments the model failed on, webhooks nobody took."""


@command.command("list")
@kind_option
@site_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_store
async def list_(
    store: Store, kind: Kind | None, site: str | None, limit: int, as_json: bool
) -> None:
    """List dead letters, the newest first."""
    found = await _letters(store, kind, site)
    now = await redis_now(store.redis)
    shown = [_letter(raw, now) for raw in found[:limit]]
    if as_json:
        click.echo(json.dumps([asdict(letter) for letter in shown], indent=2, ensure_ascii=False))
    elif shown:
        click.echo(table(["kind", "id", "site", "comment", "tries", "age", "error"], _rows(shown)))
        if len(found) > len(shown):
            click.echo(f"... and {len(found) - len(shown)} more: see --limit.")
        click.echo("\nTry again: `moderato deadletters replay ID` or `--all`.")
    else:
        click.echo("There are no dead letters.")


@command.command()
@click.argument("letter_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Every one, or all of --kind and --site.")
@kind_option
@site_option
@with_store
async def replay(
    store: Store,
    letter_id: str | None,
    everything: bool,
    kind: Kind | None,
    site: str | None,
) -> None:
    """Try dead letters again: ID, as listed, or --all.

    A comment goes back to the scorers, a webhook is due at once with its tries counted anew.
    """
    if everything == (letter_id is not None):
        raise click.UsageError("Say which: the ID of one, or --all.")
    letters = await _letters(store, kind, site)
    if letter_id is not None:
        letters = [letter for letter in letters if _id(letter) == letter_id]
        if not letters:
            raise click.ClickException(
                f"There is no dead letter {letter_id!r}; see `moderato deadletters list`."
            )
    if not letters:
        click.echo("There are no dead letters.")
        return
    replayed = 0
    with click.progressbar(letters, label="Trying again") as bar:
        for letter in bar:
            replayed += await _replay(store, letter)
    click.echo(f"{replayed} of {len(letters)} are on their way again.")
    if replayed < len(letters):
        click.echo("The others were gone: somebody else was quicker.")


async def _letters(
    store: Store, kind: Kind | None, site: str | None
) -> list[DeadLetter | Delivery]:
    """All dead letters, newest first."""
    comments: list[DeadLetter] = []
    webhooks: list[Delivery] = []
    if kind != "webhook":
        comments = await store.work.dead_letters(count=(await store.work.backlog())["dead"] or 1)
    if kind != "scoring":
        counts: list[Any] = [await store.redis.zcard(s.dead_deliveries) for s in store.shards]
        webhooks = await store.deliveries.dead(count=sum(map(int, counts)) or 1)
    both: list[DeadLetter | Delivery] = [*comments, *webhooks]
    found = [letter for letter in both if site in {None, letter.site}]
    return sorted(found, key=_given_up_at, reverse=True)


async def _replay(store: Store, letter: DeadLetter | Delivery) -> bool:
    if isinstance(letter, DeadLetter):
        return await store.work.replay(letter)
    return await store.deliveries.replay(letter)


def _id(letter: DeadLetter | Delivery) -> str:
    """Unique in the deployment: stream ids are so within their shard alone."""
    return f"s{letter.shard}-{letter.id}" if isinstance(letter, DeadLetter) else letter.id


def _given_up_at(letter: DeadLetter | Delivery) -> int:
    return letter.at if isinstance(letter, DeadLetter) else letter.tried_at


def _letter(raw: DeadLetter | Delivery, now: float) -> Letter:
    comment = isinstance(raw, DeadLetter)
    error = raw.error
    if isinstance(raw, Delivery) and raw.status:
        error = f"HTTP {raw.status} {raw.error}".strip()
    return Letter(
        kind="scoring" if comment else "webhook",
        id=_id(raw),
        site=raw.site,
        comment=raw.comment,
        attempts=raw.times_delivered if isinstance(raw, DeadLetter) else raw.attempts,
        age=round(now - _given_up_at(raw) / 1000, 1),
        error=error,
    )


def _rows(letters: Sequence[Letter]) -> list[dict[str, object]]:
    return [
        {**asdict(letter), "age": age(letter.age), "error": letter.error.split("\n")[0][:80]}
        for letter in letters
    ]
