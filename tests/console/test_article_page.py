"""The page of articles in a real browser: found, set by keyboard, its thread, for everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from moderato.domain.comment import Article, ArticleMode, State
from moderato.domain.decision import Actor, Decision
from moderato.domain.scores import Scores
from moderato.store.audit import Filter
from moderato.store.comments import NewComment
from moderato.store.work import Finished
from tests.console.browser import Desks, settled
from tests.console.conftest import to_harbour
from tests.console.samples import FERRY, SAMPLES, play
from tests.console.test_hostile import CORPUS, FOREIGN
from tests.console.test_hostile import _finish as finish_hostile
from tests.console.test_hostile import _hostile as hostile
from tests.life import Life

SITE, PAGE = "harbour-times", "/article?site=harbour-times&id=ferry"


async def reply_to(life: Life, parent: str, text: str, author: str = "Ben") -> str:
    new = to_harbour(text, author)
    return await life.accept(NewComment(new.site, new.article, new.author, new.text, parent=parent))


async def at_ferry(desks: Desks, name: str) -> Page:
    page = await desks.at(PAGE, name)
    await expect(page.locator("#thread .nodes")).to_be_attached()
    return page


async def set_as(life: Life) -> tuple[str, int | None, bool]:
    known = await life.store.articles.get(SITE, "ferry")
    assert known is not None
    return (
        known.article.mode.value,
        known.article.mode_until,
        known.article.tighter is not None,
    )


async def axe(page: Page) -> None:
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


async def test_an_article_is_found_from_the_list(desks: Desks) -> None:
    life = desks.console.life
    await play(life, SAMPLES)
    page = await desks.at("/article", "ben")
    await expect(page.locator("#found > li")).to_have_count(2)
    await page.get_by_label("Title, address or id has").fill("FERRY")
    await page.keyboard.press("Enter")
    await expect(page.locator("#found > li")).to_have_count(1)
    assert "q=FERRY" in page.url
    await page.get_by_role("link", name=FERRY.title).click()
    await expect(page.locator("#title")).to_have_text(FERRY.title)
    await expect(page.locator("#title a")).to_have_attribute("href", FERRY.url)
    await page.go_back()
    await expect(page.locator("#found > li")).to_have_count(1)


async def test_premoderated_and_tightened_by_keyboard_alone(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await at_ferry(desks, "ben")
    await expect(page.locator("#marks")).to_have_text("Open")
    await page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Pre-moderate this article?")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator("#effects")).to_contain_text("waits for a person")
    await expect(page.get_by_label("Until tomorrow morning")).to_be_focused()
    await page.keyboard.press("ArrowUp")  # one hour
    await expect(page.get_by_label("One hour")).to_be_checked()
    await page.get_by_label("Why").focus()
    await page.keyboard.type("A raid.")
    await page.keyboard.press("Enter")
    await expect(page.locator("#marks")).to_contain_text("Pre-moderated until")
    await expect(page.locator("#said")).to_contain_text("ben pre-moderates it.")
    await expect(page.locator("#said")).to_contain_text("A raid.")
    mode, until, _ = await set_as(life)
    seconds, _ = await life.redis.time()
    assert mode == "premod"
    assert until is not None
    assert 3_500_000 < until - seconds * 1000 < 3_601_000

    await page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Hold this article tighter?")
    await expect(dialog.locator("#effects")).to_contain_text(
        "Very toxic: toxicity is at least 0.63"
    )
    await page.keyboard.press("ArrowDown")  # no end
    await page.keyboard.press("Enter")
    await expect(page.locator("#marks")).to_contain_text("Held tighter")
    assert (await set_as(life))[2] is True
    await page.keyboard.press("l")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    assert (await set_as(life))[2] is True
    await page.keyboard.press("l")
    await page.get_by_role("dialog").get_by_role("button", name="No longer tighter").click()
    await expect(page.locator("#marks")).not_to_contain_text("tighter")
    lines = (await life.store.audit.find(Filter(action="article"))).lines
    assert len(lines) == 3


async def test_a_dialog_opened_again_at_once_asks_again(desks: Desks) -> None:
    """Before the browser tells that it was closed, as a quick hand does."""
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await at_ferry(desks, "ben")
    await page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Hold this article tighter?")
    await expect(dialog).to_be_visible()
    await page.evaluate("""() => {
        document.querySelector("dialog[open]").close();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "t", bubbles: true }));
    }""")
    await dialog.get_by_role("button", name="Hold tighter").click()
    await expect(page.locator("#marks")).to_contain_text("Held tighter")


async def test_a_time_of_ones_own(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await at_ferry(desks, "ana")
    await page.keyboard.press("c")
    await page.get_by_label("Until …").check()
    field = page.get_by_label("Date and time, in your time zone")
    await field.fill("2020-01-01T08:00")
    await page.get_by_role("button", name="Enter Close").click()
    await expect(page.get_by_role("alert").filter(has_text="still to come")).to_be_visible()
    await field.fill("2999-05-04T08:00")
    await page.get_by_role("button", name="Enter Close").click()
    await expect(page.locator("#marks")).to_contain_text("Closed until")
    shown = await page.evaluate("Date.parse('2999-05-04T08:00')")
    assert await set_as(life) == ("closed", shown, False)


async def test_a_moderator_cannot_close_nor_open_what_is_closed(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await at_ferry(desks, "ben")
    await expect(page.get_by_role("button", name="Hold tighter")).to_be_visible()
    await expect(page.get_by_role("button", name="Close")).to_be_hidden()
    await life.store.articles.set_mode(SITE, "ferry", ArticleMode.CLOSED)
    # Told live, with who it was.
    await expect(page.locator("#marks")).to_have_text("Closed")
    await expect(page.locator("#said")).to_contain_text("The site set: Closed.")
    await expect(page.get_by_role("button", name="Open", exact=True)).to_be_hidden()


async def test_who_was_slower_is_told_and_sees_what_is(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await at_ferry(desks, "ana")
    await page.keyboard.press("p")
    await expect(page.get_by_role("dialog")).to_be_visible()
    # Behind the dialog the page hears of it; what is asked is about the article as it was seen.
    await life.store.articles.set_mode(
        SITE, "ferry", ArticleMode.CLOSED, actor=Actor.MODERATOR, by="cleo", version=0
    )
    await expect(page.locator("#marks")).to_have_text("Closed")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice").first).to_contain_text("cleo has changed the article")
    await expect(page.locator("#said")).to_contain_text("cleo closed it.")
    assert (await set_as(life))[0] == "closed"


async def test_a_thread_is_a_tree_with_everything_in_it(desks: Desks) -> None:
    life = desks.console.life
    top = await life.flagged(to_harbour("At the top."))
    reply = await reply_to(life, top, "Below it.")
    await life.score_all(State.REJECTED)
    await reply_to(life, reply, "Deeper.", "Cem")
    erased = await life.accept(to_harbour("To be gone.", "Dea"))
    await life.store.comments.erase(SITE, erased, by=SITE, reason="law")
    page = await at_ferry(desks, "ben")
    await expect(page.locator(".node")).to_have_count(2)
    await expect(page.locator(".text.erased")).to_have_text("The text was erased.")
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.locator(".node .node .text")).to_have_text("Below it.")
    await expect(page.locator(".node .node .chip").first).to_have_text("Rejected")
    await page.locator(".node .node").get_by_role("button", name="1 reply").click()
    await expect(page.locator(".node .node .node .text")).to_have_text("Deeper.")
    counts = ["1 waits", "1 flagged", "1 rejected", "1 erased"]
    await expect(page.locator("#counts li")).to_have_text(counts)
    await page.get_by_label("Which comments").select_option("rejected")
    await expect(page.locator(".node")).to_have_count(1)
    await expect(page.locator(".node")).to_contain_text("In reply to Ann")
    author = page.locator(".node .name")
    await expect(author).to_have_attribute("href", "/author?site=harbour-times&id=ben")
    # To the desk, and back by its key.
    await page.get_by_role("link", name="Open the comment by Ben at the desk").click()
    await settled(page)
    await expect(page.locator(".text")).to_have_text("Below it.")
    await page.keyboard.press("g")
    await expect(page.locator("#title")).to_have_text(FERRY.title)
    for state, text in (("flagged", "At the top."), ("pending", "Deeper.")):
        await page.get_by_label("Which comments").select_option(state)
        # A list: one that is still another's is waited for.
        await expect(page.locator(".node .text")).to_have_text([text])
        await page.locator(".node").get_by_role("link", name="at the desk").click()
        await settled(page)
        await expect(page.locator(".text")).to_have_text(text)
        await page.go_back()


async def test_what_comes_in_does_not_move_the_thread(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour("First."))
    page = await at_ferry(desks, "ben")
    await expect(page.locator(".node")).to_have_count(1)
    await life.accept(to_harbour("Second."))
    fresh = page.get_by_role("button", name="Something changed: show it")
    await expect(fresh).to_be_visible()
    await expect(page.locator(".node")).to_have_count(1)
    await expect(page.locator("#counts li")).to_have_text(["1 waits", "1 flagged"])
    await fresh.click()
    await expect(page.locator(".node")).to_have_count(2)


async def test_long_threads_come_in_pages(desks: Desks) -> None:
    life = desks.console.life
    for number in range(52):
        await life.accept(to_harbour(f"Number {number}.", f"Author {number}"))
    page = await at_ferry(desks, "ben")
    await expect(page.locator(".node")).to_have_count(50)
    await page.get_by_role("button", name="More").click()
    await expect(page.locator(".node")).to_have_count(52)
    await expect(page.get_by_role("button", name="More")).to_be_hidden()


async def test_severe_ones_are_covered_here_too(desks: Desks) -> None:
    life = desks.console.life
    await life.accept(to_harbour("Words that hurt."))
    (job,) = await life.jobs()
    scores = Scores({"toxicity": 0.9, "threat": 0.9}, "test", "1")
    decision = Decision(State.FLAGGED, "threat", "Because.")
    await life.store.work.finish(life.scorer, [Finished(job, decision, scores, "test")])
    page = await at_ferry(desks, "ben")
    await expect(page.locator(".node")).to_have_count(1)
    await expect(page.locator(".node .text")).to_be_hidden()
    assert "Words that hurt." not in await page.content()
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator(".node .text")).to_be_focused()


async def test_the_desk_marks_such_articles(desks: Desks) -> None:
    life = desks.console.life
    await life.flagged(to_harbour())
    page = await desks.open("ana")
    marks = page.locator("[data-slot=marks]")
    await expect(marks).to_be_empty()
    await life.store.articles.tighten(SITE, "ferry", tighter=True, until=None, by="ben")
    await expect(marks).to_have_text("Held tighter")
    await life.store.articles.set_mode(SITE, "ferry", ArticleMode.CLOSED, until=32_503_680_000_000)
    await expect(marks).to_contain_text("Closed until")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("whole thread")
    await page.keyboard.press("Enter")
    await expect(page.locator("#title")).to_have_text(FERRY.title)


async def test_nothing_hostile_runs_or_becomes_a_link(desks: Desks) -> None:
    life = desks.console.life
    parent = await life.accept(hostile(CORPUS[3]))
    await finish_hostile(life, CORPUS[3])
    for text in CORPUS:
        await life.accept(hostile(text, parent))
        await finish_hostile(life, text)
    await life.store.articles.set_mode(SITE, "a1", ArticleMode.PREMOD)
    await life.store.articles.tighten(
        SITE, "a1", tighter=True, until=None, by=CORPUS[4], reason=CORPUS[3]
    )
    page = await desks.at("/article", "ana")
    await expect(page.get_by_role("link", name=CORPUS[0])).to_be_visible()
    await page.get_by_role("link", name=CORPUS[0]).click()
    await expect(page.locator("#title")).to_have_text(CORPUS[0])
    assert await page.locator("#title a").count() == 0
    await page.get_by_role("button", name=f"{len(CORPUS)} replies").click()
    await expect(page.locator(".node")).to_have_count(len(CORPUS) + 1)
    texts = await page.locator(".node .node .text").all_text_contents()
    assert set(texts) == set(CORPUS)
    assert (
        await page.locator("#article, #thread").locator(FOREIGN.replace(", details", "")).count()
        == 0
    )
    for scheme in await page.locator("a[href]").evaluate_all("all => all.map(a => a.protocol)"):
        assert scheme in {"http:", "https:"}
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await page.keyboard.press("t")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await page.locator("#setting").locator("img, svg, script").count() == 0


async def test_an_article_that_is_not_there(desks: Desks) -> None:
    page = await desks.at("/article?site=harbour-times&id=none", "ben")
    await expect(page.locator(".notice")).to_contain_text("That is not there any more.")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
async def test_axe_finds_nothing_on_the_page_and_its_dialogs(
    desks: Desks, width: int, scheme: str
) -> None:
    life = desks.console.life
    ids = await play(life, SAMPLES)
    await reply_to(life, ids[0], "A reply.")
    await life.store.articles.tighten(SITE, "ferry", tighter=True, until=None, by="ben")
    page = await desks.at("/article", "ana", width=width, scheme=scheme)
    await expect(page.locator("#found > li").first).to_be_visible()
    await axe(page)
    await page.goto(f"{desks.console.url}{PAGE}")
    await expect(page.locator(".node").first).to_be_visible()
    await page.get_by_role("button", name="1 reply").click()
    await page.locator("summary").click()
    await axe(page)
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for key in "pctl":
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await axe(page)
        await page.keyboard.press("Escape")


async def test_in_german(desks: Desks) -> None:
    life = desks.console.life
    article = Article("ferry", FERRY.url, FERRY.title)
    await life.flagged(to_harbour(article=article))
    page = await desks.page()
    await page.context.add_init_script("localStorage.setItem('moderato.language', 'de')")
    page = await at_ferry(desks, "ana")
    await page.evaluate("localStorage.setItem('moderato.language', 'de')")
    await page.reload()
    await expect(page.locator("#marks")).to_have_text("Offen")
