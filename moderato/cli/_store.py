"""How a command reaches the store: which Redis it is, and what to say when it is away."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit, urlunsplit

import click
from redis.asyncio import Redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    RedisError,
    ResponseError,
)

from moderato.cli.deployment import data_dir
from moderato.config import Config, ConfigError
from moderato.embedded import running_url
from moderato.store import keys
from moderato.store.connection import connect
from moderato.store.store import Store

P = ParamSpec("P")

data_dir_option = click.option(
    "--data-dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="MODERATO_DATA_DIR",
    default=data_dir,
    show_envvar=True,
    help="The folder `moderato up` runs on; unused with MODERATO_REDIS_URL.",
)


def find_redis(folder: Path) -> Config:
    """The settings, with the URL of the Redis a command should talk to.

    That is MODERATO_REDIS_URL, else the one `moderato up` runs on ``folder``. Raises
    ClickException where there is neither.
    """
    try:
        config = Config.from_env()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    if "MODERATO_REDIS_URL" in os.environ:
        return config
    url = running_url(folder)
    if url is None:
        raise click.ClickException(
            f"Moderato does not run on {folder}. Start it with `moderato up`, name its folder "
            "with --data-dir, or set MODERATO_REDIS_URL to the Redis of your deployment."
        )
    return replace(config, redis_url=url)


@asynccontextmanager
async def open_store(config: Config) -> AsyncIterator[Store]:
    """The store of a running deployment; nothing is made in it.

    Where MODERATO_SHARDS is unset, the number the deployment was made with is taken.
    """
    redis = connect(config)
    try:
        if "MODERATO_SHARDS" not in os.environ:
            made_with: Any = await redis.hget(keys.META, "shards")
            config = replace(config, shards=int(made_with or config.shards))
        yield Store(redis, config)
    finally:
        await redis.aclose()


def with_store(
    work: Callable[Concatenate[Store, P], Awaitable[None]],
) -> Callable[..., None]:
    """Makes a command of a coroutine function that wants the store; adds --data-dir.

    It is the innermost decorator: click's stand above it.
    """

    @data_dir_option
    @functools.wraps(work)
    def run(folder: Path, *args: P.args, **kwargs: P.kwargs) -> None:
        config = find_redis(folder)

        async def main() -> None:
            async with open_store(config) as store:
                await work(store, *args, **kwargs)

        with redis_trouble_explained(config):
            asyncio.run(main())

    return run


@contextmanager
def redis_trouble_explained(config: Config) -> Iterator[None]:
    """Turns what Redis raises into one line that says which Redis and what to do."""
    try:
        yield
    except (RedisError, ConnectionError, TimeoutError) as error:
        raise click.ClickException(explain(error, config)) from error


def explain(error: Exception, config: Config) -> str:
    """What went wrong with the Redis of ``config``, and what would mend it."""
    where = without_password(config.redis_url)
    match error:
        case AuthenticationError() | AuthorizationError() | NoPermissionError():
            return f"Redis at {where} refused: {error}. Check the user and password in its URL."
        case BusyLoadingError():
            return f"Redis at {where} is still loading its data. Try again in a moment."
        case OutOfMemoryError():
            return f"Redis at {where} is full: raise its maxmemory, or make room."
        case ResponseError():
            return f"Redis at {where} refused: {error}."
        case _:
            return (
                f"Redis at {where} does not answer: {str(error) or type(error).__name__}. "
                "Start it, or correct MODERATO_REDIS_URL."
            )


def without_password(url: str) -> str:
    """A Redis URL, fit to be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user_and_host = parts.netloc.rpartition("@")
    user = user_and_host[0].partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:***@{user_and_host[2]}"))


def folder_in_use() -> Path:
    """The folder that a command under ``with_store`` was given."""
    folder: Path = click.get_current_context().params["folder"]
    return folder


async def redis_now(redis: Redis) -> float:
    """Redis's clock, seconds since the epoch: the one every age is counted by."""
    reply: Any = await redis.time()
    return int(reply[0]) + int(reply[1]) / 1e6
