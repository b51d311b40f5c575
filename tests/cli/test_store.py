"""Which Redis a command talks to, and what it says when there is none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis.asyncio import Redis

from moderato.cli import group
from moderato.cli._store import without_password
from moderato.config import Config
from moderato.embedded import EmbeddedRedis
from moderato.store.keys import shard_of
from moderato.store.store import Store
from tests.cli.conftest import Moderato
from tests.conftest import ConfigFactory, free_port
from tests.life import Life, new_comment


async def test_a_redis_that_is_away_is_named(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("MODERATO_REDIS_URL", f"redis://:secret@127.0.0.1:{port}/0")
    result = await moderato("site", "list")
    assert result.exit_code == 1
    assert f"Redis at redis://:***@127.0.0.1:{port}/0 does not answer" in result.output
    assert "correct MODERATO_REDIS_URL" in result.output
    assert "secret" not in result.output


async def test_a_wrong_password_is_told_from_a_redis_that_is_away(
    moderato: Moderato, redis: Redis, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    await redis.config_set("requirepass", "right")
    try:
        wrong = redis_url.replace("redis://", "redis://:wrong@")
        monkeypatch.setenv("MODERATO_REDIS_URL", wrong)
        result = await moderato("site", "list")
    finally:
        await redis.config_set("requirepass", "")
    assert result.exit_code == 1
    assert "Check the user and password" in result.output


async def test_nothing_running_says_how_to_start(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MODERATO_REDIS_URL")
    result = await moderato("site", "list", "--data-dir", str(tmp_path))
    assert result.exit_code == 1
    assert f"Moderato does not run on {tmp_path}. Start it with `moderato up`" in result.output


async def test_the_embedded_redis_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_binary: Path
) -> None:
    monkeypatch.delenv("MODERATO_REDIS_URL", raising=False)
    monkeypatch.setenv("MODERATO_DATA_DIR", str(tmp_path))
    async with EmbeddedRedis(tmp_path, server=redis_binary):
        added = await asyncio.to_thread(CliRunner().invoke, group, ["site", "add", "gazette"])
        listed = await asyncio.to_thread(CliRunner().invoke, group, ["site", "list"])
    assert added.exit_code == 0, added.output
    assert "gazette" in listed.output


async def test_a_misspelt_setting_is_named(
    moderato: Moderato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_SHARD", "4")
    result = await moderato("queue")
    assert result.exit_code == 1
    assert "MODERATO_SHARD is not a setting" in result.output


async def test_commands_follow_the_deployments_shards(
    moderato: Moderato, redis: Redis, make_config: ConfigFactory
) -> None:
    config = make_config(shards=4)
    assert shard_of("bugle", 4) != 0
    life = Life(redis, config)
    await life.store.prepare()
    await life.store.sites.create("bugle", "The Bugle")
    await life.accept(new_comment(site="bugle"))
    result = await moderato("queue")
    await life.close()
    bugle = next(line for line in result.output.splitlines() if line.startswith("bugle"))
    assert bugle.split()[1] == "1"


async def test_looking_makes_nothing(moderato: Moderato, redis: Redis) -> None:
    for words in (["site", "list"], ["queue"], ["deadletters", "list"], ["doctor"]):
        await moderato(*words)
    assert await redis.keys("*") == []
    assert Store(redis, Config()).shards


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("rediss://ann:pa%40ss@db.example:6380/1", "rediss://ann:***@db.example:6380/1"),
        ("unix:///var/lib/moderato/redis.sock", "unix:///var/lib/moderato/redis.sock"),
        ("redis://:pw@[::1]:6379/0", "redis://:***@[::1]:6379/0"),
    ],
)
def test_passwords_are_not_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
