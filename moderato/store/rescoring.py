"""Deciding again on another model's scores: which comments there are, and the step itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from moderato.domain.comment import State
from moderato.domain.decision import Actor, Decision
from moderato.domain.lifecycle import Step, sources
from moderato.domain.scores import Scores
from moderato.store import records
from moderato.store.part import Part, comment_keys
from moderato.store.records import Record

_SCAN = 1_000


@dataclass(frozen=True, slots=True)
class Rescored:
    """What the policy named ``policy`` says of ``record``, as it was read, on other scores.

    ``rulings`` is how many rulings about the author it knew of: see AuthorRecord.
    """

    record: Record
    decision: Decision
    scores: Scores
    policy: str
    rulings: int = 0


def is_open(record: Record) -> bool:
    """Whether `rescore` may take this comment: the policy decided on it, and nobody since."""
    return (
        record.comment.state in sources(Step.RESCORE)
        and record.last is not None
        and record.last.actor == Actor.POLICY
    )


@dataclass(frozen=True, slots=True)
class Rescoring(Part):
    async def ids(self, site: str, states: frozenset[State]) -> AsyncIterator[str]:
        """The site's comments that may be in ``states``; flagged ones in the queue's order.

        Only the flagged stand in a queue: asking for others walks through every key of Redis.
        """
        shard = self.shard(site)
        if states == {State.FLAGGED}:
            key = shard.queue(site, State.FLAGGED.value)
            flagged: Any = await self.redis.zrange(key, 0, -1, desc=True)
            for comment in flagged:
                yield comment
            return
        prefix = shard.comment(site, "")
        seen: set[str] = set()  # SCAN may name a key twice
        async for key in self.redis.scan_iter(match=f"{prefix}*", count=_SCAN):
            comment = key.removeprefix(prefix)
            if comment not in seen:
                seen.add(comment)
                yield comment

    async def apply(self, rescored: Sequence[Rescored]) -> list[str]:
        """Takes the step for each, in one round trip: "done", "conflict" or "missing".

        "conflict": the comment is not what it was when it was read, or somebody ruled about its
        author since; nothing was changed.
        Raises what Redis raised for the first it refused; then each was either done or not.
        """
        calls = [self._call(one) for one in rescored]
        answers = await self.scripts.run_many("rescore", calls)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return [str(answer[0]) for answer in answers]

    def _call(self, one: Rescored) -> tuple[list[str], list[str | int | float]]:
        comment = one.record.comment
        shard = self.shard(comment.site)
        return comment_keys(shard, comment.site, comment.id, comment.author.id), [
            comment.version,
            ",".join(sorted(sources(Step.RESCORE))),
            one.decision.state.value,
            records.decision_json(Step.RESCORE, Actor.POLICY, one.policy, one.decision, one.scores),
            records.scores_json(one.scores),
            one.rulings,
        ]
