"""`moderato doctor`: says what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from redis.exceptions import RedisError

from moderato.cli._doctor import machine, server, services, work
from moderato.cli._doctor.finding import Finding, Level, Section, broken
from moderato.cli._store import data_dir_option, explain, find_redis, open_store, without_password
from moderato.config import Config, ConfigError

_MARKS = {Level.OK: ("✓", "green"), Level.LOOK: ("!", "yellow"), Level.BROKEN: ("✗", "red")}


@click.command()
@data_dir_option
@click.option("--no-services", is_flag=True, help="Skip the services: they run elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(folder: Path, no_services: bool, as_json: bool) -> None:
    """Say what is wrong with an installation and how to mend it.

    Ends with status 1 where something is broken.
    """
    sections = asyncio.run(_examine(folder, no_services=no_services))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in sections], indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(map(_shown, sections)))
    levels = Counter(finding.level for one in sections for finding in one.findings)
    if not as_json:
        click.echo(
            f"\n{levels[Level.OK]} well, {levels[Level.LOOK]} to look at, "
            f"{levels[Level.BROKEN]} broken."
        )
    sys.exit(1 if levels[Level.BROKEN] else 0)


async def _examine(folder: Path, *, no_services: bool) -> list[Section]:
    try:
        config = Config.from_env()
    except ConfigError as error:
        return [Section("Settings", [broken(str(error), "Correct or unset it, then run again.")])]
    embedded = "MODERATO_REDIS_URL" not in os.environ
    sections = [
        Section("This machine", await machine.examine(config, folder if embedded else None)),
        *await _examine_redis(folder),
    ]
    if not no_services:
        sections.append(Section("Services", await services.examine(config)))
    return sections


async def _examine_redis(folder: Path) -> list[Section]:
    try:
        config = find_redis(folder)
    except click.ClickException as error:
        return [Section("Redis", [broken("it does not run", error.message)])]
    title = f"Redis at {without_password(config.redis_url)}"
    try:
        async with open_store(config) as store:
            return [
                Section(title, await server.examine(store.redis, config)),
                Section("Work", await work.examine(store, config)),
            ]
    except (RedisError, OSError) as error:
        fix = "`moderato up` starts one; else start yours or correct MODERATO_REDIS_URL."
        return [Section(title, [broken(explain(error, config), fix)])]


def _shown(section: Section) -> str:
    lines = [click.style(section.title, bold=True)]
    for finding in section.findings:
        lines += _lines(finding)
    return "\n".join(lines)


def _lines(finding: Finding) -> list[str]:
    mark, colour = _MARKS[finding.level]
    lines = [f"  {click.style(mark, fg=colour)} {finding.what}"]
    if finding.fix:
        lines.append(f"      {finding.fix}")
    return lines
