"""A moderator's work at the desk, in a real browser, by keyboard."""

from __future__ import annotations

import re

from playwright.async_api import Page, Route, expect

from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.scores import ModelInfo, Scores
from moderato.store.records import Record
from moderato.store.rescoring import Rescored
from moderato.store.views import View
from tests.console.browser import Desks, answers, author, selected, settled
from tests.console.conftest import to_harbour
from tests.console.samples import BEFORE, SAMPLES, finish, play
from tests.console.served import PASSWORD

FLAGGED = [sample for sample in SAMPLES if sample.state is State.FLAGGED]


async def test_a_queue_is_cleared_by_keyboard_alone(desks: Desks) -> None:
    before = await play(desks.console.life, BEFORE)
    ids = await play(desks.console.life, SAMPLES, before[-1])
    page = await desks.open("ana")
    press = page.keyboard.press
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("9")

    # Nine are flagged; the third is skipped, and so comes last.
    decisions = {0: "1", 1: "3", 2: "7", 3: "8"}
    for number in [0, 1, None, 3, 4, 5, 6, 7, 8, 2]:
        if number is None:
            await expect(author(page)).to_have_text(FLAGGED[2].author)
            await press("s")
            continue
        await expect(author(page)).to_have_text(FLAGGED[number].author)
        if number in decisions:
            await press("r")
            await press(decisions[number])
            await press("Enter")
        else:
            await press("a")
    await expect(page.get_by_text("Nothing is flagged")).to_be_visible()
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("0")
    await expect(page.locator("#undo")).to_be_visible()

    expected = {0: "insult", 1: "threat", 2: "off-topic", 3: "spam"}
    for number, sample in enumerate(FLAGGED):
        record = await _record(desks, ids[number], sample.site)
        assert record.last is not None
        assert record.last.by == "ana"
        assert record.last.rule == expected.get(number, "")
        assert (record.comment.state is State.REJECTED) == (number in expected)


async def test_the_page_follows_the_model(desks: Desks) -> None:
    """Names it has words for, names it has none for, and that another model is in use since."""
    life = desks.console.life
    await play(life, tuple(FLAGGED[:1]))
    (row,) = (await life.store.queues.page([FLAGGED[0].site], View(), limit=1)).rows
    site, comment = row.site, row.comment
    record = await _record(desks, comment, site)
    scores = Scores({"sexual_explicit": 0.71, "hate_speech": 0.2}, "unbiased", "4")
    decision = Decision(State.FLAGGED, "explicit", "It is explicit.", {"hate_speech": "0.20"})
    await life.store.rescoring.apply([Rescored(record, decision, scores, "default")])
    await life.store.models.record(ModelInfo("newer", "5", ("toxicity",), frozenset({"en"})))
    page = await desks.open("ana")
    item = page.locator("#item")
    for text in ("Sexually explicit", "Hate speech 0.20", "Scored again, flagged"):
        await expect(item.get_by_text(text).first).to_be_visible()
    model = "Model unbiased 4; the one in use now is newer 5"
    await expect(item.get_by_text(model)).to_be_visible()


async def test_everything_about_a_comment_is_on_the_page(desks: Desks) -> None:
    before = await play(desks.console.life, BEFORE)
    await play(desks.console.life, SAMPLES[:1], before[-1])
    page = await desks.open("ana")
    for text in (
        "Harbour Times",
        "Council cuts the evening ferry from March",
        "In reply to Edda Lindqvist",
        "four passengers on board",
        "2 approved, 1 rejected, 4 received",
        "The model is fairly sure that it insults somebody.",
        "Rule insult, policy default-1",
        "Model compact 1",
        "Received",
        "Flagged by the policy",
    ):
        await expect(page.locator("#item").get_by_text(text).first).to_be_visible()
    assert await page.locator("mark").all_text_contents() == [
        "a complete idiot",
        "a pack of liars",
        "stupid",
    ]
    assert await page.locator(".score-value").all_text_contents() == [
        *("0.94", "0.11", "0.41", "0.02", "0.91", "0.03")
    ]
    evidence = await page.locator(".evidence li").all_text_contents()
    assert sorted(evidence) == ["Insult 0.91", "Toxic 0.94"]


async def test_marked_words_keep_their_place_among_emoji(desks: Desks) -> None:
    from dataclasses import replace

    sample = replace(SAMPLES[0], text="🚢🇫🇮 Ahoy 👩‍👩‍👧 you [[old fool]] 🎣 [[and 🐟 head]]")
    await play(desks.console.life, (sample,))
    page = await desks.open("ana")
    assert await page.locator("mark").all_text_contents() == ["old fool", "and 🐟 head"]
    assert await page.locator(".text").text_content() == sample.plain


