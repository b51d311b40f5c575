"""All comments of an article, in every state, by time and by what they answer."""

from __future__ import annotations

from typing import Any

from moderato.domain.comment import State
from moderato.store.store import Store
from moderato.store.views import Cursor
from tests.life import Life, new_comment
from tests.store.truth import check_discussions, truth

SITE, ARTICLE = "gazette", "a1"


async def a_thread(life: Life) -> dict[State, str]:
    """One comment in each state, the flagged one with a reply that is pending."""
    made: dict[State, str] = {}
    for state in (State.FLAGGED, State.APPROVED, State.REJECTED):
        made[state] = await life.accept()
        await life.score_all(state)
    made[State.ERASED] = await life.accept()
    await life.store.comments.erase(SITE, made[State.ERASED], by=SITE, reason="law")
    made[State.PENDING] = await life.accept(new_comment(parent=made[State.FLAGGED]))
    return made


async def everything(life: Life, limit: int, **wanted: Any) -> list[str]:
    found: list[str] = []
    at: Cursor | None = None
    while True:
        page = await life.store.discussions.page(SITE, ARTICLE, after=at, limit=limit, **wanted)
        assert len(page.comments) <= limit
        found += page.comments
        if page.next is None:
            return found
        at = page.next


async def test_every_state_is_there_and_counted(life: Life) -> None:
    made = await a_thread(life)
    (counts,) = await life.store.discussions.counts(SITE, [ARTICLE])
    assert counts == dict.fromkeys(State, 1)
    whole = await everything(life, 50)
    assert sorted(whole) == sorted(made.values())
    received = [r.comment.received_at for r in await life.store.comments.get_many(SITE, whole) if r]
    assert received == sorted(received, reverse=True)
    for limit in (1, 2, 3, 4):
        assert await everything(life, limit) == whole
        assert await everything(life, limit, newest_first=False) == whole[::-1]
    some = [State.FLAGGED, State.ERASED]
    assert set(await everything(life, 1, states=some)) == {made[state] for state in some}


async def test_replies_are_below_what_they_answer_in_whatever_state(life: Life) -> None:
    made = await a_thread(life)
    flagged = made[State.FLAGGED]
    below = await life.store.discussions.below(SITE, ARTICLE, flagged)
    assert (below.comments, below.next) == ([made[State.PENDING]], None)
    top = await life.store.discussions.below(SITE, ARTICLE, "", limit=3)
    rest = await life.store.discussions.below(SITE, ARTICLE, "", limit=3, after=top.next)
    assert {*top.comments, *rest.comments} == {*made.values()} - {made[State.PENDING]}
    assert rest.next is None
    counts = await life.store.discussions.reply_counts(SITE, ARTICLE, [flagged, made[State.ERASED]])
    assert counts == [1, 0]


async def test_it_follows_every_step(life: Life) -> None:
    comment = await life.flagged()
    await life.store.comments.decide(SITE, comment, version=2, approve=True, by="ana")
    assert await everything(life, 9, states=[State.FLAGGED]) == []
    assert await everything(life, 9, states=[State.APPROVED]) == [comment]
    await life.store.comments.undo(SITE, comment, version=3, by="ana")
    assert await everything(life, 9, states=[State.FLAGGED]) == [comment]
    await check_discussions(await truth(life.store, [SITE]))


async def test_mending_finds_what_an_older_release_left_out(life: Life) -> None:
    made = await a_thread(life)
    shard = life.store.discussions.shard(SITE)
    old = [key async for key in life.redis.scan_iter("moderato:*:discussion:*")]
    old += [key async for key in life.redis.scan_iter("moderato:*:below:*")]
    await life.redis.delete(*old, shard.articles(SITE))
    assert (await life.store.articles.page(SITE)).articles == []
    # It stands in the wrong place, as after an older release took a step.
    wrong = shard.discussion(SITE, ARTICLE, State.PENDING)
    await life.redis.zadd(wrong, {made[State.REJECTED]: 1})
    assert await life.store.shelving.mend() == len(made)
    await check_discussions(await truth(life.store, [SITE]))
    assert [one.known.article.id for one in (await life.store.articles.page(SITE)).articles] == [
        ARTICLE
    ]


async def test_an_upgrade_mends_once(life: Life) -> None:
    await a_thread(life)
    shard = life.store.discussions.shard(SITE)
    await life.redis.delete(shard.articles(SITE))
    await Store(life.redis, life.config).upgrade()
    assert len((await life.store.articles.page(SITE)).articles) == 1
    await life.redis.delete(shard.articles(SITE))
    await Store(life.redis, life.config).upgrade()
    assert (await life.store.articles.page(SITE)).articles == []
