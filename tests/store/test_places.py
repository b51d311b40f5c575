"""Whoever follows a queue's pages while others decide misses nothing that stays in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.store import bulks, queues, stretches
from moderato.store.store import Store
from moderato.store.views import Cursor, Filter, Sort, View
from moderato.store.work import Finished
from tests.life import Life, new_comment
from tests.store.truth import ids

SITE = "gazette"
#: How many are flagged, and how many a page shows.
FLAGGED, PAGE = 14, 4
VIEWS = [
    View(),
    View(sort=Sort.SCORE, attribute="toxicity"),
    # Of two parts of a filter one is cut out, or both are looked at.
    View(filter=Filter(rules=frozenset({"insult"}), scores={"toxicity": (0.2, 1.0)})),
    View(
        sort=Sort.OLDEST,
        descending=False,
        filter=Filter(languages=frozenset({"en"}), scores={"toxicity": (0.0, 0.9)}),
    ),
]
#: Before each command: which of those left is decided, in the order they came; None: nothing.
TURNS = st.lists(st.one_of(st.none(), st.integers(0, FLAGGED - 1)), max_size=40)
#: One before every command, the one that was seen first.
ALL_THE_TIME: list[int | None] = [0] * 40

Reading = Callable[[Store, View], Awaitable[list[str]]]


@dataclass
class Others:
    """Colleagues who decide just before each command of somebody's Redis reaches it."""

    store: Store
    left: list[str]
    turns: list[int | None] = field(default_factory=list)

    async def turn(self) -> None:
        which = self.turns.pop(0) if self.turns else None
        if which is not None and which < len(self.left):
            comment = self.left.pop(which)
            await self.store.comments.decide(SITE, comment, version=2, approve=True, by="jo")


def disturbed(url: str, others: Others) -> Redis:
    class Disturbed(Redis):
        async def execute_command(self, *args: Any, **options: Any) -> Any:
            await others.turn()
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    return Disturbed.from_url(url, decode_responses=True)


async def flag(life: Life) -> list[str]:
    """Comments of different scores, some of them equally urgent; most urgent first."""
    for _ in range(FLAGGED):
        await life.accept(new_comment(language="en"))
    made = []
    for number, job in enumerate(await life.jobs()):
        score = 0.95 - number / 20
        decision = Decision(State.FLAGGED, "insult", "Because.", priority=1 - number // 3 / 10)
        finished = Finished(job, decision, Scores({"toxicity": score}, "test", "1"), "test")
        assert await life.store.work.finish(life.scorer, [finished]) == ["done"]
        made.append(job.record.comment.id)
    return made


async def forwards(store: Store, view: View) -> list[str]:
    page = await store.queues.page([SITE], view, limit=PAGE)
    seen = ids(page)
    while page.next:
        page = await store.queues.page([SITE], view, limit=PAGE, after=page.next)
        seen += ids(page)
    return seen


async def backwards(store: Store, view: View) -> list[str]:
    end = Cursor(-1.0 if view.descending else 1e18, "end")
    page = await store.queues.page([SITE], view, limit=PAGE, before=end)
    seen = ids(page)
    while page.previous:
        page = await store.queues.page([SITE], view, limit=PAGE, before=page.previous)
        seen = ids(page) + seen
    return seen


async def into_a_bulk(store: Store, view: View) -> list[str]:
    bulk = await store.bulks.preview(SITE, view, by="mo")
    redis: Any = store.redis
    taken = await redis.zrange(store.bulks.shard(SITE).bulk(SITE, bulk.id, "todo"), 0, -1)
    return [str(comment) for comment in taken]


async def walked(url: str, read: Reading, view: View, turns: list[int | None]) -> None:
    config = Config(redis_url=url, shards=1)
    async with Redis.from_url(url, decode_responses=True) as redis:
        await redis.flushall()
        life = Life(redis, config)
        await life.store.prepare()
        others = Others(life.store, await flag(life))
        wanted = set(ids(await life.store.queues.page([SITE], view, limit=100)))
        assert len(wanted) > 2 * PAGE
        async with disturbed(url, others) as reader:
            store = Store(reader, config)
            await read(store, view)  # what is read only once per process is read now
            others.turns = list(turns)
            seen = await read(store, view)
        await life.close()
    stayed = wanted & set(others.left)
    assert stayed <= set(seen), f"left out: {stayed - set(seen)}"
    assert len(seen) == len(set(seen)), "shown twice"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("read", [forwards, backwards, into_a_bulk])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("narrow", [0, 1000])
def test_nothing_that_stays_is_left_out(
    redis_url: str, read: Reading, view: View, narrow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "NARROW", narrow)
    for module in (queues, bulks):
        monkeypatch.setattr(module, "CHUNK", 3)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(turns=TURNS)
    @example(turns=ALL_THE_TIME)
    def walk(turns: list[int | None]) -> None:
        asyncio.run(walked(redis_url, read, view, turns))

    walk()
