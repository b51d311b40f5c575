"""The console for everybody: axe finds nothing, in both themes, wide and narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from tests.console.browser import Desks, author, selected
from tests.console.samples import BEFORE, SAMPLES, play
from tests.console.served import PASSWORD
from tests.console.test_account import enrol


async def _check(page: Page) -> None:
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
async def test_no_violation_on_any_view(desks: Desks, scheme: str, width: int) -> None:
    before = await play(desks.console.life, BEFORE)
    ids = await play(desks.console.life, SAMPLES, before[-1])
    page = await desks.page(width=width, scheme=scheme)
    await page.goto(f"{desks.console.url}/login")
    await expect(page.get_by_label("Name")).to_be_focused()
    await _check(page)
    await desks.log_in(page, "ana")
    await expect(page.locator(".step").first).to_be_visible()
    await _check(page)

    ben = await desks.console.client("ben")
    await ben.decide(ids[0])
    await expect(page.locator(".notice")).to_be_visible()
    await page.keyboard.press("s")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await _check(page)
    await page.keyboard.press("r")
    await page.keyboard.press("2")
    await _check(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await _check(page)
    await page.keyboard.press("Escape")
    await page.goto(f"{desks.console.url}/?state=pending&site=north-coast")
    await expect(page.get_by_text("Nothing is waiting")).to_be_visible()
    await _check(page)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_no_violation_where_the_login_asks_for_a_code(
    desks: Desks, scheme: str, width: int
) -> None:
    await enrol(await desks.console.client("ben"))
    page = await desks.page(width=width, scheme=scheme)
    await page.goto(f"{desks.console.url}/login")
    await page.get_by_label("Name").fill("ben")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    code = page.get_by_label("Code")
    await expect(code).to_be_focused()
    await _check(page)
    await code.fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    await _check(page)


async def test_a_screen_reader_hears_what_happens(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    said = page.get_by_role("status").first
    await expect(said).to_contain_text("1 of 3. Rolf B.: Eleven years")
    await page.keyboard.press("j")
    await expect(said).to_contain_text("2 of 3. nightowl_77: Somebody")
    await page.keyboard.press("a")
    await expect(said).to_contain_text("Approved the comment by nightowl_77")
    await page.keyboard.press("u")
    await expect(said).to_contain_text("Taken back. The comment by nightowl_77 is here again.")


async def test_the_focus_goes_along_in_the_list_and_is_never_lost(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    await page.locator(".entry").first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(selected(page)).to_be_focused()
    await expect(author(page)).to_have_text("nightowl_77")
    await page.keyboard.press("a")
    await expect(author(page)).to_have_text("Petra Vos")
    await expect(selected(page)).to_be_focused()
    approve = page.locator("[data-action=approve]")
    await approve.focus()
    await page.keyboard.press("Enter")
    await expect(author(page)).to_have_text("Rolf B.")
    await expect(approve).to_be_focused()
    await page.keyboard.press("r")
    await page.keyboard.press("Escape")
    await expect(approve).to_be_focused()


async def test_twice_as_large_nothing_is_cut_off(desks: Desks) -> None:
    """200 % zoom of a 1280 px screen leaves 640 px."""
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana", width=640, height=400)
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for name in ("Approve", "Reject", "Skip"):
        button = page.locator("#actions").get_by_role("button", name=name)
        await expect(button).to_be_in_viewport()
