"""How long a moderator waits for the console, with so many comments flagged.

One moderator, one request after the other, over HTTP to a real console process; then in a real
browser, from the key to the next comment on the screen. "ping" is Redis's own answer time
meanwhile: how long anybody else waits.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from redis.asyncio import Redis

from benchmarks.paint import key_to_paint
from benchmarks.report import Figure
from benchmarks.rounds import Settings, Spread, percentile
from benchmarks.stack import Stack, stack
from moderato.domain.comment import Article, Author, State
from moderato.domain.decision import Decision
from moderato.domain.scores import ATTRIBUTES, Scores
from moderato.runtime import end
from moderato.store import work
from moderato.store.comments import NewComment
from moderato.store.connection import connect
from moderato.store.consumer import Consumer
from moderato.store.users import Role
from moderato.store.work import Finished

SITE = "bench"
_PASSWORD = "a benchmark's own"  # noqa: S105 - of a deployment that is gone in a minute
_RULES = ("toxic", "insult", "threat", "links", "first-comment")
#: How often each rule holds a comment, per hundred.
_SHARES = (50, 25, 5, 10, 10)
_AT_ONCE = 250

Ask = Callable[[], Awaitable[None]]


async def measure(folder: Path, settings: Settings) -> list[Figure]:
    sizes = (100, 1_000) if settings.quick else (100, 10_000, 100_000)
    rounds, times = (1, 10) if settings.quick else (3, 30)
    figures: list[Figure] = []
    async with stack(folder / "desk") as moderato, _consumer(moderato) as consumer:
        await moderato.store.sites.create(SITE, "Benchmark")
        await moderato.store.users.create("bench", Role.EDITOR, _PASSWORD)
        console = await moderato.start("services.console", "console_port")
        url = f"http://127.0.0.1:{console.port}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            desk = Desk(http, url)
            await desk.login()
            filled = 0
            for size in sizes:
                await _fill(moderato, consumer, size - filled, settings)
                filled = size
                figures += await _round_trips(moderato, desk, size, rounds, times, settings)
                await _fill(moderato, consumer, desk.decided, settings)
                desk.decided = 0
                painted = await key_to_paint(url, "bench", _PASSWORD, times)
                for label, share in (("p50", 0.5), ("p99", 0.99)):
                    spread = Spread.of([percentile(painted, share)])
                    name = f"{size:,} flagged: key to next comment painted, {label}"
                    figures.append(Figure(name, "ms", spread))
                desk.decided += len(painted)
                filled -= desk.decided
                desk.decided = 0
            figures += await _bulk(moderato, desk, settings)
    return figures


@dataclass(slots=True)
class Desk:
    """A moderator's browser, as far as requests go."""

    http: aiohttp.ClientSession
    url: str
    decided: int = 0
    _csrf: str = ""
    _cursor: str = ""
    _items: list[dict[str, Any]] = field(default_factory=list)

    async def login(self) -> None:
        self._csrf = (await self.post("/api/login", name="bench", password=_PASSWORD))["csrf"]

    async def get(self, path: str) -> dict[str, Any]:
        async with self.http.get(self.url + path) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        headers = {"X-CSRF-Token": self._csrf}
        async with self.http.post(self.url + path, json=body, headers=headers) as answer:
            answer.raise_for_status()
            found: dict[str, Any] = await answer.json()
            return found

    async def open(self) -> None:
        page = await self.get("/api/queue")
        self._items, self._cursor = page["items"], page["next"] or ""

    async def next_page(self) -> None:
        if not self._cursor:
            await self.open()
        cursor = self._cursor or self._items[0]["cursor"]
        self._cursor = (await self.get(f"/api/queue?after={cursor}"))["next"] or ""

    async def one_comment(self) -> None:
        await self.get(f"/api/comments/{SITE}/{self._items[0]['id']}")

    async def decide(self) -> None:
        if not self._items:
            await self.open()
        item = self._items.pop()
        path = f"/api/comments/{SITE}/{item['id']}/decision"
        await self.post(path, action="approve", version=item["version"])
        self.decided += 1

    def asking(self, query: str, what: str = "queue") -> Ask:
        async def ask() -> None:
            await self.get(f"/api/{what}?{query}")

        return ask


