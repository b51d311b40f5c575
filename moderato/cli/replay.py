"""`moderato replay`: posts comments from a file and reports what became of each."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import click

from moderato.cli._interrupt import INTERRUPTED, unless_interrupted
from moderato.cli._replay.client import Client, KeyRefusedError
from moderato.cli._replay.report import Report, as_json, as_text, summarise
from moderato.cli._replay.rows import Row, RowError, read
from moderato.cli._replay.run import Run, Tick
from moderato.cli._urls import intake_url
from moderato.config import Config

#: Seconds one request may take; it is sent again after that.
_REQUEST_SECONDS = 30.0


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--site", default="replay", show_default=True, help="Named in made-up addresses.")
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=50.0,
    show_default=True,
    help="Comments per second; 0: as fast as they are accepted.",
)
@click.option("--limit", type=click.IntRange(1), help="Only so many comments.")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Give up on those not decided when none was for so many seconds; 0: do not wait.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=120.0,
    show_default=True,
    help="Seconds one request is repeated while intake is away or busy.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 1024),
    default=32,
    show_default=True,
    help="Requests under way at once.",
)
@click.option("--key", envvar="MODERATO_API_KEY", show_envvar=True, help="The site's API key.")
@click.option("--url", envvar="MODERATO_URL", show_envvar=True, help="Where intake is.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write everything that was found out as JSON, each comment included.",
)
def command(
    *,
    file: str,
    site: str,
    rate: float,
    limit: int | None,
    wait: float,
    patience: float,
    concurrency: int,
    key: str | None,
    url: str | None,
    report_file: Path | None,
) -> None:
    """Post comments from FILE as a site would, and report what became of each.

    FILE has a JSON object with a `text` on each line, or is - for standard input; gzip is fine.
    A line may also have article, author, language, created_at and metadata, as the API has them
    (article and author may be ids), an `id`, which becomes its external_id, and a `parent`, the
    id of an earlier line. What is missing is made up.

    Ends with status 1 unless every comment was accepted and decided.

    \b
    moderato replay comments.jsonl --site gazette --rate 20
    zcat archive.jsonl.gz | moderato replay - --rate 0 --report report.json
    """
    if key is None:
        raise click.UsageError(
            f"It needs the API key of a site: --key, or MODERATO_API_KEY. `moderato site add "
            f"{site}` makes a site and shows its key; `moderato site rotate-key {site}` replaces "
            "a lost one."
        )
    try:
        rows = read(file, site, limit)
    except (RowError, OSError) as error:
        raise click.ClickException(str(error)) from None
    base = (url or intake_url(Config.from_env())).rstrip("/")
    try:
        report, interrupted = asyncio.run(
            _run(rows, base, key, rate, concurrency, wait=wait, patience=patience)
        )
    except KeyRefusedError as error:
        raise click.ClickException(f"Intake at {base} refuses the key: {error}") from None
    click.echo(("Interrupted.\n\n" if interrupted else "") + as_text(report))
    if report_file is not None:
        report_file.write_text(json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n")
    if interrupted:
        sys.exit(INTERRUPTED)
    sys.exit(0 if report.well else 1)


async def _run(
    rows: list[Row],
    url: str,
    key: str,
    rate: float,
    concurrency: int,
    *,
    wait: float,
    patience: float,
) -> tuple[Report, bool]:
    """The report, and whether Ctrl-C ended it before its time."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=concurrency),
        timeout=aiohttp.ClientTimeout(total=_REQUEST_SECONDS),
    ) as http:
        run = Run(Client(http, url, key, patience), rows, rate, concurrency)
        with _progress("Posting", len(rows)) as tick:
            finished = await unless_interrupted(run.post(tick))
        accepted = sum(1 for fate in run.fates if fate.id)
        if finished and accepted and wait:
            with _progress("Deciding", accepted) as tick:
                finished = await unless_interrupted(run.follow(wait, tick))
    return summarise(run), not finished


@contextmanager
def _progress(label: str, length: int) -> Iterator[Tick]:
    """A bar on standard error, so that the report alone is on standard output."""
    with click.progressbar(length=length, label=label, show_pos=True, file=sys.stderr) as bar:
        yield lambda: bar.update(1)
