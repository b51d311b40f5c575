"""Comments that say nearly the same are found within their site, and forgotten when erased."""

from __future__ import annotations

from typing import Any

from moderato.domain.comment import Article, Author, State
from moderato.store.alikes import Similar
from moderato.store.comments import NewComment
from tests.conftest import ConfigFactory
from tests.life import Life, new_comment

INSULT = "The mayor is a thief and everybody in this town knows it"


def copy(number: int, text: str = INSULT, site: str = "gazette") -> NewComment:
    return new_comment(
        text,
        site=site,
        author=Author(f"u{number}", f"Reader {number}"),
        article=Article(f"a{number}", f"https://gazette.example/a{number}"),
    )


def ids(similar: Similar) -> list[str]:
    return [record.comment.id for record in similar.records]


async def of(life: Life, comment: str, limit: int = 20) -> Similar:
    return await life.store.alikes.of("gazette", comment, limit=limit)


async def test_copies_under_other_articles_are_found_newest_first(life: Life) -> None:
    first = await life.accept(copy(1))
    await life.accept(copy(2, "I like the new harbour very much, thank you all"))
    second = await life.accept(
        copy(3, "the MAYOR is a th1ef,   and everybody in this city knows it!")
    )
    await life.accept(copy(4, site="herald"))
    assert ids(await of(life, first)) == [second]
    assert ids(await of(life, second)) == [first]
    third = await life.accept(copy(5))
    assert set(ids(await of(life, third))) == {second, first}
    assert len(ids(await of(life, third, limit=1))) == 1


async def test_it_counts_how_many_were_rejected(life: Life) -> None:
    made = [await life.accept(copy(number)) for number in range(4)]
    await life.score_all(State.FLAGGED)
    for comment in made[:2]:
        await life.store.comments.decide("gazette", comment, version=2, approve=False, by="mo")
    similar = await of(life, made[3])
    assert (similar.total, similar.rejected, similar.at_least) == (3, 2, False)


async def test_nothing_of_an_erased_comment_is_left(life: Life) -> None:
    first, second = await life.accept(copy(1)), await life.accept(copy(2))
    for comment in (first, second):
        await life.store.comments.erase("gazette", comment, by="gazette", reason="Asked for.")
        assert await of(life, first) == Similar()
    redis: Any = life.redis
    assert [key async for key in redis.scan_iter("*:bands:*")] == []
    key = life.store.comments.shard("gazette").comment("gazette", first)
    assert not await redis.hexists(key, "likeness")


async def test_it_goes_by_itself(life: Life) -> None:
    await life.accept(copy(1))
    redis: Any = life.redis
    (key,) = [key async for key in redis.scan_iter("*:bands:*")]
    assert 8 * 86_400 < await redis.ttl(key) <= 9 * 86_400
    # What is too old to be looked at is freed by the first comment of a day.
    base, _, day = key.rpartition(":")
    old, kept = f"{base}:{int(day) - 8}", f"{base}:{int(day) - 7}"
    await redis.rename(key, old)
    await redis.hset(kept, "0a", "00001 x")
    await life.accept(copy(2))
    assert not await redis.exists(old)
    assert await redis.exists(kept)


async def test_days_before_are_looked_at(life: Life) -> None:
    first = await life.accept(copy(1))
    redis: Any = life.redis
    (key,) = [key async for key in redis.scan_iter("*:bands:*")]
    base, _, day = key.rpartition(":")
    await redis.rename(key, f"{base}:{int(day) - 7}")
    second = await life.accept(copy(2))
    assert ids(await of(life, second)) == [first]


async def test_a_flood_is_counted_up_to_a_limit(life: Life) -> None:
    made = [await life.accept(copy(number)) for number in range(130)]
    similar = await of(life, made[0])
    assert similar.at_least
    assert 99 <= similar.total < 129
    assert len(similar.records) == 20
    # Not even as a list does it grow beyond that; erasing leaves the others in it.
    (key,) = [key async for key in life.redis.scan_iter("*:bands:*")]
    lists: Any = await life.redis.hvals(key)
    assert {len(one.split()) for one in lists} == {200}
    await life.store.comments.erase("gazette", made[50], by="gazette", reason="Asked for.")
    lists = await life.redis.hvals(key)
    assert {len(one.split()) for one in lists} == {198}
    assert not any(made[50] in one for one in lists)


async def test_a_day_that_is_full_takes_no_more(life: Life) -> None:
    await life.accept(copy(1))
    redis: Any = life.redis
    (key,) = [key async for key in redis.scan_iter("*:bands:*")]
    for start in range(0, 400_000, 10_000):
        some = dict.fromkeys(map(str, range(start, start + 10_000)), "00001 x")
        await redis.hset(key, mapping=some)
    full = await redis.hlen(key)
    second = await life.accept(copy(2))
    assert await redis.hlen(key) == full
    # It is not found, and finds others all the same.
    assert len(ids(await of(life, second))) == 1


async def test_it_can_be_switched_off(life: Life, make_config: ConfigFactory) -> None:
    off = Life(life.redis, make_config(similar_days=0))
    first, second = await off.accept(copy(1)), await off.accept(copy(2))
    assert await off.store.alikes.of("gazette", first, limit=5) == Similar()
    assert [key async for key in off.redis.scan_iter("*:bands:*")] == []
    assert await of(life, second) == Similar()
    await off.store.comments.erase("gazette", first, by="gazette", reason="Asked for.")
    await off.close()


async def test_what_is_unknown_has_none(life: Life) -> None:
    assert await of(life, "nothing") == Similar()
    wordless = [await life.accept(copy(number, "!!!")) for number in range(2)]
    assert await of(life, wordless[0]) == Similar()
