"""How an article takes comments: who said so, until when, and two who say so at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from moderato.domain.comment import Article, ArticleMode, Tighter
from moderato.domain.decision import Actor
from moderato.store.articles import Changed, EditorOnly, OverAlready, Stale
from moderato.store.outcomes import Accepted, ArticleClosed
from tests.life import Life, new_comment

PREMOD, CLOSED, OPEN = ArticleMode.PREMOD, ArticleMode.CLOSED, ArticleMode.OPEN
SITE, ARTICLE = "gazette", "a1"
HOUR = 3_600_000


async def now(life: Life) -> int:
    seconds, micro = await life.redis.time()
    return int(seconds) * 1000 + int(micro) // 1000


async def time_passes(life: Life, **until: int) -> None:
    """As if the ends lay there: ``passing_until`` or ``tighter_until``, UTC ms."""
    key = life.store.articles.shard(SITE).article(SITE, ARTICLE)
    await life.redis.hset(key, mapping={name: str(at) for name, at in until.items()})


async def mode(life: Life) -> tuple[ArticleMode, int | None]:
    known = await life.store.articles.get(SITE, ARTICLE)
    assert known is not None
    return known.article.mode, known.article.mode_until


async def post(life: Life) -> Accepted | ArticleClosed:
    outcome = await life.store.comments.accept(new_comment(), body_hash="h")
    assert isinstance(outcome, Accepted | ArticleClosed)
    return outcome


async def by_person(life: Life, mode: ArticleMode, **more: Any) -> object:
    given: dict[str, Any] = {"actor": Actor.MODERATOR, "by": "ana", "editor": False, **more}
    return await life.store.articles.set_mode(SITE, ARTICLE, mode, **given)


async def test_a_mode_ends_by_itself_and_the_article_is_as_it_was(life: Life) -> None:
    articles, later = life.store.articles, await now(life) + HOUR
    await articles.set_mode(SITE, ARTICLE, PREMOD)
    await articles.set_mode(SITE, ARTICLE, CLOSED, until=later)
    assert await mode(life) == (CLOSED, later)
    assert await post(life) == ArticleClosed(later)
    await time_passes(life, passing_until=await now(life))
    assert await mode(life) == (PREMOD, None)
    assert isinstance(await post(life), Accepted)
    (job,) = await life.jobs()
    assert job.record.comment.article.mode is PREMOD


async def test_a_mode_without_an_end_replaces_one_that_has_one(life: Life) -> None:
    articles = life.store.articles
    await articles.set_mode(SITE, ARTICLE, CLOSED, until=await now(life) + HOUR)
    await articles.set_mode(SITE, ARTICLE, PREMOD)
    assert await mode(life) == (PREMOD, None)
    await articles.set_mode(SITE, ARTICLE, CLOSED)
    assert await post(life) == ArticleClosed(None)


async def test_tighter_ends_by_itself(life: Life) -> None:
    later = await now(life) + HOUR
    await life.store.articles.tighten(SITE, ARTICLE, tighter=True, until=later, by="ana")
    await post(life)
    (job,) = await life.jobs()
    assert job.record.comment.article.tighter == Tighter(later)
    await time_passes(life, tighter_until=await now(life))
    record = await life.store.comments.get(SITE, job.record.comment.id)
    assert record is not None
    assert record.comment.article.tighter is None


async def test_tighter_may_have_no_end_and_be_taken_back(life: Life) -> None:
    articles = life.store.articles
    await articles.tighten(SITE, ARTICLE, tighter=True, until=None, by="ana", version=0)
    known = await articles.get(SITE, ARTICLE)
    assert known is not None
    assert known.article.tighter == Tighter()
    await articles.tighten(SITE, ARTICLE, tighter=False, until=None, by="ben", version=1)
    known = await articles.get(SITE, ARTICLE)
    assert known is not None
    assert (known.article.tighter, known.version) == (None, 2)


async def test_an_end_that_is_over_is_refused(life: Life) -> None:
    past = await now(life) - 1
    articles = life.store.articles
    assert isinstance(await articles.set_mode(SITE, ARTICLE, CLOSED, until=past), OverAlready)
    outcome = await articles.tighten(SITE, ARTICLE, tighter=True, until=past, by="ana")
    assert isinstance(outcome, OverAlready)
    assert await articles.get(SITE, ARTICLE) is None


async def test_of_two_people_the_slower_is_told(life: Life) -> None:
    articles = life.store.articles
    outcomes = await asyncio.gather(
        by_person(life, PREMOD, version=0),
        articles.tighten(SITE, ARTICLE, tighter=True, until=None, by="ben", version=0),
        by_person(life, PREMOD, version=0, by="cem"),
    )
    assert sorted(map(str, outcomes)) == sorted(map(str, [Changed(1), Stale(1), Stale(1)]))
    assert len(await articles.history(SITE, ARTICLE)) == 1


async def test_the_site_has_the_last_word_and_so_has_a_person_after_it(life: Life) -> None:
    articles = life.store.articles
    await by_person(life, PREMOD, version=0, reason="A raid.")
    assert await articles.set_mode(SITE, ARTICLE, OPEN) == Changed(2)
    assert await by_person(life, PREMOD, version=1) == Stale(2)
    assert await by_person(life, PREMOD, version=2, reason="Still.") == Changed(3)
    told = [(one.by, one.actor, one.mode, one.reason) for one in await articles.history(SITE, "a1")]
    assert told == [
        ("ana", "moderator", "premod", "Still."),
        ("gazette", "site", "open", ""),
        ("ana", "moderator", "premod", "A raid."),
    ]
    known = await articles.get(SITE, ARTICLE)
    assert known is not None
    assert known.changes["mode"].by == "ana"


async def test_a_site_that_repeats_itself_makes_no_history(life: Life) -> None:
    articles = life.store.articles
    for _ in range(3):
        assert await articles.set_mode(SITE, ARTICLE, PREMOD) == Changed(1)
    assert len(await articles.history(SITE, ARTICLE)) == 1


@pytest.mark.parametrize("asked", [OPEN, PREMOD, CLOSED])
async def test_closing_and_opening_what_is_closed_is_an_editors(
    life: Life, asked: ArticleMode
) -> None:
    articles, later = life.store.articles, await now(life) + HOUR
    if asked is CLOSED:
        assert await by_person(life, asked, version=0) == EditorOnly()
        assert await articles.get(SITE, ARTICLE) is None
    await articles.set_mode(SITE, ARTICLE, CLOSED)
    assert await by_person(life, asked, version=1) == EditorOnly()
    # Closed behind something that passes: still an editor's.
    await articles.set_mode(SITE, ARTICLE, PREMOD, until=later)
    assert await by_person(life, asked, version=2) == EditorOnly()
    assert await by_person(life, asked, version=2, editor=True) == Changed(3)


async def test_the_history_keeps_the_newest_two_hundred(life: Life) -> None:
    for number in range(205):
        await by_person(life, PREMOD, version=number, reason=str(number))
    history = await life.store.articles.history(SITE, ARTICLE)
    assert [one.reason for one in history] == [str(number) for number in range(204, 4, -1)]


async def test_a_change_is_told_in_the_feed(life: Life) -> None:
    await by_person(life, PREMOD, version=0)
    newest: Any = await life.redis.xrevrange(life.store.articles.shard(SITE).feed, count=1)
    ((_, fields),) = newest
    assert (fields["kind"], fields["article"], fields["version"]) == ("article", "a1", "1")


async def test_articles_are_listed_by_their_newest_comment_and_found(life: Life) -> None:
    index = life.store.articles.shard(SITE).articles(SITE)
    for name in ("a1", "b2", "c3", "a1"):
        article = Article(name, f"https://x.example/{name}", f"Title ÄÖ {name}")
        for other in ("a1", "b2", "c3"):  # as if an hour had passed
            await life.redis.zincrby(index, -HOUR, other)
        await life.accept(new_comment(article=article))
    for other in ("a1", "b2", "c3"):
        await life.redis.zincrby(index, -HOUR, other)
    await life.store.articles.set_mode(SITE, "quiet", PREMOD)
    page = life.store.articles.page
    everything = [one.known.article.id for one in (await page(SITE)).articles]
    assert everything == ["quiet", "a1", "c3", "b2"]
    found: list[str] = []
    at = None
    while True:
        part = await page(SITE, after=at, limit=1)
        found += [one.known.article.id for one in part.articles]
        if part.next is None:
            break
        at = part.next
    assert found == everything
    assert [o.known.article.id for o in (await page(SITE, wanted="äö B2")).articles] == ["b2"]
    assert [o.known.article.id for o in (await page(SITE, wanted="EXAMPLE/c")).articles] == ["c3"]
    assert (await page(SITE, wanted="nowhere")).articles == []
    assert (await page("herald")).articles == []


async def test_a_search_that_looks_at_many_says_where_to_go_on(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderato.store.articles.SCANNED", 2)
    monkeypatch.setattr("moderato.store.articles._CHUNK", 1)
    for number in range(5):
        await life.accept(new_comment(article=Article(str(number), "https://x.example/")))
    found, at, calls = [], None, 0
    while True:
        part = await life.store.articles.page(SITE, wanted="3", after=at)
        found += [one.known.article.id for one in part.articles]
        calls += 1
        if part.next is None:
            break
        at = part.next
    assert found == ["3"]
    assert calls == 3