async def test_undo_brings_it_back_to_its_place(desks: Desks) -> None:
    ids = await play(desks.console.life, SAMPLES)
    page = await desks.open("ana")
    await page.keyboard.press("j")
    await expect(author(page)).to_have_text("nightowl_77")
    await page.keyboard.press("a")
    await expect(author(page)).to_have_text("Petra Vos")
    await expect(page.locator("#undo")).to_contain_text("Approved the comment by nightowl_77")
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_contain_text("Approved the comment by Petra Vos")
    await expect(page.locator("#undo-left")).to_have_text(r"10 s")

    await page.keyboard.press("u")
    await expect(author(page)).to_have_text("Petra Vos")
    await page.keyboard.press("u")
    await expect(author(page)).to_have_text("nightowl_77")
    await expect(page.locator("#undo")).to_be_hidden()
    names = page.locator(".entry-author")
    await expect(names).to_have_text([sample.author for sample in FLAGGED])
    for comment in ids[1:3]:
        record = await _record(desks, comment)
        assert (record.comment.state, record.comment.version) == (State.FLAGGED, 4)
    # Decided anew, on the version that the undo made.
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_contain_text("Approved the comment by nightowl_77")
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("8")
    await expect(page.locator(".notice")).to_have_count(0)


async def test_an_undo_that_comes_too_late_says_so(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:2])
    page = await desks.open("ana")
    async with page.expect_response("**/decision"):
        await page.keyboard.press("a")
    await desks.console.life.let_undo_windows_end()
    await page.keyboard.press("u")
    await expect(page.locator(".notice")).to_contain_text("Too late to undo")
    await expect(author(page)).to_have_text("nightowl_77")
    await page.keyboard.press("Escape")
    await expect(page.locator(".notice")).to_have_count(0)


async def test_the_place_is_kept_across_a_reload(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES)
    page = await desks.open("ana")
    for _ in range(3):
        await page.keyboard.press("j")
    await expect(author(page)).to_have_text("HarbourCarsDirect")
    await page.reload()
    await settled(page)
    await expect(author(page)).to_have_text("HarbourCarsDirect")
    await page.get_by_role("button", name="Waiting").click()
    await expect(author(page)).to_have_text("Jonas Pell")
    await page.reload()
    await settled(page)
    await expect(page.locator(".tab[aria-current]")).to_contain_text("Waiting")
    await page.get_by_label("Site", exact=True).select_option("north-coast")
    await expect(page.get_by_text("Nothing is waiting")).to_be_visible()


async def test_what_arrives_is_announced_and_nothing_jumps(desks: Desks) -> None:
    life = desks.console.life
    for number in range(30):
        await life.flagged(to_harbour(f"Comment number {number}", f"Author {number}"))
    page = await desks.open("ana")
    for _ in range(20):
        await page.keyboard.press("ArrowDown")
    entry = selected(page)
    await expect(entry).to_contain_text(await author(page).inner_text())
    text, place = await entry.inner_text(), await entry.bounding_box()

    # More urgent than all the others: their place is above.
    for number in range(3):
        await life.accept(to_harbour("Quick!", f"Newcomer {number}"))
        await finish(life, SAMPLES[0], 0.99)
    arrivals = page.get_by_role("button", name="Show 3 new comments")
    await expect(arrivals).to_be_visible()
    await expect(page.locator(".tab[aria-current] .count")).to_have_text("33")
    assert await page.locator(".entry").count() == 30
    assert (await entry.inner_text(), await entry.bounding_box()) == (text, place)

    await arrivals.click()
    await expect(page.locator(".entry")).to_have_count(33)
    await expect(arrivals).to_be_hidden()
    assert await entry.inner_text() == text
    box = await entry.bounding_box()
    assert place is not None
    assert box is not None
    assert abs(box["y"] - place["y"]) < 2
    names = await page.locator(".entry-author").all_text_contents()
    assert set(names[:3]) == {"Newcomer 0", "Newcomer 1", "Newcomer 2"}


async def test_what_was_decided_meanwhile_does_not_come_back_with_a_late_answer(
    desks: Desks,
) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    await desks.console.life.flagged(to_harbour(author="Gwen"))

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()  # it still holds what is decided now
        async with page.expect_response("**/decision"):
            await page.keyboard.press("a")
        await route.fulfill(response=answer)

    await page.route(re.compile("/api/queue.*limit=50"), answer_late)
    await page.get_by_role("button", name="Show 1 new comment").click()
    await expect(page.locator(".entry-author")).to_have_text(["nightowl_77", "Petra Vos", "Gwen"])


async def test_an_empty_desk_fills_by_itself(desks: Desks) -> None:
    page = await desks.open("ana")
    await expect(page.get_by_text("Nothing is flagged")).to_be_visible()
    await desks.console.life.flagged(to_harbour(author="Gwen"))
    await expect(author(page)).to_have_text("Gwen")


