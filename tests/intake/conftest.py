"""A running intake for each test, and the hands of a scorer and a publisher."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import ConfigFactory
from tests.intake.faults import MortalRedis
from tests.intake.served import Api, Serve, serve


@pytest.fixture
async def start(make_config: ConfigFactory) -> AsyncIterator[Serve]:
    """``await start(**settings)``: an intake on the emptied Redis, with the site "gazette"."""
    running: list[Api] = []

    async def begin(**settings: object) -> Api:
        api = await serve(make_config(**settings))
        running.append(api)
        return api

    try:
        yield begin
    finally:
        for api in running:
            await api.close()


@pytest.fixture
async def api(start: Serve) -> Api:
    """An intake with the default settings."""
    return await start()


@pytest.fixture
async def mortal(redis_binary: Path, tmp_path: Path) -> AsyncIterator[MortalRedis]:
    """A Redis that the test may kill."""
    redis = MortalRedis(redis_binary, tmp_path)
    await redis.start()
    try:
        yield redis
    finally:
        await redis.kill()
