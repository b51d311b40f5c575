"""The pictures of the documentation, taken anew: ``python -m tests.console.pictures``.

Nothing on them is made up but the comments: the bundled model scores them, the default policy
decides, in a scorer of its own.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, expect

from moderato.config import Config
from moderato.domain.comment import Author, State
from moderato.embedded import find_server
from moderato.store.comments import NewComment
from moderato.store.connection import connect
from tests.conftest import free_port
from tests.console import numbers_pictures
from tests.console.browser import Desks, author, chromium
from tests.console.samples import BEFORE, FERRY, SAMPLES, Sample
from tests.console.served import console_on
from tests.life import Life
from tests.processes import REPOSITORY, Spawner
from tests.redis_process import RedisProcess

FOLDER = REPOSITORY / "docs" / "screenshots"
#: Pictures of the desk as it opens: file, width, height, colours.
DESKS = (
    ("console.png", 1360, 850, "light"),
    ("console-dark.png", 1360, 850, "dark"),
    ("desk-narrow.png", 360, 740, "light"),
    ("desk-narrow-dark.png", 360, 740, "dark"),
    ("desk-wide.png", 2560, 1300, "light"),
)
#: What a key opens, and how it is known to be there.
TOOLS = {
    "filters": ("f", "#languages .box"),
    "bulk": ("m", "#bulk-first li"),
    "palette": ("Control+k", "#palette-list li"),
    "reject": ("r", "#reject-effects li"),
    "escalate": ("e", "#note"),
    "keys": ("?", "#help"),
}
#: The one that is approved before the picture is taken: harsh words, but somebody else's.
QUOTE = Sample(
    "Jonas Pell", "The chairman called us stupid, lazy idiots. To our faces. I was there.", None
)
MORE = (
    Sample("Oskar", "Congratulations, you clowns have ruined the only good thing here.", None),
    Sample("Lotte W.", "So the pensioners can rot on the other side? Pathetic.", None),
    Sample("Kaj", "What a load of crap. Show us the numbers.", None, article=FERRY),
)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = RedisProcess(find_server(), folder, free_port())
        server.start()
        config = Config(redis_url=server.url, scorer_port=free_port())
        redis = connect(config)
        life = Life(redis, config)
        spawner = Spawner(folder)
        try:
            async with console_on(life) as console, chromium() as browser:
                await _fill(life, spawner)
                desks = Desks(browser, console)
                for picture, width, height, scheme in DESKS:
                    page = await desks.open("ana", width=width, height=height, scheme=scheme)
                    await _take(page, FOLDER / picture)
                for scheme in ("light", "dark"):
                    await _take_tools(desks, scheme)
                await numbers_pictures.take(desks, spawner)
                assert not desks.troubles
        finally:
            await spawner.close()
            await life.close()
            await redis.aclose()
            server.kill()


async def _fill(life: Life, spawner: Spawner) -> None:
    """Two days at the desk, and what waits on the second."""
    scorer = await spawner.spawn("workers.scorer", life.config)
    before = await _post(life, BEFORE, None)
    await _scored(life)
    for sample, comment in zip(BEFORE, before, strict=True):
        record = await life.store.comments.get(sample.site, comment)
        assert record is not None
        if record.comment.state is State.FLAGGED:
            await life.store.comments.decide(
                sample.site,
                comment,
                version=record.comment.version,
                approve=sample.state is State.APPROVED,
                by="ben",
            )
    scored = [sample for sample in SAMPLES if sample.state is State.FLAGGED]
    today = [QUOTE, *scored, *MORE]
    ids = await _post(life, today, before[-1])
    await _scored(life)
    for number, (sample, comment) in enumerate(zip(today, ids, strict=True)):
        await _age(life, sample.site, comment, minutes=3 * (len(today) - number))
    scorer.terminate()
    await scorer.wait()
    waiting = [sample for sample in SAMPLES if sample.state is State.PENDING]
    await _post(life, waiting, None)


async def _post(life: Life, samples: Sequence[Sample], parent: str | None) -> list[str]:
    ids = []
    for sample in samples:
        comment = NewComment(
            site=sample.site,
            article=sample.article,
            author=Author(sample.author.lower().replace(" ", "-"), sample.author),
            text=sample.plain,
            parent=parent if sample.replies else None,
        )
        await life.store.articles.set_mode(sample.site, sample.article.id, sample.article.mode)
        ids.append(await life.accept(comment))
    return ids


async def _scored(life: Life) -> None:
    """Returns once no comment waits for the scorer."""
    async with asyncio.timeout(60):
        while True:
            if (await life.store.work.backlog())["work"] == 0:
                return
            await asyncio.sleep(0.1)


async def _age(life: Life, site: str, comment: str, minutes: int) -> None:
    """Has its life so far that much earlier: on a picture, not all can be new."""
    shard = life.store.comments.shard(site)
    earlier = minutes * 60_000
    for field in ("received_at", "written_at"):
        await life.redis.hincrby(shard.comment(site, comment), field, -earlier)
    history = shard.history(site, comment)
    for index, raw in enumerate(await life.redis.lrange(history, 0, -1)):
        line = json.loads(raw)
        await life.redis.lset(history, index, json.dumps({**line, "at": line["at"] - earlier}))


async def _take(page: Page, path: Path) -> None:
    await _go_to(page, "Jonas Pell")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await _go_to(page, "Rolf B.")
    await expect(page.locator(".step")).to_have_count(2)
    await expect(page.locator(".chip-button").first).to_be_visible()
    await page.screenshot(path=path)
    # As it was, for the next picture.
    await page.keyboard.press("u")
    await expect(page.locator("#undo")).to_be_hidden()
    await page.context.close()


async def _take_tools(desks: Desks, scheme: str) -> None:
    page = await desks.open("ana", width=1280, height=800, scheme=scheme)
    await _go_to(page, "Rolf B.")
    for name, (key, there) in TOOLS.items():
        await page.keyboard.press(key)
        await expect(page.locator(there).first).to_be_visible()
        if name == "reject":
            await page.keyboard.press("1")
        suffix = "" if scheme == "light" else "-dark"
        await page.screenshot(path=FOLDER / f"desk-{name}{suffix}.png")
        await page.keyboard.press("Escape")
    await page.context.close()


async def _go_to(page: Page, name: str) -> None:
    for key in ["k"] * 20 + ["j"] * 20:
        if key == "j" and await author(page).inner_text() == name:
            return
        await page.keyboard.press(key)
    raise AssertionError(f"The policy did not flag the comment by {name}.")


if __name__ == "__main__":
    asyncio.run(main())
