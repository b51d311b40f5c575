"""The example news site with everything it needs running, and a real browser in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page
from redis.asyncio import Redis

from moderato.config import Config
from tests.conftest import ConfigFactory, free_port
from tests.console.browser import chromium
from tests.life import Life
from tests.processes import Running, Spawn

SITE = "courier"


@dataclass
class Site:
    """The example site, its Moderato, and who drives the comments' lives by hand."""

    url: str
    life: Life
    config: Config
    env: dict[str, str]
    process: Running = field(init=False)

    @property
    def article(self) -> str:
        return f"{self.url}/articles/night-ferry"

    async def start(self, spawn: Spawn) -> None:
        port = int(self.env["PORT"])
        self.process = await spawn(
            "examples.news_site", self.config, wait=True, port=port, **self.env
        )


@pytest.fixture
def config(make_config: ConfigFactory) -> Config:
    return make_config(undo_window=0.1, webhook_allow="127.0.0.0/8", reports_to_flag=1)


@pytest.fixture
async def site(redis: Redis, config: Config, spawn: Spawn) -> AsyncIterator[Site]:
    """Intake, publisher and the example site, each a process; comments are decided by hand."""
    life = Life(redis, config)
    await life.store.prepare()
    api_key = await life.store.sites.create(SITE, "The Ellery Courier")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    endpoint = await life.store.sites.add_endpoint(SITE, f"{url}/webhooks/moderato")
    intake, _ = await asyncio.gather(
        spawn("services.intake", config), spawn("workers.publisher", config)
    )
    env = {
        "PORT": str(port),
        "MODERATO_URL": intake.url,
        "MODERATO_API_KEY": api_key,
        "MODERATO_WEBHOOK_SECRET": endpoint.secret,
    }
    site = Site(url, life, config, env)
    await site.start(spawn)
    yield site
    await life.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


Reader = Callable[[], Awaitable[Page]]


@pytest.fixture
async def reader(browser: Browser, site: Site) -> Reader:
    """``await reader()``: somebody else each time, on the article's page.

    A page that would be loaded again loses the mark that is set on it.
    """

    async def visit() -> Page:
        context = await browser.new_context()
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("dialog", lambda _: pytest.fail("A script of a stranger ran."))
        await page.goto(site.article)
        await (
            page.get_by_text("Nobody has commented yet.")
            .or_(page.locator(".comment").first)
            .wait_for()
        )
        await page.evaluate("window.loadedOnce = true")
        return page

    return visit


async def comment(page: Page, text: str, name: str = "Ada") -> None:
    await page.get_by_label("Your comment").fill(text)
    await page.get_by_label("Your name").fill(name)
    await page.locator("#send").click()


async def was_never_reloaded(page: Page) -> bool:
    found: bool = await page.evaluate("window.loadedOnce === true")
    return found
