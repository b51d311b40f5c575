"""The scorer's loops: read, score, keep leases alive, take over what a dead scorer left.

At least once by design: worse to lose a comment than to score it twice. Once for its effects:
``finish`` is fenced, so a scorer that lost its lease changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVarTuple

import structlog
from redis.exceptions import RedisError

from moderato.config import Config
from moderato.domain.scores import Scores
from moderato.runtime import end
from moderato.store.consumer import Consumer, Entry
from moderato.store.store import Store
from moderato.store.work import Finished, Job
from workers.scorer import metrics
from workers.scorer.buffer import Buffer, Held
from workers.scorer.judge import Judge
from workers.scorer.model import BadComment, Model, ModelDownError

log = structlog.get_logger(__name__)

Args = TypeVarTuple("Args")
#: Jobs with what the model made of each; None where no model could be had.
Results = Sequence[tuple[Job, Scores | BadComment | None]]

_BLOCK_MS = 1_000
_READ_AT_ONCE = 64
_REDIS_PAUSE = 0.5
_MODEL_PAUSE = 1.0


@dataclass(slots=True)
class Scorer:
    """``quick`` and ``work`` read their lanes with blocking clients of their own."""

    config: Config
    store: Store
    quick: Consumer
    work: Consumer
    model: Model
    judge: Judge
    _buffer: Buffer = field(init=False)
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._buffer = Buffer(self.config.prefetch, self.config.batch_tokens)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until ``stop`` is set, then finishes what it holds."""
        async with asyncio.TaskGroup() as group:
            readers = [
                group.create_task(self._read(consumer, stream, is_quick, stop))
                for consumer, streams, is_quick in self._lanes()
                for stream in streams
            ]
            readers.append(group.create_task(self._reclaim(stop)))
            workers = [
                group.create_task(self._forever(self._score)),
                group.create_task(self._forever(self._renew)),
                group.create_task(self._forever(self._tell_model)),
            ]
            # Readers first, and never cancelled: Redis may have counted what a cancelled read
            # did not see as delivered, and it would lie there for a whole lease.
            await asyncio.wait(readers)
            await self._drain()
            await end(*workers)
        await self._leave()

    @property
    def held(self) -> int:
        """Comments on lease to this scorer."""
        return len(self._buffer.entries)

    def _lanes(self) -> list[tuple[Consumer, list[str], bool]]:
        return [
            (self.quick, [shard.quick for shard in self.store.shards], True),
            (self.work, [shard.work for shard in self.store.shards], False),
        ]

    def _owner(self, stream: str) -> Consumer:
        return self.quick if stream.endswith(":quick") else self.work

    async def _forever(self, call: Callable[[], Awaitable[None]]) -> None:
        """Repeats ``call``; a Redis that is away is waited for."""
        while True:
            await self._patiently(call)

    async def _patiently(self, call: Callable[[*Args], Awaitable[None]], *args: *Args) -> None:
        try:
            await call(*args)
        except (RedisError, OSError) as error:
            log.warning("redis_unavailable", error=str(error) or type(error).__name__)
            await asyncio.sleep(_REDIS_PAUSE)

    # -- reading ------------------------------------------------------------------------------
    async def _read(
        self, consumer: Consumer, stream: str, quick: bool, stop: asyncio.Event
    ) -> None:
        while not stop.is_set():
            if room := await self._buffer.wait_for_room(_BLOCK_MS / 1000):
                await self._patiently(self._fetch, consumer, stream, room, quick)

    async def _fetch(self, consumer: Consumer, stream: str, room: int, quick: bool) -> None:
        entries = await consumer.read(stream, min(room, _READ_AT_ONCE), _BLOCK_MS)
        if entries:
            await self._buffer.put(await self._with_jobs(entries), quick=quick)

    async def _with_jobs(self, entries: list[Entry]) -> list[Held]:
        jobs, gone = await self.store.work.jobs(entries)
        for entry in gone:
            await self.store.work.drop(self._owner(entry.stream), entry)
        tokens = await self.model.count_tokens([job.record.comment.text for job in jobs])
        return [Held(job, count) for job, count in zip(jobs, tokens, strict=True)]

    # -- scoring ------------------------------------------------------------------------------
    async def _score(self) -> None:
        await self._buffer.wait_for_work()
        if not self._buffer.full_batch:
            await asyncio.sleep(self.config.batch_linger_ms / 1000)
        jobs = self._buffer.take()
        if jobs:
            await self._process(jobs)

    async def _process(self, jobs: Sequence[Job]) -> None:
        """Scores, decides and finishes; waits for a model that is down."""
        while True:
            try:
                async with self._alone:
                    results = await self._results(jobs)
                break
            except ModelDownError:
                jobs = await self._give_overdue_to_people(jobs)
                if not jobs:
                    return
                await asyncio.sleep(_MODEL_PAUSE)
        await self._finish_all(list(zip(jobs, results, strict=True)))

    async def _results(self, jobs: Sequence[Job]) -> list[Scores | BadComment]:
        started = time.monotonic()
        results = await self.model.score([job.record.comment.text for job in jobs])
        metrics.BATCH_SECONDS.observe(time.monotonic() - started)
        metrics.BATCH_SIZE.observe(len(jobs))
        return results

    async def _finish_all(self, results: Results) -> None:
        """Ends each entry, and tries until Redis has heard: the scores are not to be lost."""
        left = results
        while left:
            try:
                left = await self._judge_and_finish(left)
            except (RedisError, OSError) as error:
                log.warning("redis_unavailable", error=str(error) or type(error).__name__)
                await asyncio.sleep(_REDIS_PAUSE)
        await self._buffer.done([job.entry for job, _ in results])

    async def _judge_and_finish(self, results: Results) -> Results:
        """Those that must be decided anew, because somebody ruled about their author meanwhile."""
        finished = [
            await self.judge.judge(job, result)
            for job, result in results
            if not isinstance(result, BadComment)
        ]
        for job, result in results:
            if isinstance(result, BadComment):
                await self._bury(job.entry, result.error, job.record.comment.author.id)
        ruled = await self._finish(finished)
        if not ruled:
            return []
        jobs, _ = await self.store.work.jobs([one.job.entry for one in ruled])
        scores = {(one.job.entry.stream, one.job.entry.id): one.scores for one in ruled}
        return [(job, scores[job.entry.stream, job.entry.id]) for job in jobs]

    async def _finish(self, finished: list[Finished]) -> list[Finished]:
        """Those whose authors somebody ruled about meanwhile; the others have ended."""
        ruled: list[Finished] = []
        for consumer in (self.quick, self.work):
            mine = [one for one in finished if self._owner(one.job.entry.stream) is consumer]
            if not mine:
                continue
            for one, answer in zip(mine, await self.store.work.finish(consumer, mine), strict=True):
                if isinstance(answer, Exception):
                    raise answer
                _record(one, answer)
                if answer == "ruled":
                    ruled.append(one)
        return ruled

    async def _bury(self, entry: Entry, error: str, author: str) -> None:
        if await self.store.work.bury(self._owner(entry.stream), entry, error, author):
            metrics.DEAD_LETTERS.inc()
            log.error(
                "comment_dead_lettered",
                site=entry.fields["site"],
                comment=entry.fields["id"],
                times_delivered=entry.times_delivered,
                error=error,
            )

    async def _tell_model(self) -> None:
        """Records which model scores here, each time one was loaded."""
        await self.model.loaded.wait()
        assert self.model.info is not None
        await self.store.models.record(self.model.info)
        self.model.loaded.clear()

    # -- a model that is down -----------------------------------------------------------------
    async def _give_overdue_to_people(self, jobs: Sequence[Job]) -> list[Job]:
        """Lets the policy decide without scores on those that waited too long; the others."""
        seconds, _ = await self.store.redis.time()
        limit = (seconds - self.config.unscored_after) * 1000
        overdue = [job for job in jobs if job.record.comment.received_at <= limit]
        if overdue:
            await self._finish_all([(job, None) for job in overdue])
        return [job for job in jobs if job.record.comment.received_at > limit]

    # -- leases -------------------------------------------------------------------------------
    async def _renew(self) -> None:
        await asyncio.sleep(self.config.lease / 3)
        held = self._buffer.entries
        for stream in {entry.stream for entry in held}:
            mine = [entry for entry in held if entry.stream == stream]
            still = await self._owner(stream).renew(mine)
            lost = [entry for entry in mine if entry.id not in still]
            if lost:
                await self._buffer.done(lost)

    async def _reclaim(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._patiently(self._take_over_all, stop)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.config.lease / 4)

    async def _take_over_all(self, stop: asyncio.Event) -> None:
        for _, streams, _ in self._lanes():
            for stream in streams:
                while not stop.is_set() and (entry := await self._owner(stream).reclaim(stream)):
                    await self._take_over(entry)

    async def _take_over(self, entry: Entry) -> None:
        """Processes what another left, alone: if this one kills us, only it counts a delivery."""
        held = await self._with_jobs([entry])
        if not held:
            return
        job = held[0].job
        log.info(
            "comment_taken_over",
            site=job.record.comment.site,
            comment=job.record.comment.id,
            times_delivered=entry.times_delivered,
        )
        if entry.times_delivered > self.config.max_deliveries:
            error = f"Its scorer died or hung {entry.times_delivered - 1} times."
            await self._bury(entry, error, job.record.comment.author.id)
            return
        await self._buffer.hold(job)
        await self._process([job])

    # -- the end ------------------------------------------------------------------------------
    async def _drain(self) -> None:
        """Finishes what is held; what is left when time is up goes back at once."""
        try:
            # Less than the process is given: what is left must still be given back.
            async with asyncio.timeout(self.config.drain * 0.8):
                await self._buffer.wait_until_empty()
        except TimeoutError:
            left = self._buffer.entries
            log.warning("drain_timed_out", left=len(left))
            for entry in left:
                await self._owner(entry.stream).give_back([entry])

    async def _leave(self) -> None:
        try:
            for consumer, streams, _ in self._lanes():
                await consumer.leave(streams)
        except (RedisError, OSError) as error:
            log.warning("redis_unavailable", error=str(error))


def _record(one: Finished, answer: str) -> None:
    comment = one.job.record.comment
    metrics.FINISHED.labels(outcome=answer, state=one.decision.state.value).inc()
    if answer == "done":
        metrics.WAIT_SECONDS.observe(max(0.0, time.time() - comment.received_at / 1000))
    log.debug(
        "comment_decided",
        site=comment.site,
        comment=comment.id,
        outcome=answer,
        state=one.decision.state.value,
        rule=one.decision.rule,
    )
