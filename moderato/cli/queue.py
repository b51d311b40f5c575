"""`moderato queue`: what waits, where, and for how long."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

import click

from moderato.cli._store import redis_now, with_store
from moderato.cli._table import age, table
from moderato.store.store import Store


@dataclass(frozen=True, slots=True)
class SiteQueue:
    """A site's comments that wait: for the model, and for a person.

    ``oldest_pending`` is the age in seconds of the comment that has waited for the model
    longest, None where none does.
    """

    site: str
    pending: int
    oldest_pending: float | None
    flagged: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a deployment; the lanes count what is under way, too."""

    sites: list[SiteQueue]
    #: Comments to score.
    work: int
    #: Comments to score for which a request waits.
    quick: int
    #: Decisions that can still be undone.
    held: int
    #: Decisions to publish.
    outbox: int
    webhooks: int
    dead_comments: int
    dead_webhooks: int


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--mend", is_flag=True, help="Set the queues' indexes anew from the comments.")
@with_store
async def command(store: Store, as_json: bool, mend: bool) -> None:
    """Show what waits, and for how long.

    --mend is for after an upgrade during which an older release was still running: the desk's
    filters and counts, articles and authors then follow the comments again. It may run at any
    time.
    """
    if mend:
        await _mend(store)
    waiting = await look(store)
    if as_json:
        click.echo(json.dumps(asdict(waiting), indent=2))
        return
    if waiting.sites:
        click.echo(table(["site", "pending", "oldest", "flagged"], [*map(_row, waiting.sites)]))
    else:
        click.echo("There is no site yet. Make one: `moderato site add ID`.")
    click.echo("")
    click.echo(table(["everywhere", ""], [*map(_line, _totals(waiting))]))
    if waiting.dead_comments or waiting.dead_webhooks:
        click.echo("\nDead letters wait for you: `moderato deadletters list`.")


async def _mend(store: Store) -> None:
    sites = [site.id for site in await store.sites.all()]
    counts = await store.queues.counts(sites)
    length = 2 * sum(each["flagged"] + each["escalated"] for each in counts.values())
    with click.progressbar(length=length, label="Mending", file=sys.stderr) as bar:
        mended = sum([await store.queues.mend(site, bar.update) for site in sites])
    click.echo(f"Comments indexed: {mended}.", err=True)
    shelved = await store.shelving.mend()
    click.echo(f"Comments found among their article's and author's: {shelved}.", err=True)


async def look(store: Store) -> Waiting:
    """Counts what waits, from the queues themselves."""
    now = await redis_now(store.redis)
    counts = await store.queues.counts([site.id for site in await store.sites.all()])
    sites = []
    for site, states in counts.items():
        oldest = await store.queues.oldest_pending(site)
        sites.append(
            SiteQueue(
                site=site,
                pending=states["pending"],
                oldest_pending=None if oldest is None else round(now - oldest / 1000, 1),
                flagged=states["flagged"],
            )
        )
    lanes = await store.work.backlog()
    return Waiting(
        sites=sites,
        work=lanes["work"],
        quick=lanes["quick"],
        held=await _sum(store, "held"),
        outbox=lanes["outbox"],
        webhooks=await store.deliveries.waiting(),
        dead_comments=lanes["dead"],
        dead_webhooks=await _sum(store, "dead_deliveries"),
    )


async def _sum(store: Store, sorted_set: str) -> int:
    """How many members a sorted set of each shard has, together."""
    counts: list[Any] = [
        await store.redis.zcard(getattr(shard, sorted_set)) for shard in store.shards
    ]
    return sum(map(int, counts))


def _row(queue: SiteQueue) -> dict[str, object]:
    return {
        "site": queue.site,
        "pending": queue.pending,
        "oldest": "-" if queue.oldest_pending is None else age(queue.oldest_pending),
        "flagged": queue.flagged,
    }


def _totals(waiting: Waiting) -> list[tuple[str, int]]:
    return [
        ("comments to score", waiting.work),
        ("... for which a request waits", waiting.quick),
        ("decisions that can be undone", waiting.held),
        ("decisions to publish", waiting.outbox),
        ("webhooks to deliver", waiting.webhooks),
        ("dead letters: comments", waiting.dead_comments),
        ("dead letters: webhooks", waiting.dead_webhooks),
    ]


def _line(total: tuple[str, int]) -> dict[str, object]:
    name, count = total
    return {"what": name, "count": count}
