"""What recognising similar comments costs: when a comment is taken in, in memory, and to look."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.report import Figure
from benchmarks.rounds import Settings, Spread, percentile
from benchmarks.stack import Stack, stack
from benchmarks.texts import texts
from moderato.domain.comment import Article, Author
from moderato.store.comments import NewComment
from moderato.store.outcomes import Accepted
from moderato.store.store import Store

SITE = "bench"
#: As many requests as a busy intake works on at once.
_AT_ONCE = 32
#: Every so many comments one is of the wave.
_COPIES = 10
_TEXTS = texts(1_000)


async def measure(folder: Path, settings: Settings) -> list[Figure]:
    count, rounds = (400, 1) if settings.quick else (4_000, 5)
    rates: dict[int, list[float]] = {0: [], 7: []}
    busy: dict[int, list[float]] = {0: [], 7: []}
    size: list[float] = []
    looks: list[float] = []
    async with stack(folder / "alikes") as moderato:
        for number in range(rounds + 1):
            for days in (0, 7):
                store = Store(moderato.store.redis, replace(moderato.config, similar_days=days))
                await settings.settle()
                rate, micros, made = await _take_in(moderato, store, count)
                if number == 0 and not settings.quick:
                    continue  # it warms everything up
                rates[days].append(rate)
                busy[days].append(micros)
                if days:
                    size.append(await _kept(store, made))
                    looks += [await _look(store, comment) for comment in made[:: count // 100]]
            settings.say(f"  round {number}: {rate:.0f} a second")
    both = zip(rates[7], rates[0], strict=True)
    return [
        Figure("accepted without", "a second", Spread.of(rates[0])),
        Figure("accepted with", "a second", Spread.of(rates[7])),
        Figure("with / without", "", Spread.of([one / other for one, other in both])),
        Figure("Redis busy per comment without", "µs", Spread.of(busy[0])),
        Figure("Redis busy per comment with", "µs", Spread.of(busy[7])),
        Figure("memory per comment", "bytes", Spread.of(size)),
        Figure("looking for similar ones, p50", "ms", Spread.of([percentile(looks, 0.5)])),
        Figure("looking for similar ones, p99", "ms", Spread.of([percentile(looks, 0.99)])),
    ]


async def _take_in(moderato: Stack, store: Store, count: int) -> tuple[float, float, list[str]]:
    """Comments a second, Redis's own µs for each of them, and their ids."""
    await moderato.empty()
    redis: Any = store.redis
    await redis.config_resetstat()
    made: list[str] = []
    began = time.perf_counter()
    for start in range(0, count, _AT_ONCE):
        new = [_comment(n) for n in range(start, min(count, start + _AT_ONCE))]
        taken = await asyncio.gather(
            *(store.comments.accept(one, body_hash=one.author.id) for one in new)
        )
        made += [one.id for one in taken if isinstance(one, Accepted)]
    seconds = time.perf_counter() - began
    scripts = (await redis.info("commandstats"))["cmdstat_evalsha"]
    return count / seconds, scripts["usec_per_call"], made


async def _kept(store: Store, made: list[str]) -> float:
    """Bytes that Redis keeps of each comment to recognise it."""
    redis: Any = store.redis
    shard = store.comments.shard(SITE)
    held = 0
    async for key in redis.scan_iter(f"{shard.alikes(SITE)}:*"):
        held += await redis.memory_usage(key, samples=0)
    for comment in made:
        held += await redis.hstrlen(shard.comment(SITE, comment), "likeness")
    return held / len(made)


async def _look(store: Store, comment: str) -> float:
    began = time.perf_counter()
    await store.alikes.of(SITE, comment, limit=20)
    return (time.perf_counter() - began) * 1000


def _comment(number: int) -> NewComment:
    """One of a wave of spam, or one whose every third word nobody else has."""
    words = _TEXTS[number % len(_TEXTS)].split()
    words[::3] = [f"{word}{number}" for word in words[::3]]
    said = " ".join(words) if number % _COPIES else f"{_TEXTS[0]} {number}"
    return NewComment(
        site=SITE,
        article=Article(f"a{number % 500}", "https://bench.example/a", "An article"),
        author=Author(f"u{number}", f"Reader {number}"),
        text=said,
    )
