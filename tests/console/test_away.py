"""Redis goes away and comes back: the console says so, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from redis.asyncio import Redis

from moderato.store.connection import connect
from tests.conftest import ConfigFactory, free_port
from tests.console.browser import Desks, author, chromium
from tests.console.conftest import to_harbour
from tests.console.samples import SAMPLES, play
from tests.console.served import Console, console_on
from tests.life import Life
from tests.redis_process import RedisProcess


@pytest.fixture
async def own_redis(redis_binary: Path, tmp_path: Path) -> AsyncIterator[RedisProcess]:
    process = RedisProcess(redis_binary, tmp_path, free_port())
    process.start()
    yield process
    process.kill()


@pytest.fixture
async def shaky(own_redis: RedisProcess, make_config: ConfigFactory) -> AsyncIterator[Console]:
    """A console on the Redis that the test will kill."""
    config = make_config(redis_url=own_redis.url, redis_timeout=1.0)
    redis: Redis = connect(config)
    life = Life(redis, config)
    async with console_on(life) as console:
        yield console
    await life.close()
    await redis.aclose()


async def test_the_api_answers_503_and_recovers(shaky: Console, own_redis: RedisProcess) -> None:
    comment = await shaky.life.flagged(to_harbour())
    client = await shaky.client("ana")
    own_redis.kill()
    for answer in (await client.get("/api/queue"), await client.decide(comment)):
        assert answer.status == 503
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
    assert (await client.get("/healthz")).status == 200
    ready = await client.get("/readyz")
    assert ready.status == 503
    assert list(ready.body["failing"]) == ["redis"]
    # The page itself is there, to tell.
    assert (await client.get("/")).status == 200

    own_redis.start()
    assert (await client.get("/readyz")).status == 200
    # The login is kept, and the decision was not taken by halves.
    assert (await client.decide(comment)).status == 200


async def test_the_page_says_so_keeps_its_list_and_goes_on(
    shaky: Console, own_redis: RedisProcess
) -> None:
    await play(shaky.life, SAMPLES[:3])
    async with chromium() as browser:
        desks = Desks(browser, shaky)
        page = await desks.open("ana")
        own_redis.kill()
        await page.keyboard.press("a")
        await expect(page.locator("#offline")).to_be_visible()
        await expect(page.locator("#live-word")).to_have_text("Offline")
        await expect(page.locator(".notice")).to_contain_text("Not saved")
        names = page.locator(".entry-author")
        await expect(names).to_have_text(["Rolf B.", "nightowl_77", "Petra Vos"])

        own_redis.start()
        await expect(page.locator("#offline")).to_be_hidden(timeout=15_000)
        await page.keyboard.press("k")
        await expect(author(page)).to_have_text("Rolf B.")
        async with page.expect_response("**/decision") as answered:
            await page.keyboard.press("a")
        assert (await answered.value).status == 200

        own_redis.kill()
        await page.keyboard.press("u")
        await expect(page.locator(".notice").last).to_contain_text("Not taken back")
        own_redis.start()
        await page.keyboard.press("u")
        await expect(author(page)).to_have_text("Rolf B.")
        assert not desks.troubles
