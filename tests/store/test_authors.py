"""Rulings about authors, what they do to comments, notes, and everything an author wrote."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from moderato.domain.author import REFUSED, Ruling, Standing
from moderato.domain.comment import Author, State
from moderato.store import author_notes
from moderato.store.author_notes import TooManyNotesError
from moderato.store.outcomes import Accepted, Missing, Refused, RuledMeanwhile
from moderato.store.views import Cursor
from tests.life import Life, new_comment

ANN = ("gazette", "ann")
HOUR = 3_600


async def rule(
    life: Life, standing: Standing, version: int = 0, seconds: int | None = None
) -> Ruling:
    made = await life.store.authors.set_standing(
        *ANN, standing, version=version, by="ben", seconds=seconds, rule="spam", reason="Spam."
    )
    assert isinstance(made, Ruling)
    return made


async def let_it_end(life: Life, ruling: Ruling) -> None:
    """As if the time had passed."""
    shard = life.store.shards[0]
    line = await life.redis.lindex(shard.rulings(*ANN), -1)
    ended = str(line).replace(str(ruling.until), "1")
    assert ended != line
    await life.redis.hset(shard.author(*ANN), "ruling", ended)


# -- rulings ------------------------------------------------------------------------------------


async def test_a_ruling_is_recorded_with_who_when_and_why_and_rings_at_the_desk(
    life: Life,
) -> None:
    await life.accept()
    before, _ = await life.redis.time()
    made = await life.store.authors.set_standing(
        *ANN,
        Standing.SUSPENDED,
        version=0,
        by="ben",
        seconds=HOUR,
        rule="insult",
        reason="Personal attack.",
        note="Third time this week.",
    )
    assert isinstance(made, Ruling)
    assert made.until == made.at + HOUR * 1000
    assert made.at >= before * 1000
    assert replace(made, at=0, until=0) == Ruling(
        Standing.SUSPENDED, 1, "ben", 0, 0, "insult", "Personal attack.", "Third time this week."
    )
    (record,) = await life.store.authors.records([ANN])
    assert (record.ruling, record.standing, record.rulings) == (made, Standing.SUSPENDED, 1)
    lifted = await life.store.authors.set_standing(*ANN, Standing.NONE, version=1, by="ana")
    assert await life.store.authors.rulings(*ANN) == [made, lifted]
    newest: Any = await life.redis.xrevrange(life.store.shards[0].feed, count=1)
    ((_, rung),) = newest
    assert (rung["kind"], rung["id"], rung["state"], rung["version"]) == (
        *("author", "ann", "none"),
        "2",
    )


async def test_of_two_who_rule_at_once_one_is_told_what_the_other_did(life: Life) -> None:
    await life.accept()
    set_standing = life.store.authors.set_standing
    answers = await asyncio.gather(
        *(
            set_standing(*ANN, standing, version=0, by=by)
            for standing, by in ((Standing.BANNED, "ana"), (Standing.TRUSTED, "ben")) * 5
        )
    )
    (won,) = [answer for answer in answers if isinstance(answer, Ruling)]
    assert answers.count(RuledMeanwhile(won)) == 9
    assert await life.store.authors.rulings(*ANN) == [won]


async def test_nobody_rules_about_somebody_who_never_wrote(life: Life) -> None:
    size = await life.redis.dbsize()
    answer = await life.store.authors.set_standing(*ANN, Standing.BANNED, version=0, by="ana")
    assert answer == Missing()
    assert await life.redis.dbsize() == size
    await life.accept()
    answer = await life.store.authors.set_standing(*ANN, Standing.BANNED, version=3, by="ana")
    assert answer == RuledMeanwhile(None)


# -- what a ruling does -------------------------------------------------------------------------


@pytest.mark.parametrize("standing", Standing)
async def test_who_may_not_post_leaves_nothing_behind(life: Life, standing: Standing) -> None:
    await life.accept()
    made = await rule(life, standing)
    size, record = await life.redis.dbsize(), await life.store.authors.records([ANN])
    outcome = await life.store.comments.accept(
        new_comment("Another one."), body_hash="h", idempotency_key="k", quick=True
    )
    if standing not in REFUSED:
        assert isinstance(outcome, Accepted)
        return
    assert outcome == Refused(made)
    assert await life.redis.dbsize() == size
    assert await life.store.authors.records([ANN]) == record
    # Others of the site, and an author of that id elsewhere, may.
    assert await life.accept(new_comment(author=Author("bob", "Bob")))
    assert await life.accept(new_comment(site="herald"))


async def test_a_resend_of_what_was_accepted_before_is_answered_as_then(life: Life) -> None:
    first = await life.accept(body_hash="h", idempotency_key="k")
    await rule(life, Standing.BANNED)
    again = await life.store.comments.accept(new_comment(), body_hash="h", idempotency_key="k")
    assert again == Accepted(first, known=True)


async def test_a_suspension_ends_by_itself(life: Life) -> None:
    await life.accept()
    made = await rule(life, Standing.SUSPENDED, seconds=HOUR)
    assert isinstance(await life.store.comments.accept(new_comment(), body_hash="h"), Refused)
    await let_it_end(life, made)
    assert await life.accept()
    (record,) = await life.store.authors.records([ANN])
    assert (record.standing, record.rulings) == (Standing.NONE, 1)


async def test_a_decision_that_did_not_know_of_the_ruling_is_not_taken(life: Life) -> None:
    comment = await life.accept()
    (job,) = await life.jobs()
    assert (job.author.standing, job.author.rulings) == (Standing.NONE, 0)
    await rule(life, Standing.PREMODERATED)
    assert await life.finish(job, State.APPROVED) == "ruled"
    record = await life.store.comments.get("gazette", comment)
    assert record is not None
    assert (record.comment.state, record.scores) == (State.PENDING, None)
    ((again,), _) = await life.store.work.jobs([job.entry])
    assert (again.author.standing, again.author.rulings) == (Standing.PREMODERATED, 1)
    assert await life.finish(again, State.FLAGGED) == "done"


# -- notes --------------------------------------------------------------------------------------


async def test_notes_are_kept_counted_and_removed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = life.store.author_notes
    made = [await notes.add(*ANN, by=by, text=f"Note of {by}") for by in ("ana", "ben")]
    assert sorted(await notes.all(*ANN), key=lambda note: note.by) == made
    assert await notes.counts([ANN, ("gazette", "bob"), ("herald", "ann")]) == [2, 0, 0]
    assert await notes.get(*ANN, made[0].id) == made[0]
    assert await notes.remove(*ANN, made[0].id)
    assert not await notes.remove(*ANN, made[0].id)
    assert await notes.all(*ANN) == made[1:]
    monkeypatch.setattr(author_notes, "MOST", 1)
    with pytest.raises(TooManyNotesError):
        await notes.add(*ANN, by="ana", text="One too many.")
    assert await notes.all(*ANN) == made[1:]
    monkeypatch.setattr(author_notes, "MOST", 5)
    many = (notes.add(*ANN, by="ana", text=f"Number {number}") for number in range(20))
    outcomes = await asyncio.gather(*many, return_exceptions=True)
    assert sum(isinstance(outcome, TooManyNotesError) for outcome in outcomes) >= 16
    assert len(await notes.all(*ANN)) <= 5


async def test_reports_are_counted_once_per_reader(life: Life) -> None:
    comment = await life.accept()
    for reader in ("r1", "r1", "r2"):
        await life.store.comments.report("gazette", comment, by=reader)
    assert await life.store.authors.reports(*ANN) == 2
    assert await life.store.authors.reports("gazette", "bob") == 0


# -- everything an author wrote -----------------------------------------------------------------


async def wrote(life: Life, states: tuple[State, ...]) -> list[str]:
    """Comments of Ann's, one in each of ``states``, the newest first."""
    made: list[str] = []
    for state in states:
        comment = await life.accept()
        made.insert(0, comment)
        if state is State.PENDING:
            continue
        for job in await life.jobs():
            if job.record.comment.id == comment:
                await life.finish(job, State.FLAGGED if state is State.ERASED else state)
        if state is State.ERASED:
            await life.store.comments.erase("gazette", comment, by="gazette", reason="Asked for.")
    return made


