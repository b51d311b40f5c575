"""Comments with nearly the same words, beside the one that is open."""

from __future__ import annotations

from playwright.async_api import expect

from moderato.domain.comment import Article, State
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour
from tests.console.samples import FERRY
from tests.console.served import Console
from tests.console.test_hostile import CORPUS, FOREIGN
from tests.life import Life

SPAM = "Earn two thousand a week from home, ask me how"
COUNCIL = Article("council", "https://harbour.example/council", "The council sits again")


async def wave(life: Life) -> list[str]:
    """The same under two articles, one of them rejected, and something else."""
    made = [
        await life.accept(to_harbour(SPAM, "Ann")),
        await life.accept(to_harbour(SPAM.upper() + "!!", "Bob", COUNCIL)),
        await life.accept(to_harbour("I did not know that, thank you for the report", "Cleo")),
        await life.accept(to_harbour(SPAM.replace("two", "three"), "Dora")),
    ]
    for number, job in enumerate(await life.jobs()):
        await life.finish(job, State.FLAGGED, priority=0.9 - number / 10)
    await life.store.comments.decide(
        "harbour-times", made[1], version=2, approve=False, by="ben", reason="It is spam."
    )
    return made


async def test_each_is_told_with_who_decided(console: Console) -> None:
    made = await wave(console.life)
    client = await console.client("ben")
    answer = await client.get(f"/api/comments/harbour-times/{made[0]}/similar")
    assert answer.status == 200
    counted = {name: value for name, value in answer.body.items() if name != "comments"}
    assert counted == {"total": 2, "rejected": 1, "at_least": False, "days": 7}
    newest, oldest = answer.body["comments"]
    assert (newest["id"], oldest["id"]) == (made[3], made[1])
    assert (oldest["state"], oldest["why"]["by"]) == ("rejected", "ben")
    assert oldest["author"]["name"] == "Bob"
    assert oldest["article"]["title"] == COUNCIL.title
    assert "text" not in oldest
    alone = await client.get(f"/api/comments/harbour-times/{made[2]}/similar")
    assert (alone.body["comments"], alone.body["total"]) == ([], 0)


async def test_what_is_unknown_or_of_another_site_is_not_told(console: Console) -> None:
    (comment, *_) = await wave(console.life)
    path = f"/api/comments/harbour-times/{comment}/similar"
    assert (await (await console.client()).get(path)).status == 401
    client = await console.client("ben")
    assert (await client.get("/api/comments/harbour-times/nothing/similar")).status == 404
    assert (await client.get(f"/api/comments/north-coast/{comment}/similar")).status == 404


async def test_the_desk_shows_them_and_leads_there(desks: Desks) -> None:
    await wave(desks.console.life)
    page = await desks.open("ana")
    await expect(author(page)).to_have_text("Ann")
    card = page.locator(".similar")
    await expect(card).to_contain_text("2 others say nearly the same. 1 of them was rejected.")
    rejected = card.get_by_role("listitem").filter(has_text="Bob")
    await expect(rejected).to_contain_text("The council sits again")
    await expect(rejected).to_contain_text("Rejected by ben")
    await rejected.get_by_role("link").click()
    await settled(page)
    await expect(author(page)).to_have_text("Bob")
    await expect(page.locator(".tab[aria-current]")).to_contain_text("Rejected")
    # Back to where one was.
    await page.go_back()
    await settled(page)
    await expect(author(page)).to_have_text("Ann")
    # What is like nothing shows nothing.
    await page.keyboard.press("j")
    await expect(author(page)).to_have_text("Cleo")
    await expect(page.locator(".similar")).to_be_hidden()


async def test_one_that_no_list_holds_is_opened_all_the_same(desks: Desks) -> None:
    life = desks.console.life
    _, rejected, *_ = await wave(life)
    page = await desks.open("ana")
    # More were rejected since than the list keeps.
    lists = life.store.queues.shard("harbour-times").queue("harbour-times", "rejected:people")
    await life.redis.delete(lists)
    await page.locator(".similar").get_by_role("link").filter(has_text="Bob").click()
    await settled(page)
    await expect(author(page)).to_have_text("Bob")
    assert rejected in page.url


async def test_hostile_names_and_titles_are_only_text(desks: Desks) -> None:
    life = desks.console.life
    for number, text in enumerate(CORPUS):
        await life.accept(to_harbour(SPAM, text, Article(f"a{number}", FERRY.url, text)))
    await life.accept(to_harbour(SPAM, "Ann"))
    await life.score_all(State.FLAGGED)
    page = await desks.open("ana")
    shown = page.locator(".similar")
    await expect(shown).to_contain_text("nearly the same")
    await shown.get_by_role("button").click()
    await expect(shown.get_by_role("listitem")).to_have_count(20)
    await expect(shown.get_by_role("link").nth(4)).to_be_focused()
    await expect(shown.locator(FOREIGN)).to_have_count(0)
    hrefs = await shown.get_by_role("link").evaluate_all("all => all.map((a) => a.protocol)")
    assert set(hrefs) == {"http:"}
