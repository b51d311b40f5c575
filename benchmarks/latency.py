"""How long from a site's POST to its webhook, and what `Prefer: wait` is worth in a backlog.

The least it could take: the same texts through an aiohttp service that stores nothing, one
durable write, the model alone and a POST to the site, one after the other.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.contender import Contender, contender
from benchmarks.drain import SITE, fill
from benchmarks.report import Figure
from benchmarks.rounds import Settings, Spread, percentile
from benchmarks.sink import Sink, sink
from benchmarks.stack import Service, Stack, free_port, running, stack
from benchmarks.texts import texts
from workers.scorer.engines.manifest import BUNDLED

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
#: A p99 of fewer samples would only be the largest.
_ENOUGH = 100
#: Seconds a webhook may take before the benchmark has failed.
_PATIENCE = 300.0
_MS = 1000.0

#: What is measured -> milliseconds, one per comment.
Samples = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Plan:
    """``rate`` is comments a second for ``seconds``; ``backlog`` comments wait before ``probes``
    of each kind are sent."""

    rounds: int
    rate: float
    seconds: float
    backlog: int
    probes: int


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that runs, and a client."""

    moderato: Stack
    scorer: Service
    sink: Sink
    model: Contender
    http: aiohttp.ClientSession
    intake: str
    echo: str
    key: str

    async def post(self, text: str, *, wait: bool = False) -> tuple[str, float, float]:
        """The comment's id, and when it was sent and answered."""
        body = {
            "article": {"id": "a1", "url": "https://news.example/1"},
            "author": {"id": "reader-1", "name": "Reader 1"},
            "text": text,
        }
        headers = {"Authorization": f"Bearer {self.key}"}
        if wait:
            headers["Prefer"] = "wait=30"
        sent = time.perf_counter()
        async with self.http.post(f"{self.intake}/v1/comments", json=body, headers=headers) as got:
            answer = await got.json()
            if got.status != (200 if wait else 202):
                raise RuntimeError(f"Intake answered {got.status}: {answer}")
        return answer["id"], sent, time.perf_counter()


async def measure(folder: Path, settings: Settings) -> list[Figure]:
    plan = Plan(2, 10, 4, 400, 5) if settings.quick else Plan(5, 20, 20, 2_000, 20)
    rounds: list[Samples] = []
    async with AsyncExitStack() as exit_stack:
        bench = await _start(exit_stack, folder / "latency")
        await _steadily(bench, 5, 3)
        for number in range(plan.rounds):
            await settings.settle()
            samples = await _at_best(bench, plan.probes * 5)
            samples |= await _steadily(bench, plan.rate, plan.seconds)
            samples |= await _in_a_backlog(bench, plan.backlog, plan.probes)
            rounds.append(samples)
            medians = ", ".join(f"{w}: {percentile(v, 0.5):.0f} ms" for w, v in samples.items())
            settings.say(f"  round {number + 1} of {plan.rounds}: {medians}")
    return _figures(rounds, plan)


async def _start(exit_stack: AsyncExitStack, folder: Path) -> Bench:
    enter = exit_stack.enter_async_context
    moderato = await enter(stack(folder))
    hook, echo = await enter(sink(free_port())), free_port()
    await enter(running([sys.executable, "-m", "benchmarks.echo", str(echo)], echo))
    key = await moderato.store.sites.create(SITE, "Benchmark")
    await moderato.store.sites.add_endpoint(SITE, hook.url)
    intake = await moderato.start("services.intake", "intake_port")
    scorer = await moderato.start("workers.scorer", "scorer_port")
    await moderato.start("workers.publisher", "publisher_port")
    return Bench(
        moderato=moderato,
        scorer=scorer,
        sink=hook,
        model=await enter(contender("moderato", BUNDLED / "compact")),
        http=await enter(aiohttp.ClientSession()),
        intake=f"http://127.0.0.1:{intake.port}",
        echo=f"http://127.0.0.1:{echo}",
        key=key,
    )


