"""Threads, queues, the feed, rate limits and sites."""

from __future__ import annotations

import asyncio

import pytest

from moderato.domain.comment import ArticleMode, State
from moderato.runtime import end
from moderato.store.connection import connect
from moderato.store.feed import Feed, article_topic, comment_topic
from moderato.store.sites import SiteError
from moderato.store.threads import UnknownCursorError
from moderato.store.views import View
from tests.life import Life, new_comment


async def test_pages_of_a_thread_are_the_whole_thread_once(life: Life) -> None:
    made = [await life.accept(new_comment(written_at=1_000 + n // 3)) for n in range(20)]
    await life.score_all(State.APPROVED)
    await life.publish_all()
    for newest_first in (False, True):
        seen: list[str] = []
        after, more = None, True
        while more:
            ids, more = await life.store.threads.page(
                "gazette", "a1", newest_first=newest_first, limit=7, after=after
            )
            seen += ids
            after = ids[-1]
        assert len(seen) == 20
        assert set(seen) == set(made)
    with pytest.raises(UnknownCursorError):
        await life.store.threads.page("gazette", "a1", newest_first=True, limit=7, after="no")


async def test_a_retraction_leaves_a_gap_and_tells_readers(life: Life) -> None:
    comment = await life.accept()
    await life.score_all(State.APPROVED)
    await life.publish_all()
    await life.store.comments.decide("gazette", comment, version=2, approve=False, by="mo")
    await life.let_undo_windows_end()
    assert await life.publish_all() == ["retracted"]
    ids, _ = await life.store.threads.page("gazette", "a1", newest_first=False, limit=10)
    assert ids == [comment]
    head = await life.store.threads.head("gazette", "a1")
    assert head is not None
    assert (head.comments, head.revision) == (0, 2)
    events = await life.store.threads.events_after("gazette", "a1", "0-0")
    assert [event.kind for event in events] == ["released", "retracted"]
    assert await life.store.threads.events_after("gazette", "a1", events[0].id) == events[1:]
    assert await life.store.threads.last_event_id("gazette", "a1") == events[1].id


async def test_replies_stand_under_their_parent(life: Life) -> None:
    parent = await life.accept()
    reply = await life.accept(new_comment("I agree.", parent=parent))
    await life.score_all(State.APPROVED)
    await life.publish_all()
    page = life.store.threads.page
    assert await page("gazette", "a1", newest_first=False, limit=5, parent="") == ([parent], False)
    assert await page("gazette", "a1", newest_first=False, limit=5, parent=parent) == (
        [reply],
        False,
    )
    assert await life.store.threads.reply_counts("gazette", "a1", [parent, reply]) == [1, 0]


async def test_the_flagged_queue_is_by_priority_then_age(life: Life) -> None:
    for _ in range(3):
        await life.accept()
    jobs = await life.jobs()
    for job, priority in zip(jobs, (0.2, 0.9, 0.2), strict=True):
        await life.finish(job, State.FLAGGED, priority=priority)
    page = await life.store.queues.page(["gazette", "herald"], View(), limit=10)
    made = [job.record.comment.id for job in jobs]
    assert (page.rows[0].site, page.rows[0].comment) == ("gazette", made[1])
    counts = (await life.store.queues.counts(["gazette"]))["gazette"]
    assert (counts["pending"], counts["flagged"]) == (0, 3)


async def test_an_articles_mode_outlives_new_comments(life: Life) -> None:
    await life.store.articles.set_mode("gazette", "a1", ArticleMode.PREMOD)
    await life.accept()
    (job,) = await life.jobs()
    assert job.record.comment.article.mode is ArticleMode.PREMOD


async def test_the_feed_rings_for_what_is_watched(life: Life) -> None:
    async with connect(life.config, blocking=3.0) as blocking:
        feed = Feed(blocking, life.store.shards)
        task = asyncio.create_task(feed.run())
        with feed.watch(article_topic("gazette", "a1")) as article:
            while article.empty():  # the reader starts at "now": post until it listens
                comment = await life.accept()
                await asyncio.sleep(0)
            assert (await article.get()).kind == "receive"
            comment = await life.accept()
            with feed.watch(comment_topic("gazette", comment)) as mine:
                await life.score_all(State.FLAGGED)
                async with asyncio.timeout(5):
                    while (change := await mine.get()).kind == "receive":
                        pass
        assert (change.id, change.kind, change.state) == (comment, "decide", "flagged")
        await end(task)


async def test_a_bucket_gives_its_burst_and_then_says_when(life: Life) -> None:
    async def take() -> tuple[bool, int]:
        allowance = await life.store.limits.take("gazette", per_minute=6, burst=3)
        return allowance.allowed, allowance.remaining

    assert [await take() for _ in range(4)] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    refused = await life.store.limits.take("gazette", per_minute=6, burst=3)
    assert 9 < refused.retry_in <= 10
    assert 29 < refused.full_in <= 30
    assert (await life.store.limits.take("herald", per_minute=6, burst=3)).allowed


async def test_an_api_key_opens_its_site_until_it_is_rotated(life: Life) -> None:
    key = await life.store.sites.create("gazette", "The Gazette")
    assert await life.store.sites.authenticate(key) == "gazette"
    assert await life.store.sites.authenticate(key + "x") is None
    with pytest.raises(SiteError, match="already"):
        await life.store.sites.create("gazette", "Again")
    with pytest.raises(SiteError, match="a-z"):
        await life.store.sites.create("The Gazette", "Again")
    fresh = await life.store.sites.rotate_key("gazette")
    assert await life.store.sites.authenticate(key) is None
    assert await life.store.sites.authenticate(fresh) == "gazette"
    stored = str(await life.redis.hgetall("moderato:sites"))
    assert key not in stored
    assert fresh not in stored
