"""The pictures of the documentation, taken anew: ``python -m tests.console.pictures``."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from playwright.async_api import expect

from moderato.config import Config
from moderato.embedded import find_server
from moderato.store.connection import connect
from tests.conftest import free_port
from tests.console.browser import Desks, author, chromium
from tests.console.samples import BEFORE, SAMPLES, Sample, play
from tests.console.served import console_on
from tests.life import Life
from tests.processes import REPOSITORY
from tests.redis_process import RedisProcess

FOLDER = REPOSITORY / "docs" / "screenshots"
#: The one that is approved before the picture is taken.
FIRST = Sample(
    "Jonas Pell",
    "Shame on whoever signed this. I will be at the town hall on Monday.",
    (0.71, 0.01, 0.05, 0.02, 0.38, 0.01),
    "toxic",
    "The model is fairly sure that it is toxic.",
    {"toxicity": "0.71"},
)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = RedisProcess(find_server(), Path(folder), free_port())
        server.start()
        try:
            for scheme, name in (("light", "console.png"), ("dark", "console-dark.png")):
                await _take(server.url, scheme, FOLDER / name)
        finally:
            server.kill()


async def _take(redis_url: str, scheme: str, path: Path) -> None:
    config = Config(redis_url=redis_url)
    redis = connect(config)
    await redis.flushall()
    life = Life(redis, config)
    async with console_on(life) as console, chromium() as browser:
        before = await play(life, BEFORE)
        ids = await play(life, (FIRST, *SAMPLES), before[-1])
        for number, (sample, comment) in enumerate(zip((FIRST, *SAMPLES), ids, strict=True)):
            await _age(life, sample.site, comment, minutes=3 + 4 * number)
        desks = Desks(browser, console)
        page = await desks.open("ana", width=1360, height=850, scheme=scheme, scale=1.5)
        await page.keyboard.press("a")
        await expect(author(page)).to_have_text("Rolf B.")
        await expect(page.locator(".step")).to_have_count(2)
        await page.screenshot(path=path)
        assert not desks.troubles
    await life.close()
    await redis.aclose()


async def _age(life: Life, site: str, comment: str, minutes: int) -> None:
    """Puts a comment's life so far that much earlier: on a picture, not all can be new."""
    shard = life.store.comments.shard(site)
    key, history = shard.comment(site, comment), shard.history(site, comment)
    earlier = minutes * 60_000
    for field in ("received_at", "written_at"):
        await life.redis.hincrby(key, field, -earlier)
    for index, line in enumerate(await life.redis.lrange(history, 0, -1)):
        step = json.loads(line)
        step["at"] -= earlier
        await life.redis.lset(history, index, json.dumps(step))


if __name__ == "__main__":
    asyncio.run(main())