async def _round_trips(
    moderato: Stack, desk: Desk, size: int, rounds: int, times: int, settings: Settings
) -> list[Figure]:
    wide = "rule=toxic&rule=insult&score=toxicity:0.2:1"
    asks: dict[str, Ask] = {
        "open the queue": desk.open,
        "next page": desk.next_page,
        "open a comment": desk.one_comment,
        "decide": desk.decide,
        "filter by rule": desk.asking("rule=threat"),
        "filter by rule and score": desk.asking("rule=threat&score=insult:0.5:1"),
        "filter widely (60 % fit)": desk.asking(wide),
        "sort by score": desk.asking("sort=score&attribute=insult"),
        "facets": desk.asking("", "queue/facets"),
        "facets of a wide filter": desk.asking(wide, "queue/facets"),
    }
    p50: dict[str, list[float]] = {name: [] for name in asks}
    p99: dict[str, list[float]] = {name: [] for name in asks}
    pings: list[float] = []
    for number in range(rounds):
        await settings.settle()
        await desk.open()
        async with _pinging(moderato) as pinged:
            for name, ask in asks.items():
                took = [await _timed(ask) for _ in range(times)]
                p50[name].append(percentile(took, 0.5))
                p99[name].append(percentile(took, 0.99))
                settings.say(f"  {size:,}, round {number + 1}: {name}: {p50[name][-1]:.1f} ms")
        pings.append(max(pinged))
    figures = []
    for name in asks:
        for label, values in (("p50", p50[name]), ("p99", p99[name])):
            figures.append(Figure(f"{size:,} flagged: {name}, {label}", "ms", Spread.of(values)))
    figures.append(Figure(f"{size:,} flagged: slowest ping", "ms", Spread.of(pings)))
    return figures


async def _bulk(moderato: Stack, desk: Desk, settings: Settings) -> list[Figure]:
    """All that is flagged, rejected in one go, while the moderator opens the queue on and on."""
    began = time.perf_counter()
    bulk = await desk.post("/api/bulk", site=SITE)
    preview = (time.perf_counter() - began) * 1000
    path = f"/api/bulk/{SITE}/{bulk['id']}"
    opening: list[float] = []
    async with _pinging(moderato) as pinged:
        began = time.perf_counter()
        await desk.post(f"{path}/start", action="reject", rule="spam")
        while (await desk.get(path))["state"] == "running":
            opening.append(await _timed(desk.open))
        seconds = time.perf_counter() - began
    settings.say(f"  bulk of {bulk['total']:,}: {seconds:.1f} s")
    await desk.post(f"{path}/undo")
    of = f"bulk of {bulk['total']:,}"
    return [
        Figure(f"{of}: preview", "ms", Spread.of([preview])),
        Figure(f"{of}: decided", "a second", Spread.of([bulk["total"] / seconds])),
        Figure(f"{of}: open the queue meanwhile, p50", "ms", Spread.of([percentile(opening, 0.5)])),
        Figure(
            f"{of}: open the queue meanwhile, p99", "ms", Spread.of([percentile(opening, 0.99)])
        ),
        Figure(f"{of}: slowest ping meanwhile", "ms", Spread.of([max(pinged)])),
    ]


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def _pinging(moderato: Stack) -> AsyncIterator[list[float]]:
    """How long Redis takes to answer somebody else, in ms, all the while."""
    took: list[float] = [0.0]
    redis: Redis = connect(moderato.config)

    async def ping() -> None:
        while True:
            began = time.perf_counter()
            await redis.ping()
            took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.005)

    pinging = asyncio.create_task(ping())
    try:
        yield took
    finally:
        await end(pinging)
        await redis.aclose()


@asynccontextmanager
async def _consumer(moderato: Stack) -> AsyncIterator[Consumer]:
    blocking = connect(moderato.config, blocking=1.0)
    store = moderato.store
    try:
        yield Consumer(store.redis, blocking, store.scripts, work.GROUP, "bench", 600.0)
    finally:
        await blocking.aclose()


async def _fill(moderato: Stack, consumer: Consumer, count: int, settings: Settings) -> None:
    """Leads so many comments the whole way into the flagged queue; always the same ones."""
    store, dice = moderato.store, random.Random(count)
    # What is measured is reading: filling may be quicker than durable.
    await store.redis.config_set("appendfsync", "everysec")
    for start in range(0, count, _AT_ONCE):
        new = [_comment(dice, start + n) for n in range(min(_AT_ONCE, count - start))]
        await asyncio.gather(*(store.comments.accept(one, body_hash=f"{id(one)}") for one in new))
        (shard,) = store.shards
        jobs, _ = await store.work.jobs(await consumer.read(shard.work, _AT_ONCE, 1))
        finished = []
        for job in jobs:
            values = {name: round(dice.random() ** 2, 4) for name in ATTRIBUTES}
            (rule,) = dice.choices(_RULES, _SHARES)
            decision = Decision(State.FLAGGED, rule, "Held.", priority=round(dice.random(), 2))
            scores = Scores(values, "bench", "1", language=dice.choice(["en", "en", "de"]))
            finished.append(Finished(job, decision, scores, "bench"))
        answers = await store.work.finish(consumer, finished)
        assert answers == ["done"] * len(finished)
        if start % 10_000 == 0:
            settings.say(f"  filling: {start:,} of {count:,}")
    await store.redis.config_set("appendfsync", "always")


def _comment(dice: random.Random, number: int) -> NewComment:
    article, author = dice.randrange(500), dice.randrange(20_000)
    return NewComment(
        site=SITE,
        article=Article(f"a{article}", f"https://bench.example/{article}", f"Article {article}"),
        author=Author(f"u{author}", f"Reader {author}"),
        text=f"Comment number {number}. " + "It says something about the news. " * 4,
    )
