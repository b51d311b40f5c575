"""The pictures of the documentation, taken anew: ``python -m tests.console.pictures``.

A new page is a line of VIEWS, or of APART if it needs a town of its own. Names after the command
take only those anew.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from tests.console import numbers_pictures
from tests.console.browser import author
from tests.console.served import PASSWORD
from tests.console.town import QUOTE, WITH_FACTOR, Town, town
from tests.console.webp import webp
from tests.processes import REPOSITORY

FOLDER = REPOSITORY / "docs" / "screenshots"
SIZES = {"": (1280, 800), "-narrow": (360, 740)}
SCHEMES = {"": "light", "-dark": "dark"}


@dataclass(frozen=True)
class View:
    """A picture is taken at ``path``, as ``who`` sees it, once ``ready`` is visible and ``act``
    was done.
    """

    name: str
    caption: str
    path: str = "/"
    ready: str = ".step time"
    act: Callable[[Page], Awaitable[None]] | None = None
    who: str | None = "ana"


def keys(*pressed: str, ready: str) -> Callable[[Page], Awaitable[None]]:
    """Opens the comment most pictures are of, then presses keys until ``ready`` is visible."""

    async def act(page: Page) -> None:
        await go_to(page, "Rolf B.")
        for key in pressed:
            await page.keyboard.press(key)
        await expect(page.locator(ready).first).to_be_visible()

    return act


async def decide(page: Page) -> None:
    """Approves one, so that it can be undone, and goes on to another."""
    await go_to(page, QUOTE.author)
    async with page.expect_response("**/decision"):
        await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await go_to(page, "Rolf B.")
    await expect(page.locator(".chip-button").first).to_be_visible()


async def ask_for_code(page: Page) -> None:
    await page.get_by_label("Name").fill(WITH_FACTOR)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#code")).to_be_visible()


async def cut_off(page: Page) -> None:
    """A decision that could not be saved comes back; a line says why."""
    await go_to(page, "Rolf B.")
    await page.route("**/api/**", lambda route: route.abort())
    await page.keyboard.press("a")
    await expect(page.locator("#offline")).to_be_visible()
    await expect(page.locator(".notice")).to_be_visible()


async def pause(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.locator("#palette-field").fill("pause")
    await page.keyboard.press("Enter")
    await expect(page.locator("#pause")).to_be_visible()


async def suspend(page: Page) -> None:
    await page.keyboard.press("s")
    await expect(page.locator("#effects li").first).to_be_visible()


async def tighten(page: Page) -> None:
    await page.keyboard.press("t")
    await expect(page.locator("#effects li").first).to_be_visible()


FERRY = "/article?site=harbour-times&id=ferry"
ROLF = "/author?site=harbour-times&id=rolf-b."
VIEWS = (
    View("desk", "The desk: what a person must decide, the most urgent first", act=decide),
    View("waiting", "Waiting: not scored yet, or put aside", "/?queue=waiting", ".text"),
    View("escalated", "Escalated: an editor decides", "/?queue=escalated"),
    View("reported", "Reported: readers object; A keeps it, R rejects it", "/?queue=reported"),
    View("approved", "Approved lately, by people", "/?queue=approved"),
    View("rejected", "Rejected lately, by people", "/?queue=rejected"),
    View("dead", "Dead letters: what could not be scored", "/?queue=dead"),
    View("empty", "A queue with nothing in it", "/?queue=escalated&site=north-coast", ".empty"),
    View("filters", "Filters", act=keys("f", ready="#languages .box")),
    View("bulk", "Decide on many", act=keys("m", ready="#bulk-first li")),
    View("palette", "Everything, by name", act=keys("Control+k", ready="#palette-list li")),
    View("reject", "Before rejecting", act=keys("r", "1", ready="#reject-effects li")),
    View("escalate", "A note to colleagues", act=keys("e", ready="#note")),
    View("author", "An author: record, standing, notes, comments", ROLF, "#written li"),
    View("suspend", "Before suspending", ROLF, "#written li", act=suspend),
    View("articles", "Articles, the newest comment first", "/article", "#found li"),
    View("article", "An article: how it takes comments, and its whole thread", FERRY, ".node"),
    View("tighter", "Before holding an article tighter", FERRY, ".node", act=tighten),
    View("keys", "Keys and settings", act=keys("?", ready="#help")),
    View("pause", "A pause", act=pause),
    View("offline", "Without a connection", act=cut_off),
    View("login", "Log in", "/login", "form", who=None),
    View("code", "The second factor", "/login", "form", act=ask_for_code, who=None),
    View("invite", "Choose a password, by an invitation", "invitation", "#fields", who=None),
    View("account", "My account", "/account", "#main .card", who=WITH_FACTOR),
    View("audit", "Audit log", "/audit", "#lines tr"),
    View("admin", "Admin", "/admin", "#sites .card", who="cleo"),
)
#: Further pictures of a view: its name, what the file's name ends in, size, language.
ALSO = (
    ("desk", "-wide", (2560, 1300), "en"),
    ("desk", "-german", SIZES[""], "de"),
    ("tighter", "-german-narrow", SIZES["-narrow"], "de"),
    ("reject", "-german-narrow", SIZES["-narrow"], "de"),
)
#: Pages with pictures of their own making: name, caption, what takes them.
APART = (("numbers", "Numbers of a week", numbers_pictures.main),)


class Camera:
    """Takes views of one town; whoever looks logs in once."""

    def __init__(self, of: Town) -> None:
        self._town = of
        self._cookies: dict[str, Any] = {}

    async def take(
        self, view: View, size: tuple[int, int], pictures: Mapping[str, Path], language: str = "en"
    ) -> None:
        """Writes the picture of each scheme ("light", "dark") to its path."""
        desks = self._town.desks
        page = await desks.page(*size, language=language)
        if view.who:
            await self._log_in(page.context, view.who)
        where = self._town.invitation if view.path == "invitation" else view.path
        await page.goto(desks.console.url + where)
        await expect(page.locator(view.ready).first).to_be_visible(timeout=60_000)
        if view.act:
            await view.act(page)
        for scheme, path in pictures.items():
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await asyncio.to_thread(path.write_bytes, await webp(page))
        await page.context.close()
        await self._town.open_again(QUOTE.author)

    async def _log_in(self, context: BrowserContext, name: str) -> None:
        if name not in self._cookies:
            user = await self._town.life.store.users.get(name)
            assert user is not None
            token, _ = await self._town.life.store.sessions.create(user, "127.0.0.1", "Firefox")
            url = self._town.desks.console.url
            self._cookies[name] = {"name": "moderato", "value": token, "url": url}
        await context.add_cookies([self._cookies[name]])


async def go_to(page: Page, name: str) -> None:
    await expect(page.locator("#live-word")).not_to_be_empty()
    for key in ["k"] * 20 + ["j"] * 20:
        if key == "j" and await author(page).inner_text() == name:
            await expect(page.locator(".step time").first).to_be_visible()
            return
        await page.keyboard.press(key)
    raise AssertionError(f"The policy did not flag the comment by {name}.")


@dataclass(frozen=True)
class Shot:
    """One opening of a view, and the files of its pictures by scheme."""

    view: View
    size: tuple[int, int]
    files: Mapping[str, str]
    language: str = "en"


def shots(views: Sequence[View]) -> list[Shot]:
    usual = [
        Shot(view, size, {s: f"{view.name}{end}{ends}.webp" for ends, s in SCHEMES.items()})
        for view in views
        for end, size in SIZES.items()
    ]
    further = [
        Shot(view, size, {"light": f"{name}{end}.webp"}, language)
        for name, end, size, language in ALSO
        for view in views
        if view.name == name
    ]
    return usual + further


def page_of_all() -> str:
    """docs/screenshots/README.md: every picture there is."""
    lines = ["# Every view of the console", ""]
    lines += ["Taken by `python -m tests.console.pictures`; the comments are made up.", ""]
    for view in VIEWS:
        lines += [f"## {view.caption}", ""]
        for shot in shots([view]):
            tongue = {"de": ", German"}.get(shot.language, "")
            shown = 160 if shot.size[0] < 500 else 420
            for scheme, name in shot.files.items():
                alt = f"{view.caption}: {shot.size[0]} pixels wide, {scheme}{tongue}"
                lines.append(f'<img src="{name}" alt="{alt}" width="{shown}">')
        lines.append("")
    for name, caption, _ in APART:
        lines += [f"## {caption}", ""]
        for end in SIZES:
            for ends, scheme in SCHEMES.items():
                alt = f"{caption}: {SIZES[end][0]} pixels wide, {scheme}"
                shown = 160 if end else 420
                source = f"{name}{end}{ends}.webp"
                lines.append(f'<img src="{source}" alt="{alt}" width="{shown}">')
        lines.append("")
    return "\n".join(lines)


async def main(names: Sequence[str]) -> None:
    (FOLDER / "README.md").write_text(page_of_all())
    for name, caption, take in APART:
        if not names or name in names:
            print(f"{caption} …", flush=True)
            await take()
    wanted = shots([view for view in VIEWS if not names or view.name in names])
    if not wanted:
        return
    async with town() as made:
        camera = Camera(made)
        for number, shot in enumerate(wanted, start=1):
            paths = {scheme: FOLDER / name for scheme, name in shot.files.items()}
            await camera.take(shot.view, shot.size, paths, shot.language)
            print(f"{number} of {len(wanted)}: {', '.join(shot.files.values())}", flush=True)
        assert not made.desks.troubles, made.desks.troubles


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
