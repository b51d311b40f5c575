"""Steps that only move a comment, taken back by keyboard; and dead letters scored again."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from moderato.domain.comment import Place, State
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour
from tests.console.samples import SAMPLES, play
from tests.life import Life

SITE = "harbour-times"


@pytest.mark.parametrize(
    ("key", "step", "place", "said"),
    [
        ("e", "escalate", Place.ESCALATED, "Escalated the comment by Rolf B."),
        ("h", "hold", Place.HELD, "Put the comment by Rolf B. aside"),
    ],
)
async def test_what_was_moved_comes_back_by_undo(
    desks: Desks, key: str, step: str, place: Place, said: str
) -> None:
    ids = await play(desks.console.life, SAMPLES[:2])
    # A moderator: what they handed to an editor themselves they may take back.
    page = await desks.open("ben")
    await page.keyboard.press(key)
    await page.keyboard.type("Is this libel?")
    async with page.expect_response(f"**/{step}"):
        await page.keyboard.press("Enter")
    await expect(author(page)).to_have_text("nightowl_77")
    await expect(page.locator("#undo")).to_contain_text(said)
    assert await _place(desks.console.life, ids[0]) == place
    async with page.expect_response("**/return"):
        await page.keyboard.press("u")
    await expect(author(page)).to_have_text("Rolf B.")
    await expect(page.locator("#undo")).to_be_hidden()
    await expect(page.locator(".entry-author")).to_have_text(["Rolf B.", "nightowl_77"])
    assert await _place(desks.console.life, ids[0]) == Place.FLAGGED
    # It can be decided on, at the version that the undo made.
    async with page.expect_response("**/decision"):
        await page.keyboard.press("a")
    await expect(page.locator(".notice")).to_have_count(0)


async def test_a_dead_letter_is_scored_again_from_the_desk(desks: Desks) -> None:
    life = desks.console.life
    comment = await life.accept(to_harbour("What breaks the model.", "Ann"))
    (job,) = await life.jobs()
    await life.store.work.bury(life.scorer, job.entry, "The model broke.", "ann")

    # A moderator sees it, and that it is not theirs to send back.
    page = await _dead_letters(desks, "ben")
    await expect(page.locator("#context")).to_contain_text("after 1 attempt: The model broke.")
    await expect(page.locator("[data-action=retry]")).to_be_hidden()
    await page.keyboard.press("t")
    await expect(page.locator(".entry")).to_have_count(1)

    page = await _dead_letters(desks, "ana")
    async with page.expect_response("**/replay"):
        await page.keyboard.press("t")
    await expect(page.get_by_text("No dead letters")).to_be_visible()
    assert (await life.store.queues.counts([SITE]))[SITE]["dead"] == 0
    assert await life.score_all(State.APPROVED) == ["done"]
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    assert record.comment.state is State.APPROVED


async def _dead_letters(desks: Desks, name: str) -> Page:
    page = await desks.open(name)
    await page.goto(f"{desks.console.url}/?queue=dead")
    await settled(page)
    await expect(author(page)).to_have_text("Ann")
    return page


async def _place(life: Life, comment: str) -> Place | None:
    record = await life.store.comments.get(SITE, comment)
    assert record is not None
    return record.place
