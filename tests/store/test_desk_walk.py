"""Random histories of comments; then every queue, index, count, page and facet must say what the
comments themselves say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis.asyncio import Redis

from moderato.config import Config
from moderato.domain.comment import Article, Author, State
from moderato.domain.decision import Decision
from moderato.domain.lifecycle import Step
from moderato.domain.scores import Scores
from moderato.store import columns, queues, stretches
from moderato.store.bulks import BulkState
from moderato.store.outcomes import Conflict, Done, Escalated, Missing
from moderato.store.rescoring import Rescored
from moderato.store.views import INDEXED, Filter, Queue, Sort, View
from moderato.store.work import Finished
from tests.life import Life, new_comment
from tests.store import recount
from tests.store.truth import check, check_view, truth

T = TypeVar("T")

SITES = ["gazette", "herald"]
RULES = ("insult", "threat: 100%", "links")
LANGUAGES = (None, "en", "fi")
#: With ties, edges of bins, and a model whose scores have other names.
SCORES: st.SearchStrategy[dict[str, float]] = st.one_of(
    st.fixed_dictionaries({"toxicity": st.sampled_from([0.0, 0.35, 0.5, 0.5001, 0.95, 1.0])}),
    st.fixed_dictionaries(
        {"toxicity": st.floats(0, 1), "insult": st.sampled_from([0.0, 0.15, 0.3, 1.0])}
    ),
    st.fixed_dictionaries({"sarcasm:dry": st.floats(0, 1)}),
    st.just({}),
)
PEOPLE = st.sampled_from(["mo", "jo"])

RANGES = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: (min(ends), max(ends)))
FILTERS = st.builds(
    Filter,
    rules=st.frozensets(st.sampled_from(RULES), max_size=2),
    languages=st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(["und", "en", "fi"]))),
    scores=st.dictionaries(st.sampled_from(["toxicity", "insult", "none"]), RANGES, max_size=2),
    article=st.sampled_from([None, None, "a1"]),
    author=st.sampled_from([None, None, "ann"]),
    received_from=st.sampled_from([None, None, 0]),
    received_to=st.sampled_from([None, None, 10**13]),
)
VIEWS = st.builds(
    lambda queue, sort, descending, wanted: View(
        queue, sort, descending, "toxicity" if sort is Sort.SCORE else "", wanted
    ),
    st.sampled_from([Queue.FLAGGED, Queue.ESCALATED]),
    st.sampled_from(list(Sort)),
    st.booleans(),
    FILTERS,
)
OTHER_VIEWS = [
    View(Queue.WAITING, Sort.OLDEST, descending=False),
    View(Queue.WAITING, Sort.NEWEST),
]


class Walk(RuleBasedStateMachine):
    url: str
    comments = Bundle("comments")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.bulks: list[str] = []

    def do(self, call: Awaitable[T]) -> T:
        async def wait() -> T:
            return await call

        return self.loop.run_until_complete(wait())

    @initialize(severe=st.sampled_from([0.0, 0.9]))
    def start(self, severe: float) -> None:
        config = Config(
            redis_url=self.url, undo_window=3600, reports_to_flag=2, second_opinion=severe, shards=2
        )
        self.redis = Redis.from_url(self.url, decode_responses=True)
        self.life = Life(self.redis, config)
        self.store = self.life.store
        self.do(self.redis.flushall())
        self.do(self.store.prepare())

    def teardown(self) -> None:
        try:
            if hasattr(self, "life"):
                self.do(self.nothing_drifted())
        finally:
            if hasattr(self, "life"):
                self.do(self.life.close())
                self.do(self.redis.aclose())
            self.loop.close()

    @rule(
        target=comments,
        site=st.sampled_from(SITES),
        author=st.sampled_from(["ann", "bob"]),
        article=st.sampled_from(["a1", "a2"]),
        language=st.sampled_from(LANGUAGES),
        quick=st.booleans(),
    )
    def accept(self, site: str, author: str, article: str, **more: Any) -> tuple[str, str]:
        new = new_comment(
            site=site,
            author=Author(author, author.title()),
            article=Article(article, "https://x.example"),
            language=more["language"],
        )
        return site, self.do(self.life.accept(new, quick=more["quick"]))

    @rule(
        state=st.sampled_from([State.FLAGGED] * 4 + [State.APPROVED, State.REJECTED]),
        values=SCORES,
        why=st.sampled_from(RULES),
        priority=st.sampled_from([0.0, 0.29, 0.5, 1.0]),
        language=st.sampled_from(LANGUAGES),
    )
    def policy_decides(
        self, state: State, values: dict[str, float], why: str, priority: float, language: str
    ) -> None:
        for job in self.do(self.life.jobs()):
            scores = Scores(values, "test", "1", language=language)
            decision = Decision(state, why, "Because.", priority=priority)
            finished = Finished(job, decision, scores, "test")
            (answer,) = self.do(self.store.work.finish(self.life.scorer, [finished]))
            assert answer in {"done", "stale"}

    @rule(
        target=comments,
        chosen=st.lists(
            st.tuples(
                st.sampled_from(SITES),
                st.sampled_from(["ann", "bob"]),
                st.sampled_from(["a1", "a2"]),
                st.sampled_from(LANGUAGES),
                SCORES,
                st.sampled_from(RULES),
                st.sampled_from([0.0, 0.5, 1.0]),
            ),
            min_size=5,
            max_size=12,
        ),
    )
    def a_crowd_is_flagged(self, chosen: list[Any]) -> Any:
        """Without it the queues stay too short for a filter to leave some and take some."""
        made = []
        for site, author, article, language, values, why, priority in chosen:
            made.append(self.accept(site, author, article, language=language, quick=False))
            self.policy_decides(State.FLAGGED, values, why, priority, language)
        return multiple(*made)

    @rule(approve=st.booleans(), by=PEOPLE, wanted=FILTERS, portions=st.integers(0, 3))
    def a_bulk(self, approve: bool, by: str, wanted: Filter, portions: int) -> None:
        """Started, taken some way, taken back or not; later ones may meet it on the way."""
        bulk = self.do(self.store.bulks.preview("gazette", View(filter=wanted), by=by))
        self.do(
            self.store.bulks.start(
                "gazette", bulk.id, approve=approve, rule="", reason="", by=by, editor=False
            )
        )
        self.bulks.append(bulk.id)
        for _ in range(portions):
            self.do(self.store.bulks.work("gazette", bulk.id))

    @precondition(lambda self: self.bulks)
    @rule(undo=st.booleans(), which=st.integers(0, 5))
    def a_bulk_goes_on(self, undo: bool, which: int) -> None:
        bulk = self.bulks[which % len(self.bulks)]
        if undo:
            self.do(self.store.bulks.undo("gazette", bulk, by="mo"))
        self.do(self.store.bulks.work("gazette", bulk))

    @rule()
    def a_scorer_fails(self) -> None:
        for job in self.do(self.life.jobs())[:1]:
            author = job.record.comment.author.id
            assert self.do(self.store.work.bury(self.life.scorer, job.entry, "It broke.", author))

    @rule()
    def a_letter_is_replayed(self) -> None:
        for letter in self.do(self.store.work.dead_letters())[:1]:
            assert self.do(self.store.work.replay(letter))

    @rule(comment=comments, approve=st.booleans(), by=PEOPLE, editor=st.booleans())
    def decide(self, comment: tuple[str, str], approve: bool, by: str, editor: bool) -> None:
        record = self.do(self.store.comments.get(*comment))
        assert record is not None
        outcome = self.do(
            self.store.comments.decide(
                *comment, version=record.comment.version, approve=approve, by=by, editor=editor
            )
        )
        if record.place == "escalated" and not editor:
            assert outcome == Escalated()

    @rule(
        comment=comments,
        step=st.sampled_from([Step.ESCALATE, Step.HOLD, Step.RETURN]),
        by=PEOPLE,
        editor=st.booleans(),
        behind=st.sampled_from([0, 0, 1]),
    )
    def move(
        self, comment: tuple[str, str], step: Step, by: str, editor: bool, behind: int
    ) -> None:
        record = self.do(self.store.comments.get(*comment))
        assert record is not None
        outcome = self.do(
            self.store.comments.move(
                *comment,
                version=record.comment.version - behind,
                step=step,
                by=by,
                note="Look.",
                editor=editor,
            )
        )
        after = self.do(self.store.comments.get(*comment))
        assert (after is not None and after.last is not None) or record.comment.state != "flagged"
        match outcome:
            case Done():
                places = {Step.ESCALATE: "escalated", Step.HOLD: "held", Step.RETURN: "flagged"}
                assert not behind
                assert after is not None
                assert after.place == places[step]
                assert record.last is not None
                assert after.last is not None
                # Why it is held is still there, and the note beside it.
                assert after.last.rule == record.last.rule
                assert after.last.note == "Look."
            case Escalated():
                assert record.place == "escalated"
                assert not editor
            case Conflict():
                assert behind or record.comment.state is not State.FLAGGED
            case Missing():
                raise AssertionError

    @rule(comment=comments, by=PEOPLE)
    def keep(self, comment: tuple[str, str], by: str) -> None:
        record = self.do(self.store.comments.get(*comment))
        assert record is not None
        version, state = record.comment.version, record.comment.state
        outcome = self.do(self.store.comments.keep(*comment, version=version, by=by))
        if state in {State.APPROVED, State.REJECTED} and record.reports:
            assert outcome == Done(state, version + 1)
        else:
            assert outcome == Conflict(state, version)

    @rule(comment=comments, state=st.sampled_from(list(State)[1:4]), why=st.sampled_from(RULES))
    def rescore(self, comment: tuple[str, str], state: State, why: str) -> None:
        record = self.do(self.store.comments.get(*comment))
        assert record is not None
        scores = Scores({"toxicity": 0.25}, "another", "2")
        new = Rescored(record, Decision(state, why, "Again."), scores, "test")
        assert self.do(self.store.rescoring.apply([new]))[0] in {"done", "conflict"}

    @rule(comment=comments)
    def undo(self, comment: tuple[str, str]) -> None:
        record = self.do(self.store.comments.get(*comment))
        assert record is not None
        version = record.comment.version
        self.do(self.store.comments.undo(*comment, version=version, by="mo"))

    @rule(comment=comments, reader=st.sampled_from(["r1", "r2"]))
    def report(self, comment: tuple[str, str], reader: str) -> None:
        self.do(self.store.comments.report(*comment, by=reader))

    @rule(comment=comments)
    def erase(self, comment: tuple[str, str]) -> None:
        self.do(self.store.comments.erase(*comment, by="gazette", reason="Asked for."))

    @rule(site=st.sampled_from(SITES), queue=st.sampled_from(sorted(INDEXED)))
    def an_older_release_kept_no_columns(self, site: str, queue: Queue) -> None:
        self.do(columns.Columns(self.redis, self.store.scripts, 2).forget(site, queue))

    @rule(view=VIEWS, limit=st.sampled_from([1, 3, 50]))
    def look(self, view: View, limit: int) -> None:
        self.do(self.a_view_is_right(view, limit))

    async def a_view_is_right(self, view: View, limit: int) -> None:
        known = await truth(self.store, SITES)
        await check_view(known, view, limit)
        assert await self.store.queues.facets(SITES, view) == known.facets(view)

    async def nothing_drifted(self) -> None:
        for bulk in self.bulks:
            state = None
            while state not in {BulkState.HELD, BulkState.UNDONE}:
                state, _ = await self.store.bulks.work("gazette", bulk)
            ended = await self.store.bulks.get("gazette", bulk)
            assert ended is not None
            counted = ended.decided + ended.conflicts + ended.second
            assert counted == ended.total or state is BulkState.UNDONE
        for site in SITES:
            assert await recount.counted(self.store, site) == await recount.recounted(
                self.store, site
            )
        known = await truth(self.store, SITES)
        for queue in (Queue.FLAGGED, Queue.ESCALATED):
            facets = await self.store.queues.facets(SITES, View(queue))
            assert facets == known.facets(View(queue))
        await check(known)
        for view in OTHER_VIEWS:
            await check_view(known, view, 3)
        # What was mended is the same again.
        for site in SITES:
            await self.store.queues.mend(site)
        await check(known)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("narrow", [0, 3, 1000])
def test_the_queues_say_what_the_comments_say(
    redis_url: str, narrow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``narrow``: how few comments a filter must leave to be cut out; each way must be right."""
    monkeypatch.setattr(stretches, "NARROW", narrow)
    for module in (stretches, columns):
        monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(columns, "_CAUGHT_UP", 2)
    monkeypatch.setattr(queues, "CHUNK", 3)
    Walk.url = redis_url
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=3,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
