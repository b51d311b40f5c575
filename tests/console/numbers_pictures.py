"""Pictures of the page Numbers, taken anew by ``python -m tests.console.numbers_pictures``.

A week in which the bundled model scores, the default policy decides and two people do; each night
is let pass by dating everything a day back.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import expect

from moderato.config import Config
from moderato.domain.comment import Author, State
from moderato.embedded import find_server
from moderato.store.comments import NewComment
from moderato.store.connection import connect
from moderato.store.views import View
from tests.conftest import free_port
from tests.console.browser import Desks, chromium
from tests.console.samples import BEFORE, SAMPLES, SITES
from tests.console.served import console_on
from tests.console.town import all_scored
from tests.console.webp import webp
from tests.life import Life
from tests.processes import REPOSITORY, Spawner
from tests.redis_process import RedisProcess
from tests.store.recount import let_a_day_pass

FOLDER = REPOSITORY / "docs" / "screenshots"
PICTURES = (
    ("numbers.webp", 1280, 900, "light"),
    ("numbers-dark.webp", 1280, 900, "dark"),
    ("numbers-narrow.webp", 360, 740, "light"),
    ("numbers-narrow-dark.webp", 360, 740, "dark"),
)
DAYS = 7
TEXTS = (*BEFORE, *SAMPLES)
#: Comments that a person would reject: those the samples say are held by one of these.
BAD = ("insult", "threat", "toxic", "links")


async def take(desks: Desks, spawner: Spawner) -> None:
    """Lives through a week, then takes the pictures. The scorer must not be running yet."""
    life = desks.console.life
    scorer = await spawner.spawn("workers.scorer", life.config)
    since = await life.store.numbers.today() - DAYS + 1
    await life.redis.hset("moderato:meta", "numbers-since", str(since))
    for day in range(DAYS):
        await _a_day(life, day)
        if day < DAYS - 1:
            for site in SITES:
                await let_a_day_pass(life.store, site)
    scorer.terminate()
    await scorer.wait()
    for picture, width, height, scheme in PICTURES:
        page = await desks.at("/numbers", "ana", width=width, height=height, scheme=scheme)
        await expect(page.locator("#decisions .column")).to_have_count(DAYS)
        await page.locator("#decisions .column").nth(DAYS - 1).focus()
        await expect(page.locator("#decisions .told")).to_contain_text("received")
        await page.evaluate("scrollTo(0, 0)")
        taken = await webp(page, whole=width > 400)
        await asyncio.to_thread((FOLDER / picture).write_bytes, taken)
        await page.context.close()


async def _a_day(life: Life, day: int) -> None:
    """More comments on some days than on others; what is flagged waits for some minutes."""
    for number in range(2 + (day * 5) % 4):
        for sample in TEXTS:
            comment = NewComment(
                site=sample.site,
                article=sample.article,
                # New people each time: the same comment again by the same author is a raid.
                author=Author(f"{sample.author}-{day}-{number}", sample.author),
                text=sample.plain,
            )
            await life.accept(comment)
    await all_scored(life)
    wrong = {(sample.site, sample.plain) for sample in TEXTS if sample.rule in BAD}
    page = await life.store.queues.page(list(SITES), View(), limit=1000)
    # The last few are for tomorrow.
    for number, row in enumerate(page.rows[: -3 if day < DAYS - 1 else -6]):
        record = await life.store.comments.get(row.site, row.comment)
        assert record is not None
        assert record.comment.state is State.FLAGGED
        await _wait(life, row.site, row.comment, minutes=2 + number * 3 % 50)
        reject = (row.site, record.comment.text) in wrong and number % 5 > 0
        await life.store.comments.decide(
            row.site,
            row.comment,
            version=record.comment.version,
            approve=not reject,
            by=("ana", "ben", "ben")[number % 3],
        )


async def _wait(life: Life, site: str, comment: str, minutes: int) -> None:
    key = life.store.comments.shard(site).comment(site, comment)
    await life.redis.hincrby(key, "received_at", -minutes * 60_000)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = RedisProcess(find_server(), folder, free_port())
        server.start()
        config = Config(redis_url=server.url, scorer_port=free_port())
        redis = connect(config)
        life, spawner = Life(redis, config), Spawner(folder)
        try:
            async with console_on(life) as console, chromium() as browser:
                desks = Desks(browser, console)
                await take(desks, spawner)
                assert not desks.troubles
        finally:
            await spawner.close()
            await life.close()
            await redis.aclose()
            server.kill()


if __name__ == "__main__":
    asyncio.run(main())
