"""A link to a comment, as the audit log has them, opens it at the desk wherever it stands."""

from __future__ import annotations

from playwright.async_api import Page, expect

from moderato.domain.comment import State
from tests.console.browser import Desks, author, settled
from tests.console.conftest import to_harbour

SITE = "harbour-times"


async def test_from_the_audit_log_to_the_comment(desks: Desks) -> None:
    life = desks.console.life
    ids = [await life.flagged(to_harbour(f"No. {n}", f"Author {n}")) for n in range(60)]
    await (await desks.console.client("ben")).decide(ids[-1])
    page = await desks.at("/audit?action=comment", "ana")
    await page.get_by_role("link", name=ids[-1]).click()
    await settled(page)
    await expect(page.locator(".tab[aria-current]")).to_contain_text("Approved")
    await expect(author(page)).to_have_text("Author 59")


async def test_every_comment_is_found_where_it_stands(desks: Desks) -> None:
    life = desks.console.life
    far = [await life.flagged(to_harbour(f"No. {n}", f"Author {n}")) for n in range(60)][-1]
    published = await life.accept(to_harbour("Published", "Pia"))
    await life.score_all(State.APPROVED)
    waiting = await life.accept(to_harbour("Waiting", "Wim"))
    page = await desks.open("ana")
    for comment, tab, name in (
        (far, "Flagged", "Author 59"),
        (published, "Approved", "Pia"),
        (waiting, "Waiting", "Wim"),
    ):
        await _open(page, desks, comment)
        await expect(page.locator(".tab[aria-current]")).to_contain_text(tab)
        await expect(author(page)).to_have_text(name)
        # And again after a reload: the address says where.
        await page.reload()
        await settled(page)
        await expect(author(page)).to_have_text(name)
    await life.store.comments.erase(SITE, far, by=SITE, reason="Asked for.")
    await _open(page, desks, far)
    await expect(page.locator(".notice")).to_contain_text("The text was erased.")
    await _open(page, desks, "nothing")
    await expect(page.locator(".notice")).to_contain_text("not to be found")


async def _open(page: Page, desks: Desks, comment: str) -> None:
    await page.goto(f"{desks.console.url}/?comment={SITE}%2F{comment}")
    await settled(page)
