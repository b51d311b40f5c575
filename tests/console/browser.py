"""A real browser at the console, which fails its test for any trouble on the page."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

import pytest
from playwright.async_api import (
    Browser,
    Dialog,
    Error,
    Locator,
    Page,
    Response,
    async_playwright,
    expect,
)
from playwright.sync_api import sync_playwright

from tests.conftest import free_port
from tests.console.served import PASSWORD, Console

#: What Debian and others call it; where there is none, Playwright may have its own.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Has the page's console tell of what the Content-Security-Policy stopped.
_TELL = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.sample}`));"""
#: What Chromium says of each answer that is not a success; the page deals with those.
_EXPECTED = "Failed to load resource"


# A machine that does much else is slow to show what is asked for; a right answer costs no wait.
expect.set_options(timeout=15_000)


@cache
def _running() -> str:
    """The address of a Chromium that serves every test of this process, each with profiles of its
    own: to start one for each took longer than most of the tests. It ends with the process, whose
    end Playwright's driver sees.
    """
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    port = free_port()
    args = [f"--remote-debugging-port={port}"]
    # Its sandbox does not work for root, as in a container.
    args += ["--no-sandbox"] if os.geteuid() == 0 else []
    started: Future[str] = Future()

    def run() -> None:
        with sync_playwright() as playwright:
            try:
                playwright.chromium.launch(executable_path=path, args=args)
            except Error as error:
                started.set_exception(error)
                return
            started.set_result(f"http://127.0.0.1:{port}")
            threading.Event().wait()

    threading.Thread(target=run, name="chromium", daemon=True).start()
    return started.result()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without any page. Skips the test where there is no Chromium, except in CI."""
    try:
        address = await asyncio.to_thread(_running)
    except Error as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Chromium does not start: install it. {error.message.splitlines()[0]}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        yield browser
        await browser.close()


@dataclass
class Desks:
    """Opens pages; ``troubles`` is what went wrong on any of them."""

    browser: Browser
    console: Console
    troubles: list[str] = field(default_factory=list)

    async def page(
        self,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        motion: str = "reduce",
        scale: float = 1.0,
        language: str = "",
    ) -> Page:
        """A page in a browser profile of its own. Without motion a test need not wait for it."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce" if motion == "reduce" else "no-preference",
        )
        await context.add_init_script(_TELL)
        if language:
            await context.add_init_script(f"localStorage['moderato.language'] = '{language}'")
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", self._close)
        page.on(
            "console",
            lambda line: (
                self.troubles.append(f"{line.type}: {line.text}")
                if line.type in {"error", "warning"} and not line.text.startswith(_EXPECTED)
                else None
            ),
        )
        return page

    async def open(self, name: str, **options: object) -> Page:
        """The desk, with ``name`` logged in and the first comment (or none) in sight."""
        return await self.log_in(await self.page(**options), name)  # type: ignore[arg-type]

    async def at(self, path: str, name: str, **options: object) -> Page:
        """Another page than the desk, with ``name`` logged in; its contents may still be coming."""
        page = await self.page(**options)  # type: ignore[arg-type]
        client = await self.console.client(name)
        cookie = {"name": "moderato", "value": client.cookie, "url": self.console.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await page.goto(self.console.url + path)
        await expect(page.locator("main")).to_be_visible()
        return page

    async def log_in(self, page: Page, name: str, *, live: bool = True) -> Page:
        # The page itself sends who has no session to the login, and back.
        await page.goto(self.console.url)
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await settled(page, "Live" if live else "Offline")
        return page

    async def _close(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        await dialog.dismiss()


async def settled(page: Page, live: str = "Live") -> None:
    """Returns once the queue is shown and the live line says ``live``."""
    await expect(page.locator("#shown > *").first).to_be_visible()
    await expect(page.locator("#live-word")).to_have_text(live)


def selected(page: Page) -> Locator:
    """The entry of the list whose comment is shown."""
    return page.locator(".entry[aria-current='true']")


def author(page: Page) -> Locator:
    """The author of the comment that is shown."""
    return page.locator(".byline h3")


def answers(page: Page, number: int, *steps: str) -> asyncio.Event:
    """Set once so many of these steps were answered."""
    event, left = asyncio.Event(), iter(range(number - 1, -1, -1))

    def answered(response: Response) -> None:
        if response.url.rpartition("/")[2] in steps and next(left, None) == 0:
            event.set()

    page.on("response", answered)
    return event
