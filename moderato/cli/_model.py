"""The model, which this package has not: asked in a process of its own, or of the deployment."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import click
from redis.exceptions import RedisError

from moderato.cli import deployment
from moderato.cli._store import find_redis, open_store
from moderato.cli.deployment import models_dir
from moderato.config import Config, ConfigError
from moderato.domain.scores import ModelInfo, Scores
from moderato.store.models import from_json
from moderato.store.store import Store

_ABOUT = [sys.executable, "-m", "workers.scorer.about_cli"]
_SCORE = [sys.executable, "-m", "workers.scorer.score_cli"]
#: Seconds the model may take to load and score one text, or to say what it is.
_PATIENCE = 120.0


class ModelError(Exception):
    """The model cannot be had or failed; the message says why."""


async def model_in_use(folder: Path) -> ModelInfo | None:
    """The model a command on ``folder`` is about; None where that cannot be known.

    MODERATO_MODEL where it is set, else what the running deployment uses, else the default.
    """
    if not explicit():
        try:
            async with open_store(find_redis(folder)) as store:
                return await model_of(store, folder)
        except (click.ClickException, RedisError, OSError):
            pass  # a policy can be written before anything runs
    return _configured(folder)


async def model_of(store: Store, folder: Path) -> ModelInfo | None:
    """The same, where the store is open already."""
    return (None if explicit() else await store.models.in_use()) or _configured(folder)


def explicit() -> str | None:
    """The model that somebody asked for in so many words."""
    return os.environ.get("MODERATO_MODEL")


def models_of(folder: Path) -> Path:
    """Where the pulled models of the installation on ``folder`` lie."""
    return models_dir(Config.from_env(), folder)


def chosen(folder: Path) -> str:
    """The model that a scorer of the installation on ``folder`` would load now.

    Raises ConfigError where that cannot be found out.
    """
    return deployment.model_in_use(Config.from_env(), models_of(folder))


def _configured(folder: Path) -> ModelInfo | None:
    try:
        return about(chosen(folder), models_of(folder))
    except (ConfigError, ModelError):
        return None


def about(model: str, models: Path) -> ModelInfo:
    """What ``model``, bundled or in the folder ``models``, scores. Raises ModelError."""
    return from_json(_run([*_ABOUT, model, "--models-dir", str(models)], ""))


def score(text: str, config: Config, model: str, models: Path) -> Scores:
    """What ``model``, bundled or in ``models``, says of one text. Raises ModelError."""
    command = [*_SCORE, "--engine", config.engine, "--model", model, "--models-dir", str(models)]
    found = scores_from(json.loads(_run(command, json.dumps({"text": text}))))
    if isinstance(found, str):
        raise ModelError(found)
    return found


async def score_each(
    texts: Sequence[str], config: Config, model: str, models: Path
) -> AsyncGenerator[Scores | str, None]:
    """The scores of ``texts`` by ``model``, one after the other, in their order.

    Where the model fails on a text its place has what went wrong. It runs at a low priority, so
    that comments which come in meanwhile are scored first. Raises ModelError. Close it to end
    the model's process before its time.
    """
    command = [*_SCORE, "--engine", config.engine, "--model", model, "--models-dir", str(models)]
    command += ["--gently"]
    command += ["--threads", str(config.threads)]
    with tempfile.TemporaryFile() as errors:
        process = _start(command, errors)
        # Threads, not asyncio's own pipes: those wait for ever for a process that was killed
        # while they were full, or not yet connected.
        feeding = threading.Thread(target=_feed, args=(process, texts), daemon=True)
        feeding.start()
        try:
            assert process.stdout is not None
            for _ in texts:
                line = await asyncio.to_thread(process.stdout.readline)
                if not line:
                    await asyncio.to_thread(process.wait)
                    errors.seek(0)
                    raise ModelError(_last_line(errors.read().decode(errors="replace"), process))
                yield scores_from(json.loads(line))
        finally:
            process.kill()
            process.wait()
            feeding.join()


def _start(command: Sequence[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """In a process group of its own: a Ctrl-C is for us alone, and we end the model."""
    return subprocess.Popen(  # noqa: S603 -- our own module, and texts go to its stdin
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, process_group=0
    )


def _feed(process: subprocess.Popen[bytes], texts: Sequence[str]) -> None:
    assert process.stdin is not None
    # Ended before its time, it reads no more.
    with suppress(BrokenPipeError), process.stdin:
        for text in texts:
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")


def scores_from(row: dict[str, Any]) -> Scores | str:
    """One line of the scoring program: scores, or what went wrong."""
    if "error" in row:
        return str(row["error"])
    return Scores(
        values=row["scores"],
        model=row["model"],
        model_version=row["version"],
        folded_gain=row["folded_gain"],
        language=row["language"],
        language_known=row["language_known"],
        spans=tuple((begin, end) for begin, end in row["spans"]),
    )


def _run(command: Sequence[str], given: str) -> str:
    try:
        run = subprocess.run(  # noqa: S603 -- our own modules, and a text goes to their stdin
            command,
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ModelError(f"it took longer than {_PATIENCE:.0f} s") from None
    if run.returncode != 0:
        raise ModelError(_last_line(run.stderr, run))
    return run.stdout


def _last_line(
    errors: str, ended: subprocess.Popen[bytes] | subprocess.CompletedProcess[str]
) -> str:
    """What a program said last, or how it ended where it said nothing."""
    last = errors.strip().rsplit("\n", 1)[-1].removeprefix("Error: ")
    return last or f"its process ended with status {ended.returncode}"
