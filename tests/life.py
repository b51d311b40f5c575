"""Short ways to lead comments through their lives in tests, all on the real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from redis.asyncio import Redis

from moderato.config import Config
from moderato.domain.comment import Article, Author, State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.store import outbox, work
from moderato.store.comments import NewComment
from moderato.store.connection import connect
from moderato.store.consumer import Consumer, Entry
from moderato.store.outcomes import Accepted
from moderato.store.store import Store
from moderato.store.work import Finished, Job

_numbers = count(1)
SCORES = Scores(values={"toxicity": 0.5}, model="test", model_version="1")


def new_comment(text: str = "A fair point.", **changes: object) -> NewComment:
    fields: dict[str, object] = {
        "site": "gazette",
        "article": Article(id="a1", url="https://gazette.example/a1", title="Harbour reopens"),
        "author": Author(id="ann", name="Ann"),
        "text": text,
        **changes,
    }
    return NewComment(**fields)  # type: ignore[arg-type]


@dataclass
class Life:
    """A store with one worker of each kind, driven by hand."""

    redis: Redis
    config: Config
    lease: float = 30.0
    store: Store = field(init=False)
    scorer: Consumer = field(init=False)
    publisher: Consumer = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.redis, self.config)
        self.scorer = self.another("scorer", work.GROUP)
        self.publisher = self.another("publisher", outbox.GROUP)

    def another(self, name: str, group: str) -> Consumer:
        blocking = connect(self.config, blocking=1.0)
        return Consumer(
            self.redis, blocking, self.store.scripts, group, f"{name}-{next(_numbers)}", self.lease
        )

    async def accept(self, new: NewComment | None = None, **options: object) -> str:
        new = new or new_comment()
        outcome = await self.store.comments.accept(
            new,
            **{"body_hash": f"hash{next(_numbers)}", **options},  # type: ignore[arg-type]
        )
        assert isinstance(outcome, Accepted), outcome
        return outcome.id

    async def jobs(self, consumer: Consumer | None = None, stream: str | None = None) -> list[Job]:
        consumer = consumer or self.scorer
        entries: list[Entry] = []
        for shard in self.store.shards:
            for name in [stream] if stream else [shard.quick, shard.work]:
                entries += await consumer.read(name, 1000, 1)
        return (await self.store.work.jobs(entries))[0]

    async def finish(
        self, job: Job, state: State, consumer: Consumer | None = None, priority: float = 0.5
    ) -> str:
        decision = Decision(
            state=state,
            rule="test-rule",
            reason="Because.",
            priority=priority,
            evidence={"toxicity": "0.50"},
            policy_version="p1",
        )
        (answer,) = await self.store.work.finish(
            consumer or self.scorer, [Finished(job, decision, SCORES, "test")]
        )
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def score_all(self, state: State) -> list[str]:
        return [await self.finish(job, state) for job in await self.jobs()]

    async def flagged(self, new: NewComment | None = None) -> str:
        comment = await self.accept(new)
        await self.score_all(State.FLAGGED)
        return comment

    async def let_undo_windows_end(self) -> None:
        """As if the time had passed: makes every held decision due, and releases it."""
        for shard in self.store.shards:
            members: Any = await self.redis.zrange(shard.held, 0, -1)
            if members:
                await self.redis.zadd(shard.held, dict.fromkeys(members, 0))
            await self.store.outbox.release(shard)

    async def publish_all(self, endpoints: tuple[str, ...] = ()) -> list[str]:
        effects: list[str] = []
        for shard in self.store.shards:
            effects += [
                await self.store.outbox.publish(self.publisher, entry, endpoints)
                for entry in await self.publisher.read(shard.outbox, 1000, 1)
            ]
        return effects

    async def close(self) -> None:
        for consumer in (self.scorer, self.publisher):
            await consumer.blocking.aclose()
