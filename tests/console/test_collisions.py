"""Two moderators on the same comments."""

from __future__ import annotations

from playwright.async_api import expect
from redis.asyncio import Redis

from moderato.domain.comment import State
from tests.conftest import ConfigFactory
from tests.console.browser import Desks, author, chromium, selected, settled
from tests.console.samples import SAMPLES, play
from tests.console.served import console_on
from tests.life import Life


async def test_a_decision_that_comes_second_tells_who_was_first(desks: Desks) -> None:
    comment, *_ = await play(desks.console.life, SAMPLES[:3])
    page = await desks.page()
    # Without the live line she cannot know, as in the moment before it rings.
    await page.route("**/api/events", lambda route: route.abort())
    await desks.log_in(page, "ana", live=False)
    ben = await desks.console.client("ben")
    await ben.decide(comment, 2, action="reject", rule="insult")

    await page.keyboard.press("a")
    await expect(page.locator(".notice p")).to_have_text(
        "Your approval of Rolf B.'s comment was not saved. Rejected by ben (It attacks a person "
        "instead of what they said), just now."
    )
    await expect(author(page)).to_have_text("nightowl_77")
    await expect(page.locator("#undo")).to_be_hidden()
    await expect(page.locator(".entry-author")).to_have_text(["nightowl_77", "Petra Vos"])
    record = await desks.console.life.store.comments.get("harbour-times", comment)
    assert record is not None
    assert record.comment.state is State.REJECTED


async def test_where_it_still_waits_it_comes_back_as_it_is_now(desks: Desks) -> None:
    comment, *_ = await play(desks.console.life, SAMPLES[:2])
    page = await desks.page()
    await page.route("**/api/events", lambda route: route.abort())
    await desks.log_in(page, "ana", live=False)
    ben = await desks.console.client("ben")
    await ben.decide(comment)
    await ben.undo(comment, 3)

    await page.keyboard.press("a")
    await expect(page.locator(".notice")).to_contain_text("Taken back by ben")
    await expect(page.locator(".entry-author")).to_have_text(["Rolf B.", "nightowl_77"])
    await page.keyboard.press("k")
    await expect(author(page)).to_have_text("Rolf B.")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_contain_text("Approved the comment by Rolf B.")
    await expect(page.locator(".notice")).to_have_count(1)


async def test_whoever_has_it_open_hears_of_it_and_cannot_decide_any_more(desks: Desks) -> None:
    ids = await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    ben = await desks.console.client("ben")
    await ben.decide(ids[0], 2, action="reject", rule="threat")
    await expect(page.locator(".notice")).to_contain_text("Rejected by ben")
    await expect(page.locator("[data-action=approve]")).to_be_disabled()
    await expect(selected(page)).to_contain_text("Decided elsewhere")
    await expect(author(page)).to_have_text("Rolf B.")
    await page.keyboard.press("a")
    await expect(author(page)).to_have_text("Rolf B.")
    await ben.decide(ids[1])
    await expect(page.get_by_text("Decided elsewhere")).to_have_count(2)
    # Going on leaves out what is decided.
    await page.keyboard.press("s")
    await expect(author(page)).to_have_text("Petra Vos")
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("1")


async def test_two_clear_one_queue_and_each_comment_is_decided_once(desks: Desks) -> None:
    ids = await play(desks.console.life, SAMPLES[:7])
    ana, ben = await desks.open("ana"), await desks.open("ben")
    empty = "Nothing is flagged"
    for _ in range(len(ids) + 2):
        await ana.keyboard.press("a")
        await ben.keyboard.press("a")
    for page in (ana, ben):
        await expect(page.locator(".row:not(.gone)")).to_have_count(0)
    counts = await desks.console.life.store.queues.counts(["harbour-times"])
    assert counts["harbour-times"]["flagged"] == 0
    for comment in ids:
        history = await desks.console.life.store.comments.history("harbour-times", comment)
        assert [line.step for line in history] == ["receive", "decide", "approve"]
    await ana.reload()
    await expect(ana.get_by_text(empty)).to_be_visible()


async def test_two_people_for_what_is_severe(redis: Redis, make_config: ConfigFactory) -> None:
    life = Life(redis, make_config(second_opinion=0.9))
    async with console_on(life) as console, chromium() as browser:
        desks = Desks(browser, console)
        comment, *_ = await play(life, SAMPLES[:2])
        ben, ana = await desks.open("ben"), await desks.open("ana")
        await ben.keyboard.press("r")
        await expect(ben.locator("#reject-effects")).to_contain_text("another person must agree")
        await ben.keyboard.press("1")
        await ben.keyboard.press("Enter")
        await expect(author(ben)).to_have_text("nightowl_77")
        await expect(ben.locator(".entry-why").first).to_have_text("Needs a second person")
        await expect(ben.locator("#undo")).to_be_hidden()
        # Once is all that one person may.
        await ben.keyboard.press("k")
        await ben.keyboard.press("a")
        await expect(ben.locator(".notice")).to_contain_text("another person must decide, too")
        await expect(ana.locator(".card-note:not([hidden])")).to_contain_text("ben would reject it")
        # Who thinks otherwise leaves it to an editor.
        await ana.keyboard.press("a")
        await expect(ana.locator(".notice")).to_contain_text("an editor decides")
        await expect(ana.locator(".tab", has_text="Escalated")).to_contain_text("1")
        await ben.goto(f"{console.url}/?queue=escalated")
        await expect(author(ben)).to_have_text("Rolf B.")
        await expect(ben.locator("[data-action=approve]")).to_be_disabled()
        await ana.goto(f"{console.url}/?queue=escalated")
        await settled(ana)
        async with ana.expect_response("**/decision"):
            await ana.keyboard.press("a")
        await expect(ana.get_by_text("Nothing is escalated")).to_be_visible()
        record = await life.store.comments.get("harbour-times", comment)
        assert record is not None
        assert record.comment.state is State.APPROVED
        assert not desks.troubles
    await life.close()
