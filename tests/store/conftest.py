from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from tests.conftest import ConfigFactory
from tests.life import Life


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    life = Life(redis, make_config())
    await life.store.prepare()
    yield life
    await life.close()
