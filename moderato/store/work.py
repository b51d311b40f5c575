"""The scorer's side: what to score, and finishing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from moderato.domain.comment import State
from moderato.domain.decision import Actor, Decision
from moderato.domain.lifecycle import OVER_POLICY_ONLY, Step, sources
from moderato.domain.scores import Scores
from moderato.store import records
from moderato.store.consumer import Consumer, Entry
from moderato.store.keys import Shard
from moderato.store.part import Part, comment_keys
from moderato.store.records import AUTHOR_FIELDS, AuthorRecord, Record, author_record

GROUP = "scorers"


@dataclass(frozen=True, slots=True)
class Job:
    """One comment to score, with what the policy needs to know."""

    entry: Entry
    step: Step
    record: Record
    author: AuthorRecord


@dataclass(frozen=True, slots=True)
class Finished:
    """What the policy named ``policy`` decided about a job, on which scores."""

    job: Job
    decision: Decision
    scores: Scores | None
    policy: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A comment that could not be scored. ``at`` is UTC ms."""

    id: str
    shard: int
    site: str
    comment: str
    error: str
    times_delivered: int
    at: int


@dataclass(frozen=True, slots=True)
class Work(Part):
    async def jobs(self, entries: list[Entry]) -> tuple[list[Job], list[Entry]]:
        """The jobs behind ``entries``, in two round trips, and the entries without a comment."""
        pipe = self.redis.pipeline(transaction=False)
        for entry in entries:
            site = entry.fields["site"]
            pipe.hgetall(self.shard(site).comment(site, entry.fields["id"]))
        hashes: list[dict[str, str]] = await pipe.execute()
        found = [(entry, fields) for entry, fields in zip(entries, hashes, strict=True) if fields]
        gone = [entry for entry, fields in zip(entries, hashes, strict=True) if not fields]
        pipe = self.redis.pipeline(transaction=False)
        pipe.time()
        for _, fields in found:
            shard = self.shard(fields["site"])
            pipe.hgetall(shard.article(fields["site"], fields["article"]))
            pipe.hmget(shard.author(fields["site"], fields["author"]), AUTHOR_FIELDS)
        time, *replies = await pipe.execute()
        now = records.milliseconds(time)
        jobs = [
            Job(
                entry=entry,
                step=Step(entry.fields["step"]),
                record=records.record(fields, replies[2 * index], now),
                author=author_record(replies[2 * index + 1], now),
            )
            for index, (entry, fields) in enumerate(found)
        ]
        return jobs, gone

    async def finish(
        self, consumer: Consumer, finished: Sequence[Finished]
    ) -> list[str | Exception]:
        """Takes the policy's step and ends the entry, for each, in one round trip.

        Each is "done", "lost", "stale", "gone", or what Redis raised for it; or "ruled": somebody
        ruled about the author meanwhile, so it goes on and must be decided anew.
        """
        calls = [self._finish_call(consumer, one) for one in finished]
        answers = await self.scripts.run_many("finish", calls)
        return [a if isinstance(a, Exception) else str(a[0]) for a in answers]

    def _finish_call(
        self, consumer: Consumer, one: Finished
    ) -> tuple[list[str], list[str | int | float]]:
        job, comment = one.job, one.job.record.comment
        shard = self.shard(comment.site)
        keys = comment_keys(shard, comment.site, comment.id, comment.author.id)
        decision = records.decision_json(
            job.step, Actor.POLICY, one.policy, one.decision, one.scores
        )
        return [*keys, job.entry.stream], [
            consumer.group,
            consumer.name,
            job.entry.id,
            job.entry.times_delivered,
            ",".join(sorted(sources(job.step))),
            comment.version,
            one.decision.state.value,
            decision,
            records.scores_json(one.scores) if one.scores else "",
            int(job.step in OVER_POLICY_ONLY),
            job.author.rulings,
        ]

    async def bury(
        self, consumer: Consumer, entry: Entry, error: str, author: str, priority: float = 0.9
    ) -> bool:
        """Dead-letters work that keeps failing and hands its comment to a person.

        ``author`` is the comment's author id ("" where the comment is gone). False when
        somebody else holds the entry now.
        """
        site, comment = entry.fields["site"], entry.fields["id"]
        shard = self.shard(site)
        decision = Decision(
            state=State.FLAGGED,
            rule="could-not-be-scored",
            reason="The model failed on this comment, so a person must look.",
            evidence={"error": error[:200]},
            priority=priority,
        )
        answer = await self.scripts.run(
            "bury",
            [*comment_keys(shard, site, comment, author), entry.stream, shard.dead],
            [
                consumer.group,
                consumer.name,
                entry.id,
                entry.times_delivered,
                site,
                comment,
                error[:500],
                records.decision_json(Step.DECIDE, Actor.POLICY, "moderato", decision, None),
            ],
        )
        return str(answer[0]) == "buried"

    async def drop(self, consumer: Consumer, entry: Entry) -> None:
        """Ends an entry whose comment does not exist any more."""
        pipe = self.redis.pipeline(transaction=True)
        pipe.xack(entry.stream, consumer.group, entry.id)
        pipe.xdel(entry.stream, entry.id)
        await pipe.execute()

    async def dead_letter(self, site: str, letter: str) -> DeadLetter | None:
        """One dead letter of a site; None where it has none of that id."""
        shard = self.shard(site)
        try:
            reply: Any = await self.redis.xrange(shard.dead, letter, letter)
        except ResponseError:  # that is no id of a stream
            return None
        found = [_letter(shard, entry, fields) for entry, fields in reply]
        return found[0] if found and found[0].site == site else None

    async def dead_letters(self, count: int = 100) -> list[DeadLetter]:
        """The newest dead letters of all shards, newest first."""
        letters: list[DeadLetter] = []
        for shard in self.all_shards():
            reply: Any = await self.redis.xrevrange(shard.dead, count=count)
            letters += [_letter(shard, entry_id, fields) for entry_id, fields in reply]
        return sorted(letters, key=lambda letter: letter.at, reverse=True)[:count]

    async def replay(self, letter: DeadLetter) -> bool:
        """Puts a dead letter back to work; False when it is gone already."""
        shard = self.shard(letter.site)
        answer = await self.scripts.run(
            "replay", [shard.dead, shard.work, shard.queue(letter.site, "dead")], [letter.id]
        )
        return str(answer[0]) == "replayed"

    async def backlog(self) -> dict[str, int]:
        """Entries waiting or under way in each lane, all shards together."""
        lanes = {"work": 0, "quick": 0, "dead": 0, "outbox": 0}
        for shard in self.all_shards():
            lanes["work"] += int(await self.redis.xlen(shard.work))
            lanes["quick"] += int(await self.redis.xlen(shard.quick))
            lanes["dead"] += int(await self.redis.xlen(shard.dead))
            lanes["outbox"] += int(await self.redis.xlen(shard.outbox))
        return lanes


def _letter(shard: Shard, entry: str, fields: dict[str, str]) -> DeadLetter:
    return DeadLetter(
        id=entry,
        shard=shard.number,
        site=fields["site"],
        comment=fields["id"],
        error=fields["error"],
        times_delivered=int(fields["times_delivered"]),
        at=int(fields["at"]),
    )
