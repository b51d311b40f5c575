"""What readers of the example site see, in a real browser."""

from __future__ import annotations

import json

from playwright.async_api import expect

from moderato.domain.comment import Article, State
from moderato.store.outcomes import Done
from moderato.store.views import View
from tests.examples.conftest import SITE, Reader, Site, comment, was_never_reloaded
from tests.life import Life, new_comment
from tests.processes import Spawn

ARTICLE = Article("night-ferry", "http://courier.example/articles/night-ferry")


async def score_next(life: Life, state: State) -> str:
    """As the scorer: decides the next comment that comes in; its id."""
    shard = life.store.shards[0]
    entries = await life.scorer.read(shard.quick, 1, block_ms=5_000)
    jobs, _ = await life.store.work.jobs(entries)
    assert await life.finish(jobs[0], state) == "done"
    return jobs[0].record.comment.id


async def decide(life: Life, comment: str, *, approve: bool, reason: str = "") -> None:
    """As a moderator."""
    outcome = await life.store.comments.decide(
        SITE, comment, version=2, approve=approve, by="mia", reason=reason
    )
    assert isinstance(outcome, Done)


async def test_a_comment_waits_for_a_moderator_and_then_appears_everywhere(
    site: Site, reader: Reader
) -> None:
    ada, ben = await reader(), await reader()
    await expect(ada.get_by_role("heading", name="Be the first to comment")).to_be_visible()
    await comment(ada, "She was a good ship.")
    written = await score_next(site.life, State.FLAGGED)
    await expect(ada.get_by_text("Waiting for a moderator.")).to_be_visible()
    await expect(ada.get_by_label("Your comment")).to_be_empty()
    await expect(ben.locator(".comment")).to_have_count(0)

    await decide(site.life, written, approve=True)
    for page in (ada, ben):
        await expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
        await expect(page.locator(".comment")).to_have_count(1)
        await expect(page.locator(".comment .said")).to_have_text("She was a good ship.")
        await expect(page.locator(".comment .name")).to_have_text("Ada")
        await expect(page.locator(".comment .standing")).to_be_hidden()
        assert await was_never_reloaded(page)


async def test_who_was_refused_learns_why_and_nobody_else_sees_it(
    site: Site, reader: Reader
) -> None:
    ada, ben = await reader(), await reader()
    await comment(ada, "You are all fools.")
    written = await score_next(site.life, State.FLAGGED)
    await expect(ada.get_by_text("Waiting for a moderator.")).to_be_visible()
    await decide(site.life, written, approve=False, reason="It insults other readers.")
    refusal = ada.get_by_text("Not published. It insults other readers.")
    await expect(refusal).to_be_visible()
    await ada.reload()
    await expect(refusal).to_be_visible()
    await ada.get_by_role("button", name="Dismiss").click()
    await expect(ada.locator(".comment")).to_have_count(0)
    await ada.reload()
    await expect(ada.get_by_text("Nobody has commented yet.")).to_be_visible()
    await expect(ben.locator(".comment")).to_have_count(0)


async def test_a_reported_comment_vanishes_and_leaves_a_gap_above_its_replies(
    site: Site, reader: Reader
) -> None:
    ada, ben = await reader(), await reader()
    await comment(ada, "The tunnel is ugly.")
    await score_next(site.life, State.APPROVED)
    await expect(ben.locator(".comment .said")).to_have_text("The tunnel is ugly.")
    await ben.get_by_role("button", name="Reply").click()
    await expect(ben.get_by_text("Replying to Ada.")).to_be_visible()
    await comment(ben, "But dry.", name="Ben")
    await score_next(site.life, State.APPROVED)
    reply = ada.locator(".comment .comment .said")
    await expect(reply).to_have_text("But dry.")
    await expect(ada.get_by_role("heading", name="2 comments")).to_be_visible()

    await ben.locator(".comment").first.get_by_role("button", name="Report").first.click()
    await expect(ben.get_by_text("This comment was removed.")).to_be_visible()
    await expect(ben.get_by_text("The tunnel is ugly.")).to_have_count(0)
    await expect(ben.locator(".comment .comment .said")).to_have_text("But dry.")
    # Its author sees what everybody sees, and that a person looks at it.
    await expect(ada.get_by_text("Waiting for a moderator.")).to_be_visible()

    await ada.locator(".comment .comment").get_by_role("button", name="Report").click()
    for page in (ada, ben):
        await expect(page.get_by_role("heading", name="Comments", exact=True)).to_be_visible()
        assert await was_never_reloaded(page)


async def test_what_a_stranger_wrote_stays_text(site: Site, reader: Reader) -> None:
    ada, ben = await reader(), await reader()
    violations: list[str] = []
    ben.on("console", lambda message: violations.append(message.text))
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> & so on"
    await comment(ada, hostile, name="<b>Ada</b>")
    await score_next(site.life, State.APPROVED)
    await expect(ben.locator(".comment .said")).to_have_text(hostile)
    await expect(ben.locator(".comment .name")).to_have_text("<b>Ada</b>")
    assert await ben.locator(".comment img, .comment script, .comment b b").count() == 0
    await ben.reload()
    await expect(ben.locator(".comment .said")).to_have_text(hostile)
    assert violations == []


async def test_a_page_that_was_cut_off_catches_up(site: Site, reader: Reader, spawn: Spawn) -> None:
    ada = await reader()
    await comment(ada, "Before.")
    gone = await score_next(site.life, State.APPROVED)
    await expect(ada.locator(".comment .said")).to_have_text(["Before."])

    site.process.kill()
    await site.process.wait()
    await site.life.store.comments.erase(SITE, gone, by=SITE, reason="Asked for.")
    await site.life.accept(new_comment("Meanwhile.", site=SITE, article=ARTICLE))
    await site.life.score_all(State.APPROVED)
    await site.start(spawn)
    await expect(ada.locator(".comment .said")).to_have_text(["Meanwhile."])
    assert await was_never_reloaded(ada)


async def test_when_the_comment_cannot_be_sent_the_text_stays_and_is_posted_once(
    site: Site, reader: Reader
) -> None:
    ada = await reader()
    seen: list[str] = []

    async def lose_the_answer(route: object) -> None:
        seen.append(route.request.post_data)  # type: ignore[attr-defined]
        await route.fetch()  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]

    await ada.route("**/comments", lose_the_answer, times=1)
    await comment(ada, "Only once.")
    written = await score_next(site.life, State.FLAGGED)
    await expect(ada.get_by_role("alert")).to_contain_text("Your text is still here")
    await expect(ada.get_by_label("Your comment")).to_have_value("Only once.")
    async with ada.expect_response(lambda response: response.request.method == "POST"):
        await ada.locator("#send").click()
    await expect(ada.get_by_text("Waiting for a moderator.")).to_be_visible()
    await expect(ada.locator(".comment")).to_have_count(1)
    assert len(json.loads(seen[0])["key"]) == 32
    queues = site.life.store.queues
    (row,) = (await queues.page([SITE], View(), limit=10)).rows
    assert (row.site, row.comment) == (SITE, written)
    assert (await queues.counts([SITE]))[SITE]["pending"] == 0