async def test_a_long_queue_goes_on_where_the_first_page_ends(desks: Desks) -> None:
    life = desks.console.life
    for number in range(60):
        await life.flagged(to_harbour(f"Comment number {number}", f"Author {number}"))
    page = await desks.open("ana")
    await expect(page.locator(".entry")).to_have_count(50)
    seen = set()
    saved = answers(page, 60, "decision")
    for _ in range(60):
        seen.add(await author(page).inner_text())
        await page.keyboard.press("a")
    assert len(seen) == 60
    await saved.wait()
    await expect(page.get_by_text("Nothing is flagged")).to_be_visible()
    assert (await life.store.queues.counts(["harbour-times"]))["harbour-times"]["flagged"] == 0


async def test_a_key_held_down_or_with_a_modifier_decides_nothing(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    for key in ("Control+a", "Alt+r", "Meta+u", "Shift+A"):
        await page.keyboard.press(key)
    await expect(author(page)).to_have_text("Rolf B.")
    # The second "down" of a key that is down is what a held key sends.
    await page.keyboard.down("a")
    await page.keyboard.down("a")
    await page.keyboard.down("a")
    await page.keyboard.up("a")
    await expect(author(page)).to_have_text("nightowl_77")


async def test_single_keys_can_be_switched_off_and_that_is_remembered(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana")
    await page.keyboard.press("?")
    await page.get_by_label("Single keys").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await settled(page)
    for key in ("a", "r", "s", "j", "?"):
        await page.keyboard.press(key)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(author(page)).to_have_text("Rolf B.")
    await page.keyboard.press("ArrowDown")
    await expect(author(page)).to_have_text("nightowl_77")
    await page.locator("[data-action=approve]").click()
    await expect(author(page)).to_have_text("Petra Vos")
    await page.locator("[data-action=reject]").click()
    await page.keyboard.press("1")
    await expect(page.locator("#reject input:checked")).to_have_count(0)


async def test_a_rejection_wants_a_reason_and_can_be_thought_better_of(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:2])
    page = await desks.open("ana")
    await page.keyboard.press("r")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Choose a reason first.")).to_be_visible()
    await page.keyboard.press("4")
    await expect(page.locator("#reject-words")).to_have_value("Its language is obscene.")
    await page.keyboard.press("Escape")
    await expect(page.locator("#reject")).to_be_hidden()
    await expect(author(page)).to_have_text("Rolf B.")
    await page.keyboard.press("r")
    await expect(page.locator("#reject input:checked")).to_have_count(0)


async def test_by_mouse_and_on_a_narrow_screen(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:3])
    page = await desks.open("ana", width=360, height=640, motion="full")
    await expect(page.locator("#list")).to_be_hidden()
    await page.get_by_role("button", name="List").click()
    await page.locator(".entry").nth(1).click()
    await expect(author(page)).to_have_text("nightowl_77")
    await page.locator("[data-action=approve]").click()
    await expect(author(page)).to_have_text("Petra Vos")
    await page.locator("#undo").get_by_role("button", name="Undo").click()
    await expect(author(page)).to_have_text("nightowl_77")
    assert not await _scrolls_sideways(page)


async def test_logging_out_and_being_logged_out(desks: Desks) -> None:
    await play(desks.console.life, SAMPLES[:2])
    page = await desks.open("ana")
    await page.keyboard.press("j")
    await desks.console.life.store.sessions.end_all("ana")
    await page.keyboard.press("k")
    await expect(page).to_have_url(re.compile("/login"))
    for password in ("wrong", PASSWORD):
        await page.get_by_label("Name").fill("ana")
        await page.get_by_label("Password").fill(password)
        await page.keyboard.press("Enter")
        if password == "wrong":
            said = page.get_by_role("alert")
            await expect(said).to_have_text("The name or the password is wrong.")
    # Back where the session ended.
    await expect(author(page)).to_have_text("Rolf B.")
    await page.get_by_role("button", name="Menu of ana").click()

    async def answer_late(route: Route) -> None:
        await route.fetch()  # the session is over, and something else is told so first
        await page.keyboard.press("j")
        await expect(page).to_have_url(re.compile("/login"))
        await route.abort()

    await page.route("**/api/logout", answer_late)
    await page.get_by_role("button", name="Log out").click()
    await expect(page).to_have_url(re.compile("/login$"))
    await page.go_back()
    await expect(page).to_have_url(re.compile("/login"))


async def _scrolls_sideways(page: Page) -> bool:
    width = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(await page.evaluate(width))


async def _record(desks: Desks, comment: str, site: str = "harbour-times") -> Record:
    record = await desks.console.life.store.comments.get(site, comment)
    assert record is not None
    return record
