"""``python -m benchmarks``: measures, and prints the tables of README.md."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import structlog

from benchmarks import alikes, desk, intake, latency, scoring
from benchmarks.machine import describe
from benchmarks.report import Figure, as_json, markdown
from benchmarks.rounds import Settings

BENCHMARKS = {
    "intake": intake.measure,
    "scoring": scoring.measure,
    "latency": latency.measure,
    "desk": desk.measure,
    "alikes": alikes.measure,
}


@click.command()
@click.option("--only", type=click.Choice(list(BENCHMARKS)), multiple=True, help="Repeatable.")
@click.option("--quick", is_flag=True, help="Few and short rounds: does it run at all?")
@click.option("--json", "out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where Redis writes; on a real disk, or durable figures mean nothing.",
)
@click.option(
    "--quiet",
    type=click.FloatRange(0, 1),
    default=1.0,
    help="Before each turn wait until others use less than this share of the processors.",
)
@click.option(
    "--threads",
    type=click.IntRange(0),
    default=0,
    help="Threads of each model in `scoring`; 0: as many as its library likes.",
)
def main(
    only: Sequence[str],
    quick: bool,
    out: Path | None,
    folder: Path | None,
    quiet: float,
    threads: int,
) -> None:
    """Measure, side by side in one run, what Moderato does and what it could do at best."""
    # The programs' own lines must not get between the tables.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    with tempfile.TemporaryDirectory(prefix="moderato-bench-", dir=folder) as scratch:
        machine = describe(Path(scratch))
        tables: dict[str, list[Figure]] = {}
        for name in only or BENCHMARKS:
            click.echo(f"{name} ...", err=True)
            settings = Settings(say=_say, quick=quick, quiet=quiet, threads=threads)
            tables[name] = asyncio.run(BENCHMARKS[name](Path(scratch), settings))
    for name, value in machine.items():
        click.echo(f"- {name}: {value}")
    click.echo(f"- load after: {', '.join(f'{value:.1f}' for value in os.getloadavg())}")
    for name, figures in tables.items():
        click.echo(f"\n## {name}\n\n{markdown(figures)}")
    if out is not None:
        out.write_text(json.dumps(as_json(machine, tables), indent=1) + "\n")


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