async def _at_best(bench: Bench, count: int) -> Samples:
    """The bare steps, one comment after the other."""
    took: list[float] = []
    for number, text in enumerate(texts(count)):
        body = {"data": {"id": f"bare-{number}"}, "text": text}
        began = time.perf_counter()
        await (await bench.http.post(f"{bench.echo}/v1/comments", json=body)).read()
        await bench.moderato.store.redis.xadd("bench", {"text": text})
        await bench.model.score([text])
        await (await bench.http.post(bench.sink.url, json=body)).read()
        took.append(_MS * (time.perf_counter() - began))
    return {"bare steps": took}


async def _steadily(bench: Bench, rate: float, seconds: float) -> Samples:
    """Comments at a steady rate, however long each takes."""
    began, answered, delivered = time.perf_counter(), [], []

    async def one(number: int, text: str) -> None:
        await asyncio.sleep(began + number / rate - time.perf_counter())
        comment, sent, done = await bench.post(text)
        answered.append(_MS * (done - sent))
        delivered.append(_MS * (await bench.sink.came(comment) - sent))

    sample = texts(int(rate * seconds))
    async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
        for number, text in enumerate(sample):
            group.create_task(one(number, text))
    return {"POST to 202": answered, "POST to webhook": delivered}


async def _in_a_backlog(bench: Bench, backlog: int, probes: int) -> Samples:
    """The same comment with and without `Prefer: wait`, in turn, while a backlog is worked off."""
    waited, queued, hooked = [], [], []
    sample = texts(probes)
    # Filling is slower than scoring: without a pause there would never be a backlog.
    with bench.scorer.paused():
        await fill(bench.moderato, texts(backlog))

    async def plain(text: str) -> None:
        comment, sent, _ = await bench.post(text)
        queued.append(_MS * (await bench.sink.came(comment) - sent))

    async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
        for text in sample:
            group.create_task(plain(text))
            comment, sent, done = await bench.post(text, wait=True)
            waited.append(_MS * (done - sent))
            hooked.append(_MS * (await bench.sink.came(comment) - sent))
        left = (await bench.moderato.store.work.backlog())["work"]
        if left < probes:
            raise RuntimeError(f"The backlog of {backlog} was gone before the last probe.")
    return {
        "Prefer: wait, POST to decision": waited,
        "Prefer: wait, POST to webhook": hooked,
        "backlog, POST to webhook": queued,
    }


def _figures(rounds: Sequence[Mapping[str, Sequence[float]]], plan: Plan) -> list[Figure]:
    titles = {
        "bare steps": "bare steps, one at a time",
        "POST to 202": f"POST to 202, {plan.rate:g} a second",
        "POST to webhook": f"POST to webhook, {plan.rate:g} a second",
        "Prefer: wait, POST to decision": f"`Prefer: wait` to its 200, {plan.backlog:,} ahead",
        "Prefer: wait, POST to webhook": f"`Prefer: wait` to webhook, {plan.backlog:,} ahead",
        "backlog, POST to webhook": f"without it, to webhook, {plan.backlog:,} ahead",
    }
    figures = [
        Figure(f"{titles[what]}, {name}", "ms", _spread(rounds, what, share))
        for what in rounds[0]
        for name, share in SHARES.items()
        if name != "p99" or len(rounds[0][what]) >= _ENOUGH
    ]
    for ours, theirs in (
        ("POST to webhook", "bare steps"),
        ("backlog, POST to webhook", "Prefer: wait, POST to webhook"),
    ):
        values = [percentile(r[ours], 0.5) / percentile(r[theirs], 0.5) for r in rounds]
        what = f"**{titles[ours]} / {titles[theirs]}, p50**"
        figures.append(Figure(what, "ratio", Spread.of(values)))
    return figures


def _spread(rounds: Sequence[Mapping[str, Sequence[float]]], what: str, share: float) -> Spread:
    return Spread.of([percentile(samples[what], share) for samples in rounds])