async def test_what_an_author_wrote_is_read_by_pages_in_every_state(life: Life) -> None:
    made = await wrote(life, (*State, *State, State.APPROVED))
    await life.accept(new_comment(author=Author("bob", "Bob")))
    pages = life.store.author_comments
    found: list[str] = []
    cursor: Cursor | None = None
    while True:
        page = await pages.page(*ANN, limit=3, before=cursor)
        found += page.comments
        assert len(page.comments) <= 3
        if page.next is None:
            break
        cursor = page.next
    assert sorted(found) == sorted(made)
    received = [
        record.comment.received_at
        for record in await life.store.comments.get_many("gazette", found)
        if record is not None
    ]
    assert received == sorted(received, reverse=True)
    assert await pages.counts(*ANN) == dict.fromkeys(State, 2) | {State.APPROVED: 3}
    span = await pages.span(*ANN)
    assert span is not None
    assert (span.first, span.last) == (received[-1], received[0])
    assert await pages.span("gazette", "nobody") is None


async def test_names_are_those_of_the_newest_comments_and_go_with_them(life: Life) -> None:
    comments = [
        await life.accept(new_comment(author=Author("ann", name)))
        for name in ("Ann", "Ann B.", "Ann")
    ]
    names = life.store.author_comments.names
    assert sorted(await names(*ANN)) == ["Ann", "Ann B."]
    await life.store.comments.erase("gazette", comments[1], by="gazette", reason="Asked for.")
    assert await names(*ANN) == ["Ann"]


async def test_ids_that_look_like_keys_do_not_meet(life: Life) -> None:
    """An author's id is the site's word and may hold anything."""
    strange = ["author:gazette:ann", "ann:x", "pending:gazette:ann", "a author:b", "..", "{s1}"]
    for author in strange:
        await life.accept(new_comment(author=Author(author, "X")))
    await life.score_all(State.FLAGGED)
    for author in strange:
        counts = await life.store.author_comments.counts("gazette", author)
        assert counts == dict.fromkeys(State, 0) | {State.FLAGGED: 1}, author
    assert sum((await life.store.author_comments.counts(*ANN)).values()) == 0


async def test_mending_finds_comments_from_before_there_was_an_index(life: Life) -> None:
    made = await wrote(life, tuple(State))
    other = await life.accept(new_comment(site="herald"))
    shard = life.store.shards[0]
    pages = life.store.author_comments
    counts = await pages.counts(*ANN)
    # As an older release left it: nothing, or where the comment was before.
    for state in State:
        await life.redis.delete(shard.author_comments(*ANN, state.value))
    await life.redis.delete(shard.author_comments("herald", "ann", "pending"))
    await life.redis.zadd(shard.author_comments(*ANN, "pending"), {made[1]: 5})
    await life.store.upgrade()
    assert await pages.counts(*ANN) == counts
    assert sorted((await pages.page(*ANN, limit=10)).comments) == sorted(made)
    assert (await pages.page("herald", "ann", limit=10)).comments == [other]
    assert await life.store.shelving.mend() == 6
