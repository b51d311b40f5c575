"""`moderato up`: everything on one machine, from nothing to ready, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import click

from moderato.cli._installation import Installation
from moderato.cli._lines import Lines
from moderato.cli._programs import Plan, check_ports
from moderato.cli._store import redis_trouble_explained
from moderato.cli.deployment import data_dir, models_dir
from moderato.config import Config
from moderato.embedded import EmbeddedRedisError
from moderato.supervisor import StartError
from moderato.telemetry import setup_logging

#: Where the example site listens, and the network its webhooks must be allowed to.
DEMO_PORT = 8090
LOOPBACK = "127.0.0.0/8"


def _processes(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> int:
    """How many scorers ``--processes scorer=N`` asks for."""
    count = 1
    for value in values:
        name, _, number = value.partition("=")
        if name != "scorer" or not number.isdigit() or not 1 <= int(number) <= 64:
            raise click.BadParameter(
                f"{value!r} is not understood: say scorer=N with N from 1 to 64. "
                "The other programs run once."
            )
        count = int(number)
    return count


@click.command(name="up")
@click.option("--host", help="Address everything listens on.  [default: 127.0.0.1]")
@click.option("--intake-port", type=click.IntRange(1, 65535), help="[default: 8080]")
@click.option("--console-port", type=click.IntRange(1, 65535), help="[default: 8081]")
@click.option(
    "--scorer-port",
    type=click.IntRange(1, 65535),
    help="Its health and metrics; a second scorer is 10 higher.  [default: 8082]",
)
@click.option("--publisher-port", type=click.IntRange(1, 65535), help="[default: 8083]")
@click.option(
    "--data-dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=data_dir,
    show_default="./data where it exists, else ~/.local/share/moderato",
    envvar="MODERATO_DATA_DIR",
    help="Where the embedded Redis keeps everything.",
)
@click.option("--demo/--no-demo", default=False, help="Also run the example news site.")
@click.option("--demo-port", type=click.IntRange(1, 65535), default=DEMO_PORT, show_default=True)
@click.option(
    "--processes",
    "scorers",
    metavar="scorer=N",
    multiple=True,
    callback=_processes,
    help="Run N scorers.",
)
def command(
    *,
    host: str | None,
    folder: Path,
    demo: bool,
    demo_port: int,
    scorers: int,
    **ports: int | None,
) -> None:
    """Start everything on this machine and keep it running until Ctrl-C.

    Without MODERATO_REDIS_URL it runs a Redis of its own, with every comment on disk before it
    is acknowledged. Ctrl-C lets work in progress finish; a second Ctrl-C ends all at once.
    """
    given = {name: value for name, value in {"host": host, **ports}.items() if value is not None}
    config = replace(Config.from_env(), **given)  # type: ignore[arg-type]
    lines = Lines(as_json=config.log_format == "json")
    setup_logging(replace(config, log_format="json" if lines.as_json else "console"), "up")
    if demo:
        allow = ",".join(filter(None, (config.webhook_allow, LOOPBACK)))
        config = replace(config, webhook_allow=allow)
    # The scorers are given the data folder's models, whichever folder that is.
    config = replace(config, models_dir=str(models_dir(config, folder).resolve()))
    plan = Plan(config, scorers, demo_port if demo else None)
    check_ports(plan)
    try:
        with redis_trouble_explained(config):
            asyncio.run(_until_stopped(Installation(plan, folder, lines), lines))
    except (EmbeddedRedisError, StartError) as error:
        raise click.ClickException(str(error)) from None


async def _until_stopped(installation: Installation, lines: Lines) -> None:
    """Run it until a signal; the first lets it finish, the second ends everything at once."""
    work = asyncio.ensure_future(installation.run())
    stopping = False

    def on_signal(signum: signal.Signals) -> None:
        nonlocal stopping
        if stopping:
            installation.kill()
            os._exit(128 + signum)
        stopping = True
        lines.say("Stopping. Ctrl-C again ends everything at once.", "stopping")
        work.cancel()

    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, on_signal, signum)
    try:
        await work
    except asyncio.CancelledError:
        lines.say("Stopped.", "stopped")
