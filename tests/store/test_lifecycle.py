"""Walks the table of steps on a real Redis, at random, and holds the store to it throughout."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from moderato.config import Config
from moderato.domain.comment import Author, State
from moderato.domain.decision import Decision, Event
from moderato.domain.lifecycle import TABLE, Step, allowed
from moderato.domain.scores import Scores
from moderato.store.outcomes import Conflict, Done, Missing, Released
from moderato.store.rescoring import Rescored, is_open
from moderato.store.views import Queue, Sort, View
from tests.life import Life, new_comment
from tests.store.recount import counted, let_a_day_pass, recounted

T = TypeVar("T")

HOUR = 3_600.0
RESCORED = Scores(values={"toxicity": 0.25}, model="another", model_version="2")
DECIDED = st.sampled_from([State.APPROVED, State.FLAGGED, State.REJECTED])
PEOPLE = st.sampled_from(["mo", "jo"])


@dataclass
class Expected:
    """What we believe about one comment."""

    author: str
    state: State = State.PENDING
    version: int = 1
    held: bool = False
    #: Whether the decision that stands is the policy's own.
    by_policy: bool = False
    undo_to: State | None = None
    reporters: set[str] = field(default_factory=set)
    #: Who had reported it when a person looked, for an undo.
    reported_before: set[str] = field(default_factory=set)


class Walk(RuleBasedStateMachine):
    url: str
    comments = Bundle("comments")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.expected: dict[str, Expected] = {}

    def do(self, call: Awaitable[T]) -> T:
        async def wait() -> T:
            return await call

        return self.loop.run_until_complete(wait())

    @initialize()
    def start(self) -> None:
        # An undo window of an hour: it ends when the walk says so, not by the clock.
        config = Config(redis_url=self.url, undo_window=HOUR, reports_to_flag=2)
        self.redis = Redis.from_url(self.url, decode_responses=True)
        self.life = Life(self.redis, config)
        self.do(self.redis.flushall())
        self.do(self.life.store.prepare())

    def teardown(self) -> None:
        try:
            if hasattr(self, "life"):
                self.do(self.everything_settles())
        finally:
            if hasattr(self, "life"):
                self.do(self.life.close())
                self.do(self.redis.aclose())
            self.loop.close()

    # -- the steps ----------------------------------------------------------------------------
    @rule(target=comments, author=st.sampled_from(["ann", "bob"]), quick=st.booleans())
    def accept(self, author: str, quick: bool) -> str:
        new = new_comment(author=Author(id=author, name=author.title()))
        comment = self.do(self.life.accept(new, quick=quick))
        self.expected[comment] = Expected(author)
        return comment

    @rule(state=DECIDED)
    def policy_decides(self, state: State) -> None:
        for job in self.do(self.life.jobs()):
            answer = self.do(self.life.finish(job, state))
            known = self.expected[job.record.comment.id]
            # Replayed twice, the second was read before the first had changed the comment.
            as_read = job.record.comment.version == known.version
            first = job.step is Step.DECIDE and known.state is State.PENDING and as_read
            again = job.step is Step.RESCORE and as_read
            if first or (again and known.by_policy):
                assert answer == "done"
                self.stepped(known, state, by_policy=True)
            else:
                assert answer == "stale"

    @rule(comment=comments, state=DECIDED, behind=st.sampled_from([0, 0, 0, 1]))
    def another_model_scores(self, comment: str, state: State, behind: int) -> None:
        known = self.expected[comment]
        record = self.do(self.life.store.comments.get("gazette", comment))
        assert record is not None
        assert is_open(record) == known.by_policy
        old = replace(record.comment, version=known.version - behind)
        decision = Decision(state=state, rule="again", reason="Again.", priority=0.9)
        new = Rescored(replace(record, comment=old), decision, RESCORED, "test")
        (answer,) = self.do(self.life.store.rescoring.apply([new]))
        if behind or not known.by_policy:
            assert answer == "conflict"
            return
        assert answer == "done"
        self.stepped(known, state, by_policy=True)
        after = self.do(self.life.store.comments.get("gazette", comment))
        assert after is not None
        assert after.scores == RESCORED
        assert after.last is not None
        assert (after.last.step, after.last.model, after.last.model_version) == (
            "rescore",
            RESCORED.model,
            RESCORED.model_version,
        )

    @rule(comment=comments)
    def operator_replays(self, comment: str) -> None:
        """As the command for dead letters does: the comment goes back to the scorers."""
        entry: dict[Any, Any] = {"site": "gazette", "id": comment, "step": Step.RESCORE.value}
        self.do(self.redis.xadd(self.life.store.shards[0].work, entry))

    @rule(comment=comments, approve=st.booleans(), by=PEOPLE, behind=st.sampled_from([0, 0, 0, 1]))
    def moderator_decides(self, comment: str, approve: bool, by: str, behind: int) -> None:
        known = self.expected[comment]
        outcome = self.do(
            self.life.store.comments.decide(
                "gazette", comment, version=known.version - behind, approve=approve, by=by
            )
        )
        step, state = (Step.APPROVE, State.APPROVED) if approve else (Step.REJECT, State.REJECTED)
        if behind or not allowed(step, known.state, state):
            assert outcome == Conflict(known.state, known.version)
            return
        before = known.state
        self.stepped(known, state, held=True)
        self.looked(known, before)
        assert outcome == Done(state, known.version)

    @rule(comment=comments, by=PEOPLE, behind=st.sampled_from([0, 0, 0, 1]))
    def moderator_keeps(self, comment: str, by: str, behind: int) -> None:
        known = self.expected[comment]
        before = self.do(self.life.store.comments.get("gazette", comment))
        outcome = self.do(
            self.life.store.comments.keep("gazette", comment, version=known.version - behind, by=by)
        )
        if behind or not known.reporters or not allowed(Step.KEEP, known.state, known.state):
            assert outcome == Conflict(known.state, known.version)
            return
        self.stepped(known, known.state, held=True)
        self.looked(known, known.state)
        assert outcome == Done(known.state, known.version)
        after = self.do(self.life.store.comments.get("gazette", comment))
        assert before is not None
        assert before.last is not None
        assert after is not None
        assert after.last is not None
        # Why it is what it is stands, and what its author was told.
        assert (after.last.rule, after.last.message) == (before.last.rule, before.last.message)

    @rule(comment=comments, by=PEOPLE)
    def undo(self, comment: str, by: str) -> None:
        known = self.expected[comment]
        outcome = self.do(
            self.life.store.comments.undo("gazette", comment, version=known.version, by=by)
        )
        if not known.held:
            assert outcome == Released()
            return
        assert known.undo_to is not None
        self.stepped(known, known.undo_to)
        known.reporters |= known.reported_before
        known.reported_before = set()
        assert outcome == Done(known.state, known.version)

    @rule(comment=comments, reader=st.sampled_from(["r1", "r2", "r3"]))
    def report(self, comment: str, reader: str) -> None:
        known = self.expected[comment]
        outcome = self.do(self.life.store.comments.report("gazette", comment, by=reader))
        if known.state is State.ERASED:
            assert isinstance(outcome, Missing)
            return
        known.reporters.add(reader)
        if len(known.reporters) >= 2 and known.state is State.APPROVED:
            self.stepped(known, State.FLAGGED)
            assert outcome == Done(State.FLAGGED, known.version)
        else:
            assert outcome == len(known.reporters)

    @rule(comment=comments)
    def erase(self, comment: str) -> None:
        known = self.expected[comment]
        outcome = self.do(
            self.life.store.comments.erase("gazette", comment, by="gazette", reason="Asked for.")
        )
        if known.state is not State.ERASED:
            self.stepped(known, State.ERASED)
            known.reporters = set()
        assert outcome == Done(State.ERASED, known.version)
        record = self.do(self.life.store.comments.get("gazette", comment))
        assert record is not None
        assert (record.comment.text, record.comment.author.name) == ("", "")

    @rule()
    def undo_windows_end(self) -> None:
        self.do(self.life.let_undo_windows_end())
        for known in self.expected.values():
            known.held = False

    @rule()
    def publish(self) -> None:
        self.do(self.life.publish_all())

    @rule()
    def a_day_passes(self) -> None:
        self.do(let_a_day_pass(self.life.store, "gazette"))

    def stepped(
        self, known: Expected, state: State, *, held: bool = False, by_policy: bool = False
    ) -> None:
        known.state, known.held, known.by_policy = state, held, by_policy
        known.version += 1

    def looked(self, known: Expected, before: State) -> None:
        known.undo_to = before
        known.reported_before, known.reporters = known.reporters, set()

    # -- what must hold after every step ------------------------------------------------------
    @invariant()
    def states_versions_and_queues_agree(self) -> None:
        if not hasattr(self, "life"):
            return
        store = self.life.store
        records = self.do(store.comments.get_many("gazette", list(self.expected)))
        for record, known in zip(records, self.expected.values(), strict=True):
            assert record is not None
            assert (record.comment.state, record.comment.version) == (known.state, known.version)
            assert record.reports == len(known.reporters)
        reported = self.do(
            store.queues.page(["gazette"], View(Queue.REPORTED, Sort.PRIORITY), limit=1000)
        )
        expected = {c for c, known in self.expected.items() if known.reporters}
        assert {row.comment for row in reported.rows} == expected
        waiting = View(Queue.WAITING, Sort.OLDEST, descending=False)
        for state, view in ((State.PENDING, waiting), (State.FLAGGED, View())):
            page = self.do(store.queues.page(["gazette"], view, limit=1000))
            expected = {c for c, known in self.expected.items() if known.state is state}
            assert {row.comment for row in page.rows} == expected
        for author in ("ann", "bob"):
            counts = self.do(
                self.redis.hmget(
                    store.shards[0].author("gazette", author), ["approved", "rejected"]
                )
            )
            for value, state in zip(counts, (State.APPROVED, State.REJECTED), strict=True):
                mine = [k for k in self.expected.values() if (k.author, k.state) == (author, state)]
                assert int(value or 0) == len(mine)
            for state in State:
                written = self.do(
                    store.author_comments.page("gazette", author, [state], limit=len(records) + 1)
                )
                wrote = [
                    c for c, k in self.expected.items() if (k.author, k.state) == (author, state)
                ]
                assert sorted(written.comments) == sorted(wrote)

    @invariant()
    def history_is_whole_and_follows_the_table(self) -> None:
        for history, known in zip(self.do(self.histories()), self.expected.values(), strict=True):
            assert [event.version for event in history] == list(range(1, known.version + 1))
            for before, event in itertools.pairwise(history):
                assert event.before is before.state
                assert event.state in TABLE[Step(event.step)][before.state]

    @invariant()
    def the_numbers_are_those_of_the_histories(self) -> None:
        if hasattr(self, "life"):
            store = self.life.store
            assert self.do(counted(store, "gazette")) == self.do(recounted(store, "gazette"))

    async def histories(self) -> list[list[Event]]:
        history = self.life.store.comments.history
        return await asyncio.gather(*(history("gazette", comment) for comment in self.expected))

    async def everything_settles(self) -> None:
        """Once all that waits is through, nothing waits for the model, and what is public is what
        was decided: no more, no less.
        """
        store = self.life.store
        for job in await self.life.jobs():
            await self.life.finish(job, State.FLAGGED)
        for record in await store.comments.get_many("gazette", list(self.expected)):
            assert record is not None
            assert record.comment.state is not State.PENDING
        await self.life.let_undo_windows_end()
        await self.life.publish_all()
        assert await self.redis.xlen(store.shards[0].outbox) == 0
        shown = set()
        ids, _ = await store.threads.page("gazette", "a1", newest_first=False, limit=1000)
        for record in await store.comments.get_many("gazette", ids):
            assert record is not None
            if record.comment.released_at:
                shown.add(record.comment.id)
        approved = {c for c, known in self.expected.items() if known.state is State.APPROVED}
        assert shown == approved
        head = await store.threads.head("gazette", "a1")
        assert (head.comments if head else 0) == len(approved)


@pytest.mark.timeout(400)
def test_walk_through_the_lifecycle(redis_url: str) -> None:
    Walk.url = redis_url
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
