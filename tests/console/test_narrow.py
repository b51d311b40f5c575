"""Every page where there is little room: 360 pixels, and 200 % zoom of 1280, in German, whose words
are long. Nothing scrolls sideways, no button's word is cut off, every control can be reached.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from services.console import pages
from tests.console.browser import Desks, settled
from tests.console.samples import BEFORE, SAMPLES, play

#: Pages for who has no session.
WITHOUT = {"/login", "/invite"}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: Buttons, links and fields that are cut off, or that stand outside of what can be scrolled to.
CUT_OFF = """() => {
  const dialog = document.querySelector("dialog[open], :popover-open");
  const seen = (node) => node.checkVisibility() && node.getClientRects().length;
  const rolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
  const rolled = (node) => node && (rolls(node) || rolled(node.parentElement));
  return [...(dialog ?? document).querySelectorAll("a, button, select, input")]
    .filter((node) => seen(node) && !node.closest(".unseen, .entry"))
    .filter((node) => {
      const { left, right } = node.getBoundingClientRect();
      const outside = left < -1 || right > innerWidth + 1;
      const clipped = node.matches("button") && node.scrollWidth > node.clientWidth + 1;
      return clipped || (outside && !rolled(node.parentElement));
    })
    .map((node) => `${node.tagName} ${node.id} ${node.textContent.trim().slice(0, 40)}`);
}"""


@pytest.mark.parametrize("width", [360, 640])
async def test_every_page_has_room_for_german(desks: Desks, width: int) -> None:
    for path in pages.PATHS:
        if path == "/":
            continue
        if path in WITHOUT:
            page = await desks.page(width=width, height=740, language="de")
            await page.goto(desks.console.url + path)
            await expect(page.locator("form")).to_be_visible()
        else:
            page = await desks.at(path, "cleo", width=width, height=740, language="de")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await _fits(page, path)
        await page.context.close()


@pytest.mark.parametrize("width", [360, 640])
async def test_every_queue_and_dialog_of_the_desk_has_room_for_german(
    desks: Desks, width: int
) -> None:
    life = desks.console.life
    before = await play(life, BEFORE)
    await play(life, SAMPLES, before[-1])
    page = await desks.at("/", "ana", width=width, height=740, language="de")
    await settled(page)
    await _fits(page, "/")
    for key in ("f", "m", "r", "e", "h", "?", "Control+k"):
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open], :popover-open").first).to_be_visible()
        await _fits(page, key)
        await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await _fits(page, "undo")
    for tab in await page.locator(".tab").all():
        await tab.click()
        await expect(tab).to_have_attribute("aria-current", "page")
        await expect(page.locator("#shown > *").first).to_be_visible()
        await _fits(page, await tab.inner_text())


async def _fits(page: Page, what: str) -> None:
    assert not await page.evaluate(SIDEWAYS), what
    assert await page.evaluate(CUT_OFF) == [], what
