"""What readers reported: kept or rejected, by keyboard; and what the API says of it."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from moderato.domain.comment import State
from services.console import decisions
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour
from tests.console.served import Console
from tests.life import Life

SITE = "harbour-times"


async def reported(life: Life, name: str, readers: int = 1) -> str:
    """A comment that is public and that ``readers`` objected to."""
    comment = await life.accept(to_harbour(f"A fair point by {name}.", name))
    await life.score_all(State.APPROVED)
    await life.publish_all()
    for reader in range(readers):
        await life.store.comments.report(SITE, comment, by=f"reader-{reader}")
    return comment


async def test_keeping_by_the_api(console: Console) -> None:
    comment = await reported(console.life, "Ann", readers=2)
    ben, ana = await console.client("ben"), await console.client("ana")
    (item,) = (await ben.get("/api/queue?queue=reported")).body["items"]
    assert (item["state"], item["reports"]) == ("approved", 2)
    for more in ({"rule": "insult"}, {"reason": "Fine."}):
        assert (await ben.decide(comment, action="keep", **more)).status == 422
    kept = await ben.decide(comment, action="keep")
    assert (kept.status, kept.body["state"], kept.body["version"]) == (200, "approved", 3)
    assert kept.body["undo_until"] > 0
    # Sent again after a lost answer; and by a colleague who was slower.
    assert (await ben.decide(comment, action="keep")).body == kept.body
    late = await ana.decide(comment, action="keep")
    assert (late.status, late.body["type"]) == (409, decisions.CONFLICT)
    assert late.body["conflict"]["meanwhile"]["step"] == "keep"
    assert (await ben.get("/api/queue?queue=reported")).body["items"] == []
    undone = await ben.undo(comment, 3)
    assert undone.body == {"state": "approved", "version": 4}
    (item,) = (await ben.get("/api/queue?queue=reported")).body["items"]
    assert (item["reports"], item["why"]["rule"]) == (2, "test-rule")


async def test_reported_comments_are_kept_or_rejected_by_keyboard(desks: Desks) -> None:
    life = desks.console.life
    ann = await reported(life, "Ann", readers=2)
    bob = await reported(life, "Bob")
    page = await _reported_queue(desks)
    await expect(author(page)).to_have_text("Ann")
    await expect(page.locator("#shown").get_by_text("Reported 2 times")).to_be_visible()
    await expect(page.locator(".why")).to_contain_text("2 readers reported it.")
    approve = page.locator("[data-action=approve]")
    await expect(approve).to_have_text(re.compile("Keep"))

    async with page.expect_response("**/decision"):
        await page.keyboard.press("a")
    await expect(author(page)).to_have_text("Bob")
    await expect(page.locator("#undo")).to_contain_text("Kept the comment by Ann")
    await page.keyboard.press("r")
    await page.keyboard.press("1")
    async with page.expect_response("**/decision"):
        await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing is reported")).to_be_visible()
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("0")
    assert await _states(life, ann, bob) == [(State.APPROVED, 0), (State.REJECTED, 0)]

    # Both come back, with their reports.
    await page.keyboard.press("u")
    await expect(author(page)).to_have_text("Bob")
    await page.keyboard.press("u")
    await expect(author(page)).to_have_text("Ann")
    await expect(page.locator("#shown").get_by_text("Reported 2 times")).to_be_visible()
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("2")
    assert await _states(life, ann, bob) == [(State.APPROVED, 2), (State.APPROVED, 1)]


async def test_kept_from_among_the_approved_it_stands_there_as_before(desks: Desks) -> None:
    life = desks.console.life
    ann = await reported(life, "Ann")
    page = await desks.open("ana")
    await page.goto(f"{desks.console.url}/?queue=approved&actor=policy")
    await settled(page)
    async with page.expect_response("**/decision"):
        await page.keyboard.press("a")
    await expect(page.locator(".entry")).to_have_count(1)
    await expect(author(page)).to_have_text("Ann")
    await expect(page.locator("[data-action=approve]")).to_be_disabled()
    assert await _states(life, ann) == [(State.APPROVED, 0)]


async def test_a_colleague_was_quicker(desks: Desks) -> None:
    comment = await reported(desks.console.life, "Ann")
    page = await _reported_queue(desks)
    await (await desks.console.client("ben")).decide(comment, action="keep")
    await expect(page.locator(".entry")).to_contain_text("Decided elsewhere")
    await expect(page.locator("[data-action=approve]")).to_be_disabled()
    await expect(page.locator("#context")).to_contain_text("Reports dismissed by ben")


async def _reported_queue(desks: Desks) -> Page:
    page = await desks.open("ana")
    await page.get_by_role("button", name="Reported").click()
    await expect(page.locator(".tab[aria-current]")).to_contain_text("Reported")
    await expect(page.locator(".entry").first).to_be_visible()
    return page


async def _states(life: Life, *ids: str) -> list[tuple[State, int]]:
    records = await life.store.comments.get_many(SITE, ids)
    return [(record.comment.state, record.reports) for record in records if record]
