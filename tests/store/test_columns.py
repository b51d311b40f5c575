"""The columns of a queue: slots are taken again, and what an older release did is caught up."""

from __future__ import annotations

from typing import Any

import pytest

from moderato.domain.lifecycle import Step
from moderato.store import bits
from moderato.store.outcomes import Done
from moderato.store.store import Store
from moderato.store.views import Facets, Filter, Queue, View
from tests.life import Life
from tests.store.truth import check, truth

SITE = "gazette"
#: Of two parts, so that it cannot be told from the size of one index.
VIEW = View(filter=Filter(rules=frozenset({"test-rule"}), scores={"toxicity": (0.1, 0.9)}))


def part(life: Life, name: str, queue: str = "flagged") -> str:
    return life.store.queues.shard(SITE).queue_part(SITE, queue, name)


async def slots(life: Life, queue: str = "flagged") -> dict[str, int]:
    found: Any = await life.redis.hgetall(part(life, "slots", queue))
    return {comment: int(slot) for comment, slot in found.items()}


async def counted(life: Life) -> int:
    """How many the columns find, in both ways."""
    facets = await life.store.queues.facets([SITE], VIEW)
    total = await life.store.queues.total([SITE], VIEW)
    assert facets.rules == ({"test-rule": total} if total else {})
    return total


async def an_older_release_takes_out(life: Life, comment: str) -> None:
    """What releases before the columns did to the queue and its indexes, as far as it counts."""
    for name in ("age", "rule:test-rule", "language:und", "score:toxicity"):
        await life.redis.zrem(part(life, name), comment)
    await life.redis.zrem(life.store.queues.shard(SITE).queue(SITE, "flagged"), comment)
    await life.redis.hdel(part(life, "facts"), comment)


async def test_a_queue_that_is_never_empty_takes_its_slots_again(life: Life) -> None:
    comments = [await life.flagged() for _ in range(4)]
    for turn in range(10):
        comment = comments.pop(turn % len(comments))
        match turn % 4:
            case 0:
                await life.store.comments.erase(SITE, comment, by=SITE, reason="Asked for.")
            case 1:
                moved = await life.store.comments.move(
                    SITE, comment, version=2, step=Step.ESCALATE, by="mo", note="", editor=False
                )
                assert isinstance(moved, Done)
            case _:
                await life.store.comments.decide(SITE, comment, version=2, approve=True, by="mo")
        comments.append(await life.flagged())
        assert sorted((await slots(life)).values()) == [0, 1, 2, 3]
        assert await counted(life) == 4
    for comment in comments:
        await life.store.comments.decide(SITE, comment, version=2, approve=True, by="mo")
    base = life.store.queues.shard(SITE).queue(SITE, "flagged")
    assert [key async for key in life.redis.scan_iter(f"{base}*")] == []


async def test_undo_and_return_take_a_slot_of_those_left(life: Life) -> None:
    kept, first, second = [await life.flagged() for _ in range(3)]
    await life.store.comments.decide(SITE, first, version=2, approve=False, by="mo")
    await life.store.comments.move(
        SITE, second, version=2, step=Step.ESCALATE, by="mo", note="", editor=False
    )
    assert set(await slots(life)) == {kept}
    assert set(await slots(life, "escalated")) == {second}
    await life.store.comments.undo(SITE, first, version=3, by="mo")
    await life.store.comments.move(
        SITE, second, version=3, step=Step.RETURN, by="ed", note="", editor=True
    )
    assert set(await slots(life)) == {kept, first, second}
    assert sorted((await slots(life)).values()) == [0, 1, 2]
    assert await slots(life, "escalated") == {}
    await check(await truth(life.store, [SITE]))


@pytest.mark.parametrize("by_upgrade", [False, True])
async def test_columns_that_were_never_made_are_filled(life: Life, by_upgrade: bool) -> None:
    comments = [await life.flagged() for _ in range(3)]
    await life.store.queues.columns.forget(SITE, Queue.FLAGGED)
    # One came when this release was there already.
    comments.append(await life.flagged())
    assert set(await slots(life)) == {comments[-1]}
    if by_upgrade:
        await life.store.sites.create(SITE, "Gazette")
        await Store(life.redis, life.config).upgrade()
    else:
        assert await counted(life) == 4
    await check(await truth(life.store, [SITE]))


async def test_what_an_older_release_takes_out_is_not_counted(life: Life) -> None:
    for _ in range(3):
        gone = await life.flagged()
    await an_older_release_takes_out(life, gone)
    assert await counted(life) == 2
    assert gone not in await slots(life)


async def test_whatever_an_older_release_did_mending_sets_it_right(life: Life) -> None:
    comments = [await life.flagged() for _ in range(3)]
    # One out, and one in: the sizes do not tell.
    shard = life.store.queues.shard(SITE)
    await life.redis.hset(part(life, "slots"), "stranger", 1)
    await life.redis.hdel(part(life, "slots"), comments[1])
    await life.redis.setbit(part(life, "bits:rule:test-rule"), 40, 1)
    await life.redis.zadd(shard.queue(SITE, "flagged"), {"stranger": 1})
    await life.store.queues.mend(SITE)
    assert await counted(life) == 3
    await check(await truth(life.store, [SITE]))


async def test_an_empty_queue_has_empty_facets(life: Life) -> None:
    wanted = Filter(rules=frozenset({"test-rule"}), received_from=5, scores={"toxicity": (0.5, 1)})
    assert await life.store.queues.facets([SITE], View(filter=wanted)) == Facets()


def test_bits_are_in_the_order_of_redis() -> None:
    column = bits.of_bytes(b"\x80\x01", 3)
    assert bits.slots(column, 3) == [0, 15]
    assert bits.of_slots([0, 15, 24], 3) == column
    assert bits.of_slots([], 0) == bits.of_bytes(b"", 0) == 0
    assert bits.slots(0, 0) == []
