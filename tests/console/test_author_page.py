"""The author's page in a real browser, and the ways to it and from it."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from moderato.domain.author import Ruling, Standing
from moderato.domain.comment import Article, Author, State
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour
from tests.console.samples import BEFORE, SAMPLES, play
from tests.console.served import Console
from tests.console.test_hostile import CORPUS, FOREIGN
from tests.life import Life, new_comment

SITE = "harbour-times"
ANN = "/author?site=harbour-times&id=ann"
ROLF = "/author?site=harbour-times&id=rolf-b."


async def opened(desks: Desks, path: str = ANN, name: str = "ben", **options: object) -> Page:
    page = await desks.at(path, name, **options)
    await expect(page.locator("#written > li, #none:visible").first).to_be_visible()
    return page


async def ruled(life: Life, standing: Standing, by: str = "ana", **more: object) -> Ruling:
    version = len(await life.store.authors.rulings(SITE, "ann"))
    made = await life.store.authors.set_standing(
        *(SITE, "ann", standing),
        version=version,
        by=by,
        **more,  # type: ignore[arg-type]
    )
    assert isinstance(made, Ruling)
    return made


async def test_suspending_by_keyboard_alone(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    await life.accept(to_harbour("Waits."))
    page = await desks.open("ben")
    await page.keyboard.press("w")
    await expect(page.locator("#written > li")).to_have_count(2)
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Suspend this author?")
    await expect(dialog).to_be_visible()
    # What will come of it follows what is chosen.
    effects = page.locator("#effects li")
    await expect(effects.nth(1)).to_contain_text("“Personal attack.”")
    await expect(effects.nth(2)).to_have_text("The one that waits to be scored goes to a person.")
    await expect(page.get_by_label("For how long")).to_be_focused()
    assert await page.locator("[name=seconds] option").all_inner_texts() == [
        *("1 hour", "1 day", "3 days", "7 days")
    ]
    await page.keyboard.press("ArrowDown")  # 3 days
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")  # Hate
    await expect(page.get_by_label("What the site and the author are told")).to_have_value("Hate.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("You demean people.")
    await expect(effects.nth(1)).to_contain_text("“You demean people.”")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Third time.")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#chip")).to_have_text("Suspended")
    await expect(page.locator("#history > li")).to_contain_text("Suspended by ben, until")
    await expect(page.locator("#history > li")).to_contain_text("You demean people.")
    await expect(page.locator("#history > li")).to_contain_text("ben: “Third time.”")
    (made,) = await life.store.authors.rulings(SITE, "ann")
    assert (made.standing, made.by, made.rule, made.reason, made.note) == (
        *(Standing.SUSPENDED, "ben", "hate", "You demean people.", "Third time."),
    )
    assert made.until == made.at + 3 * 86_400_000
    # Lifted in the same way; a letter does nothing where somebody writes.
    await page.keyboard.press("n")
    await page.keyboard.type("lbs")
    await expect(page.get_by_label("New note")).to_have_value("lbs")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notes > li")).to_contain_text("lbs")
    await page.get_by_label("New note").blur()
    await page.keyboard.press("l")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chip")).to_be_hidden()
    await page.keyboard.press("s")
    await page.keyboard.press("Escape")
    assert len(await life.store.authors.rulings(SITE, "ann")) == 2


async def test_the_way_from_a_comment_to_its_author_and_back(desks: Desks) -> None:
    life = desks.console.life
    for number in range(3):
        await life.flagged(to_harbour(f"Number {number}", "Ann"))
    await life.flagged(to_harbour("Another's.", "Bob"))
    await life.store.author_notes.add(SITE, "ann", by="ana", text="Hm.")
    page = await desks.open("ben")
    while await author(page).inner_text() != "Ann":
        await page.keyboard.press("j")
    await ruled(life, Standing.PREMODERATED)
    # The desk hears of it, where the comment is open.
    await expect(page.locator(".byline .chip").first).to_have_text("Pre-moderated")
    await expect(page.locator("#context")).to_contain_text("A person reads every comment")
    await expect(page.locator("#context")).to_contain_text("1 note by colleagues")
    text = await page.locator(".text").inner_text()
    # Which of the three stood first is by chance; the one to be decided is another.
    other = "Number 1" if text != "Number 1" else "Number 2"
    await page.keyboard.press("Control+k")
    await page.keyboard.type("author page")
    await page.keyboard.press("Enter")
    await expect(page.locator("#written > li")).to_have_count(3)
    await expect(page).to_have_title("Ann · Moderato")
    entry = page.locator("#written > li").filter(has_text=other)
    await entry.get_by_role("link", name="Open at the desk").click()
    await settled(page)
    await expect(page.locator(".text")).to_have_text(other)
    await page.keyboard.press("a")
    await expect(page.locator("#undo")).to_be_visible()
    await page.go_back()
    await page.go_back()
    await settled(page)
    await expect(page.locator(".text")).to_have_text(text)


@pytest.mark.parametrize("state", [State.PENDING, State.APPROVED, State.REJECTED, "old", "held"])
async def test_every_comment_opens_at_the_desk(desks: Desks, state: str) -> None:
    life = desks.console.life
    comments = [await life.accept(to_harbour(f"Number {number}")) for number in range(4)]
    if state in {State.APPROVED, State.REJECTED}:
        await life.score_all(State(state))
    elif state != State.PENDING:
        await life.score_all(State.FLAGGED)
        client = await desks.console.client("ana")
        for comment in comments:
            if state == "held":
                path = f"/api/comments/{SITE}/{comment}/hold"
                assert (await client.post(path, {"version": 2})).status == 200
            else:
                assert (await client.decide(comment)).status == 200
    if state == "old":  # as if a thousand had been decided since
        shard = life.store.shards[0]
        await life.redis.zrem(shard.queue(SITE, "approved:people"), comments[1])
    page = await opened(desks)
    await page.locator("#written > li").filter(has_text="Number 1").get_by_role("link").last.click()
    await settled(page)
    await expect(page.locator(".text")).to_have_text("Number 1")


async def test_a_colleague_who_was_quicker_is_named_and_shown(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await opened(desks, name="ana")
    await page.keyboard.press("b")
    await expect(page.locator("#effects li").first).to_be_visible()
    await ruled(life, Standing.SUSPENDED, by="ben", seconds=3_600)
    # The page behind hears of it; the answer stands on what was seen when it was asked.
    await expect(page.locator("#chip")).to_have_text("Suspended")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice")).to_contain_text(
        "Not done: a colleague was quicker. Suspended by ben, until"
    )
    assert [one.by for one in await life.store.authors.rulings(SITE, "ann")] == ["ben"]


async def test_a_moderator_is_offered_what_a_moderator_may(desks: Desks) -> None:
    await desks.console.life.flagged(to_harbour())
    page = await opened(desks)
    buttons = page.locator("#rulings button")
    assert await buttons.all_inner_texts() == ["P\nPre-moderate", "S\nSuspend"]
    await expect(page.locator("#limits")).to_contain_text("Editors can also trust")
    await page.keyboard.press("b")
    await expect(page.locator("#ruling")).to_be_hidden()
    await ruled(desks.console.life, Standing.BANNED, rule="spam", reason="Spam.")
    await expect(page.locator("#chip")).to_have_text("Banned")
    await expect(buttons).to_have_count(0)
    await expect(page.locator("#limits")).to_have_text("Only an editor can lift or change this.")
    editor = await opened(desks, name="ana")
    names = [
        text.partition("\n")[2]
        for text in await editor.locator("#rulings button").all_inner_texts()
    ]
    assert names == ["Trust", "Pre-moderate", "Suspend", "Lift"]


async def test_the_audit_log_leads_to_the_author(desks: Desks) -> None:
    await desks.console.life.flagged(to_harbour())
    client = await desks.console.client("ana")
    body = {"standing": "trusted", "version": 0}
    assert (await client.post("/api/author/standing?site=harbour-times&id=ann", body)).status == 200
    page = await desks.at("/audit?action=author", "ana")
    await expect(page.locator("#lines tr")).to_contain_text("Ruled about an author")
    await page.get_by_role("link", name="ann", exact=True).click()
    await expect(page.locator("#chip")).to_have_text("Trusted")


async def test_notes_are_written_and_deleted(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    await life.store.author_notes.add(SITE, "ann", by="ana", text="Hers.")
    page = await opened(desks)
    await page.get_by_label("New note").fill("Two\nlines.")
    await page.get_by_role("button", name="Add the note").click()
    notes = page.locator("#notes > li")
    await expect(notes).to_have_count(2)
    await expect(notes.get_by_role("button")).to_have_count(1)  # a colleague's note stays
    await page.get_by_role("button", name="Delete the note by ben").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(notes).to_have_count(1)
    assert [note.text for note in await life.store.author_notes.all(SITE, "ann")] == ["Hers."]


async def test_who_is_nobody_is_said_so(desks: Desks) -> None:
    for query in ("?site=harbour-times&id=nobody", "?site=harbour-times", ""):
        page = await desks.at(f"/author{query}", "ben")
        await expect(page.locator(".notice")).to_contain_text("Nobody of that id has commented")
        await expect(page.locator("#side")).to_be_hidden()


async def test_older_comments_and_one_state(desks: Desks) -> None:
    life = desks.console.life
    for number in range(25):
        await life.accept(to_harbour(f"Number {number}"))
    await life.score_all(State.APPROVED)
    await life.accept(to_harbour("The one that waits."))
    page = await opened(desks)
    await expect(page.locator("#written > li")).to_have_count(20)
    await page.get_by_role("button", name="Older comments").click()
    await expect(page.locator("#written > li")).to_have_count(26)
    await expect(page.locator("#more")).to_be_hidden()
    await page.get_by_label("Which comments").select_option("pending")
    await expect(page.locator("#written > li")).to_have_count(1)
    await page.get_by_label("Which comments").select_option("rejected")
    await expect(page.get_by_text("There are no such comments.")).to_be_visible()


async def test_names_notes_and_rulings_are_hostile_text(desks: Desks) -> None:
    life = desks.console.life
    for text in CORPUS:
        name = text[:200].replace("\0", "")
        await life.accept(
            new_comment(
                text,
                site=SITE,
                author=Author("<img src=x>", name),
                article=Article("a1", "javascript:alert(1)", text[:500]),
            )
        )
        await life.store.author_notes.add(SITE, "<img src=x>", by=text[:60], text=text[:1000])
    made: object = await life.store.authors.set_standing(
        *(SITE, "<img src=x>", Standing.SUSPENDED),
        version=0,
        by=CORPUS[3],
        seconds=60,
        rule=CORPUS[4],
        reason=CORPUS[5],
        note=CORPUS[9],
    )
    assert isinstance(made, Ruling)
    page = await opened(desks, "/author?site=harbour-times&id=%3Cimg%20src%3Dx%3E", "ana")
    while await page.locator("#more").is_visible():
        before = await page.locator("#written > li").count()
        await page.locator("#more").click()
        await expect(page.locator("#written > li").nth(before)).to_be_visible()
    assert await page.locator("#written > li").count() == len(CORPUS)
    texts = await page.locator(".written-text").evaluate_all("all => all.map((n) => n.textContent)")
    assert set(texts) == set(CORPUS)
    # The page has one icon and the forms it was made with.
    inside = "#name, #lead, #history, #notes, #written, #standing"
    assert await page.locator(inside).locator(FOREIGN).count() == 0
    for href in await page.locator("a[href]").evaluate_all("all => all.map((a) => a.protocol)"):
        assert href in {"http:", "https:"}
    await page.keyboard.press("b")
    await expect(page.locator("#effects li").first).to_be_visible()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_the_page_and_its_dialogs_are_accessible(
    desks: Desks, scheme: str, width: int
) -> None:
    life = desks.console.life
    before = await play(life, BEFORE)
    await play(life, SAMPLES[:3], before[-1])
    await life.store.author_notes.add(SITE, "rolf-b.", by="ben", text="A note.")
    await life.store.authors.set_standing(
        *(SITE, "rolf-b.", Standing.SUSPENDED), version=0, by="ana", seconds=60, reason="So."
    )
    page = await opened(desks, ROLF, "ana", width=width, scheme=scheme)
    for key in ("", "t", "p", "s", "b", "l"):
        if key:
            await page.keyboard.press(key)
            await expect(page.locator("#effects li").first).to_be_visible()
        found = await Axe().run(page)
        assert found.violations_count == 0, (key, found.generate_report())
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.keyboard.press("Escape")
        await expect(page.locator("#ruling")).to_be_hidden()


async def test_it_speaks_german(console: Console, desks: Desks) -> None:
    await console.life.flagged(to_harbour())
    await ruled(console.life, Standing.BANNED, reason="Spam.")
    page = await opened(desks, name="ana")
    await page.evaluate("localStorage.setItem('moderato.language', 'de')")
    await page.reload()
    await expect(page.locator("#chip")).to_have_text("Ausgeschlossen")
    await expect(page.locator("#standing")).to_have_text("Neue Kommentare werden abgewiesen.")
    await page.keyboard.press("l")
    await expect(page.get_by_role("dialog", name="Die Entscheidung aufheben?")).to_be_visible()
