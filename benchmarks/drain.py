"""A scorer's real speed: a process that finds a backlog in Redis and decides all of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import psutil

from benchmarks.rounds import Turn
from benchmarks.stack import Stack
from moderato.domain.comment import Article, Author
from moderato.store.comments import NewComment
from moderato.store.outcomes import Accepted

SITE = "bench"
_AT_ONCE = 64
_LOOK_SECONDS = 0.25
#: Decisions of one batch are written within so many ms.
_SAME_BATCH_MS = 10
#: Seconds a backlog may take.
_PATIENCE = 600.0


async def fill(stack: Stack, texts: Sequence[str]) -> list[str]:
    """Accepts a comment per text, as intake does; their ids."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def accept(number: int, text: str) -> str:
        new = NewComment(
            site=SITE,
            article=Article(f"a{number % 25}", f"https://news.example/{number % 25}"),
            author=Author(f"reader-{number % 500}", f"Reader {number % 500}"),
            text=text,
        )
        async with places:
            outcome = await stack.store.comments.accept(new, body_hash=str(number))
        assert isinstance(outcome, Accepted)
        return outcome.id

    return list(await asyncio.gather(*(accept(n, text) for n, text in enumerate(texts))))


def drain_turn(stack: Stack, texts: Sequence[str], per_processor: list[float]) -> Turn:
    """Comments decided a second, from the first batch's end to the last one's.

    ``per_processor`` gets those per second of the scorer's processor time.
    """

    async def turn() -> float:
        await stack.empty()
        ids = await fill(stack, texts)
        scorer = psutil.Process((await stack.start("workers.scorer", "scorer_port")).child.pid)
        used = _processor(scorer)
        await _until_decided(stack)
        per_processor.append(len(ids) / (_processor(scorer) - used))
        await stack.stop()
        moments = sorted(await _decided_at(stack, ids))
        # The first batch has no beginning that could be seen, so it does not count.
        first = moments[0] + _SAME_BATCH_MS
        later = sum(moment > first for moment in moments)
        return 1000 * later / (moments[-1] - moments[0])

    return turn


async def _until_decided(stack: Stack) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            counts = await stack.store.queues.counts([SITE])
            if not counts[SITE]["pending"]:
                return
            await asyncio.sleep(_LOOK_SECONDS)


def _processor(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def _decided_at(stack: Stack, ids: Sequence[str]) -> list[int]:
    """When each was decided, by Redis's clock, ms."""
    shard = stack.store.comments.shard(SITE)
    pipe = stack.store.redis.pipeline(transaction=False)
    for comment in ids:
        pipe.hget(shard.comment(SITE, comment), "decision")
    decisions: list[Any] = await pipe.execute()
    return [int(json.loads(decision)["at"]) for decision in decisions]
