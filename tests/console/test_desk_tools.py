"""What the desk offers beyond the next comment, in a real browser: views, bulk, care, help."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Locator, Page, Route, expect

from moderato.domain.comment import State
from tests.console.browser import Desks, answers, author, selected, settled
from tests.console.conftest import to_harbour
from tests.console.samples import BEFORE, SAMPLES, finish, play

SITE = "harbour-times"


async def scored(desks: Desks, values: list[float]) -> list[str]:
    """Flagged comments by "Reader 0" and on, with these toxicities."""
    ids = []
    for number, value in enumerate(values):
        ids.append(await desks.console.life.accept(to_harbour(f"No. {number}", f"Reader {number}")))
        sample = replace(SAMPLES[0], scores=(value, 0.0, 0.0, 0.0, 0.0, 0.0), rule="toxic")
        await finish(desks.console.life, sample, value)
    return ids


async def states(desks: Desks, ids: list[str]) -> list[State]:
    records = await desks.console.life.store.comments.get_many(SITE, ids)
    return [record.comment.state for record in records if record]


async def test_fifty_are_cleared_by_keyboard_alone(desks: Desks) -> None:
    ids = await scored(desks, [0.9 - number / 100 for number in range(54)])
    page = await desks.open("ana")
    press = page.keyboard.press
    saved = answers(page, 54, "decision", "escalate", "hold")
    for number in range(54):
        await expect(author(page)).to_have_text(f"Reader {number}")
        if number % 10 == 3:
            for key in ("r", str(number % 9 + 1), "Enter"):
                await press(key)
        elif number % 10 == 6:
            await press("e")
            await page.keyboard.type("Libel?")
            await press("Enter")
        elif number % 10 == 9:
            await press("h")
            await press("Enter")
        else:
            await press("a")
    await expect(page.get_by_text("Nothing is flagged")).to_be_visible()
    await asyncio.wait_for(saved.wait(), 60)  # the page moves on before the server has answered
    found = await states(desks, ids)
    assert (found.count(State.APPROVED), found.count(State.REJECTED)) == (38, 6)
    counts = (await desks.console.life.store.queues.counts([SITE]))[SITE]
    assert (counts["flagged"], counts["escalated"], counts["waiting"]) == (0, 5, 5)
    # An editor, so the escalated ones are hers: why, and back with one of them.
    await press("Control+k")
    await page.keyboard.type("queue esc")
    await press("Enter")
    await expect(page.locator(".card-note").first).to_have_text("ana: “Libel?”")
    await press("b")
    await page.keyboard.type("Fine by me")
    await press("Enter")
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("4")
    await press("a")
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("3")


async def test_a_view_is_in_the_address_and_can_be_shared(desks: Desks) -> None:
    await scored(desks, [0.95, 0.85, 0.75, 0.65, 0.55])
    await play(desks.console.life, SAMPLES)
    page = await desks.open("ana")
    await page.locator("#chips").get_by_role("button", name="Toxic 7").click()
    await expect(page.locator(".entry")).to_have_count(7)
    await page.keyboard.press("f")
    await page.get_by_label("From").focus()
    for _ in range(12):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator("#filters-bulk")).to_have_text("Decide on all 6…")
    await page.keyboard.press("Escape")
    await page.locator("#sort").select_option("score-low")
    names = ["Reader 3", "Reader 2", "TerraceTom", "Petra Vos", "Reader 1", "Reader 0"]
    await expect(page.locator(".entry-author")).to_have_text(names)
    await expect(page.locator(".entry-score").first).to_have_text("0.65")
    await page.keyboard.press("j")
    await page.keyboard.press("j")

    colleague = await desks.page()
    await desks.log_in(colleague, "ben")
    await colleague.goto(page.url)
    await settled(colleague)
    await expect(colleague.locator(".entry-author")).to_have_text(names)
    await expect(author(colleague)).to_have_text("TerraceTom")
    # Each sees that the other is here, and one's next comment is not the other's.
    await expect(page.locator("#others")).to_have_text("ben is looking at it, too.")
    await expect(page.locator(".entry-others").nth(2)).to_have_text("ben")
    await page.keyboard.press("k")
    await page.keyboard.press("a")
    await expect(author(page)).to_have_text("Petra Vos")
    await page.get_by_role("button", name="Only this author").click()
    await expect(page.locator(".entry")).to_have_count(1)
    await page.go_back()
    await expect(page.locator(".entry")).to_have_count(5)


async def test_what_comes_of_a_rejection_stands_there_before(desks: Desks) -> None:
    life = desks.console.life
    mine = [{"rule": "libel", "label": "Libel", "words": "It says what is not true."}]
    await (await desks.console.client("ana")).put(f"/api/reasons/{SITE}", {"reasons": mine})
    await life.store.sites.add_endpoint(SITE, "https://hooks.example/x")
    before = await play(life, BEFORE)
    (comment,) = await play(life, SAMPLES[:1], before[-1])
    page = await desks.open("ana")
    # The lines of the policy stand on the bars, and are read out.
    toxic = page.locator(".score").first
    await expect(toxic.locator(".score-line")).to_have_count(4)
    await expect(toxic).to_contain_text("Flagged if at least 0.90 (Very toxic).")
    await page.keyboard.press("r")
    await expect(page.locator("#reasons")).to_have_text(re.compile("1 +Libel"))
    effects = effects_of(page)
    await expect(effects).to_contain_text("It is not public and stays so.")
    await expect(effects).to_contain_text("The site is told by webhook.")
    await expect(effects).to_contain_text("For 10 seconds nothing is out")
    await page.keyboard.press("1")
    await page.keyboard.press("Tab")
    await expect(page.locator("#reject-words")).to_be_focused()
    await page.keyboard.type("It is wrong, and 2 of us checked.")
    async with page.expect_response(re.compile("/decision$")):
        await page.keyboard.press("Enter")
    await expect(page.locator("#undo")).to_be_visible()
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    assert record.last is not None
    assert (record.last.rule, record.last.message) == ("libel", "It is wrong, and 2 of us checked.")

    # The tab is closed; undo is the server's, and the next tab still offers it.
    context = page.context
    await page.close()
    page = await context.new_page()
    await page.goto(desks.console.url)
    await expect(page.locator("#undo")).to_contain_text("Rejected the comment by Rolf B.")
    await page.keyboard.press("u")
    await expect(author(page)).to_have_text("Rolf B.")
    assert await states(desks, [comment]) == [State.FLAGGED]
    # One that was public is retracted.
    async with page.expect_response(re.compile("/decision$")):
        await page.keyboard.press("a")
    await life.let_undo_windows_end()
    await life.publish_all()
    await page.get_by_role("button", name="Approved", exact=False).click()
    await expect(author(page)).to_have_text("Rolf B.")
    await page.keyboard.press("r")
    await expect(effects_of(page)).to_contain_text("It is public: it disappears from the page.")


def effects_of(page: Page) -> Locator:
    return page.locator("#reject-effects")


async def test_many_by_their_score_and_all_of_them_back(desks: Desks) -> None:
    ids = await scored(desks, [0.95, 0.92, 0.91, 0.85, 0.5, 0.4, 0.3])
    page = await desks.open("ana")
    await page.keyboard.press("f")
    bars = page.locator(".bars")
    box = await bars.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] * 0.91, y)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.99, y)
    await page.mouse.up()
    await expect(page.locator(".entry")).to_have_count(3)
    await page.locator("#filters-bulk").click()
    await expect(page.locator("#bulk-say")).to_have_text("3 comments")
    await expect(page.locator("#bulk-first li")).to_have_count(3)
    await expect(page.locator("#bulk-reject")).to_be_disabled()
    # A colleague is quicker with one of them, which is left alone.
    await (await desks.console.client("ben")).decide(ids[1])
    await page.locator("#bulk-reason").select_option("insult")
    await page.locator("#bulk-reject").click()
    await expect(page.locator("#bulk-state")).to_have_text("2 of 3 rejected. Nothing is out yet.")
    await expect(page.locator("#bulk-conflicts")).to_contain_text("1 was left alone")
    assert (await states(desks, ids))[:4] == [
        *(State.REJECTED, State.APPROVED, State.REJECTED, State.FLAGGED)
    ]
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Nothing is flagged")).to_be_visible()
    await expect(page.locator("#undo")).to_contain_text("Rejecting 3 comments")
    # Also by who comes back after closing the tab.
    await page.reload()
    await expect(page.locator("#undo")).to_contain_text("Rejecting 3 comments")
    await page.keyboard.press("u")
    await expect(page.locator(".entry-author")).to_have_text(["Reader 0", "Reader 2"])
    assert (await states(desks, ids))[:3] == [State.FLAGGED, State.APPROVED, State.FLAGGED]


async def test_what_is_told_of_a_bulk_before_its_start_is_answered_does_no_harm(
    desks: Desks,
) -> None:
    await scored(desks, [0.9, 0.8])
    page = await desks.open("ana")

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        # One that arrives afterwards is counted: all that was told before has been heard.
        await scored(desks, [0.7])
        await expect(page.locator(".tab[aria-current] .count")).to_have_text("1")
        await route.fulfill(response=answer)

    await page.route("**/start", answer_late)
    await page.keyboard.press("f")
    await page.locator("#filters-bulk").click()
    await page.locator("#bulk-approve").click()
    await expect(page.locator("#bulk-state")).to_have_text("2 of 2 approved. Nothing is out yet.")
    assert not desks.troubles


async def test_severe_ones_are_covered_and_a_category_is_left_out(desks: Desks) -> None:
    severe = replace(SAMPLES[1], scores=(0.9, 0.1, 0.1, 0.8, 0.4, 0.0))
    await play(desks.console.life, (severe, SAMPLES[0]))
    page = await desks.page()
    await page.clock.install()
    await desks.log_in(page, "ana")
    await expect(page.locator(".cover")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("off the pier")
    await page.keyboard.press("a")
    await expect(page.locator(".notice")).to_contain_text("Press V to read it")
    await page.keyboard.press("v")
    await expect(page.locator(".text")).to_contain_text("off the pier")
    await expect(page.locator(".notice")).to_have_count(0)
    await page.keyboard.press("j")
    await page.keyboard.press("?")
    await page.locator("#mute").get_by_label("Threat").check()
    await page.keyboard.press("Escape")
    await expect(page.locator(".entry-author")).to_have_text(["Rolf B."])
    await expect(page.locator("#left-out")).to_contain_text("1 left out")
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("2")
    # An hour at the desk, a key now and then.
    for _ in range(16):
        await page.clock.fast_forward("04:00")
        await page.keyboard.press("j")
    await expect(page.locator(".notice.calm")).to_contain_text("an hour")
    await page.get_by_role("button", name="Take a pause").click()
    await expect(page.locator("#pause")).to_be_visible()


async def test_the_word_to_read_it_first_stays_until_it_is_read(desks: Desks) -> None:
    severe = replace(SAMPLES[1], scores=(0.9, 0.1, 0.1, 0.8, 0.4, 0.0))
    await play(desks.console.life, (severe,))
    page = await desks.open("ana")
    await page.goto(f"{desks.console.url}/?site={SITE}&author={severe.author}")
    await settled(page)
    await page.keyboard.press("a")
    # In a filtered view an arrival has the page look again at all of it.
    await desks.console.life.flagged(to_harbour("Me again.", severe.author))
    await expect(page.get_by_role("button", name="Show 1 new comment")).to_be_visible()
    await expect(page.locator(".notice")).to_contain_text("Press V to read it")
    await page.keyboard.press("v")
    await expect(page.locator(".notice")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(desks: Desks, scheme: str) -> None:
    before = await play(desks.console.life, BEFORE)
    await play(desks.console.life, SAMPLES, before[-1])
    page = await desks.open("ana", scheme=scheme)
    await expect(page.locator(".chip-button").first).to_be_visible()
    openings = {"": "", "r": "#reject", "e": "#note", "f": "#filters", "m": "#bulk-first li"}
    for key, shown in {**openings, "Control+k": "#palette", "?": "#help"}.items():
        if key:
            await page.keyboard.press(key)
            await expect(page.locator(shown).first).to_be_visible()
        found = await Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, (key, found.generate_report())
        await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    assert (await Axe().run(page)).violations_count == 0


@pytest.mark.parametrize("width", [360, 640])
async def test_nothing_is_cut_off_on_a_narrow_or_zoomed_screen(desks: Desks, width: int) -> None:
    await play(desks.console.life, SAMPLES)
    page = await desks.open("ana", width=width, height=500)
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(too_wide)
    for key in ("f", "m", "r", "?", "Control+k"):
        await page.keyboard.press(key)
        assert not await page.evaluate(too_wide)
        shown = await page.locator("dialog[open], :popover-open").first.bounding_box()
        assert shown is not None
        assert shown["x"] >= 0, key
        assert shown["x"] + shown["width"] <= width, key
        await page.keyboard.press("Escape")
    await expect(selected(page)).to_have_count(1)
