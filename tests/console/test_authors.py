"""The author's page as the API has it: the record, rulings, notes, and who may rule what."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderato.domain.author import Ruling, Standing
from moderato.domain.comment import State
from moderato.store.audit import Filter
from moderato.store.users import Role
from services.console.standing_rights import WEEK, YEAR, least_for, longest, possible
from tests.console.conftest import to_harbour
from tests.console.served import Answer, Client, Console
from tests.life import Life

SITE = "harbour-times"
DAY = 86_400
#: Bodies that rule each standing for as short as it can be.
RULINGS: dict[Standing, dict[str, Any]] = {
    Standing.NONE: {},
    Standing.TRUSTED: {},
    Standing.PREMODERATED: {},
    Standing.SUSPENDED: {"seconds": DAY},
    Standing.BANNED: {},
}


def at(path: str = "", author: str = "ann", **more: object) -> str:
    return f"/api/author{path}?{urlencode({'site': SITE, 'id': author, **more})}"


async def rule(
    client: Client, standing: Standing, version: int = 0, /, author: str = "ann", **body: object
) -> Answer:
    given = {"standing": standing.value, "version": version, **RULINGS[standing], **body}
    return await client.post(at("/standing", author), given)


async def test_the_record_of_an_author(console: Console) -> None:
    life, ben = console.life, await console.client("ben")
    await life.accept(to_harbour("Waits.", "Ann"))
    for state in (State.APPROVED, State.APPROVED, State.APPROVED, State.REJECTED, State.FLAGGED):
        await life.score_all(state)
        comment = await life.accept(to_harbour(f"Then {state}.", "Ann"))
    await life.store.comments.report(SITE, comment, by="reader-1")
    found = (await ben.get(at())).body
    assert (found["names"], found["received"], found["reports"]) == (["Ann"], 6, 1)
    assert found["counts"] == {
        "pending": 1,
        "flagged": 1,
        "approved": 3,
        "rejected": 1,
        "erased": 0,
    }
    assert found["rejected_share"] == 0.25
    assert found["first_seen"] <= found["last_seen"]
    assert (found["standing"], found["until"], found["version"]) == ("none", None, 0)
    assert (found["history"], found["notes"]) == ([], [])


async def test_what_an_author_wrote_comes_by_pages(console: Console) -> None:
    life, ben = console.life, await console.client("ben")
    made = []
    for number in range(5):
        made.append(await life.accept(to_harbour(f"Number {number}", "Ann")))
        await life.score_all(State.APPROVED if number % 2 else State.FLAGGED)
    await life.accept(to_harbour("Somebody else's.", "Bob"))
    first = (await ben.get(at("/comments", limit=3))).body
    rest = (await ben.get(at("/comments", limit=3, before=first["next"]))).body
    items = [*first["items"], *rest["items"]]
    assert sorted(item["id"] for item in items) == sorted(made)
    assert rest["next"] is None
    assert {item["author"]["id"] for item in items} == {"ann"}
    approved = (await ben.get(at("/comments", state="approved"))).body["items"]
    assert sorted(item["id"] for item in approved) == sorted(made[1::2])
    for query in ({"state": "gone"}, {"before": "x"}, {"limit": 0}):
        assert (await ben.get(at("/comments", **query))).status == 422


async def test_who_never_wrote_is_nobody(console: Console) -> None:
    ben = await console.client("ben")
    assert (await ben.get(at())).status == 404
    assert (await ben.get(at("/comments"))).status == 404
    assert (await rule(ben, Standing.PREMODERATED)).status == 404
    assert (await ben.post(at("/notes"), {"text": "Who?"})).status == 404
    assert (await ben.get("/api/author?site=nowhere&id=ann")).status == 404
    assert (await ben.get("/api/author?site=harbour-times")).status == 422


@pytest.mark.parametrize("author", ["..", ".", "a/b?c#d", "ann:author", "<b>", " ", "\u202e"])
async def test_an_authors_id_may_be_anything(console: Console, author: str) -> None:
    ben = await console.client("ben")
    await console.life.accept(to_harbour(author=author))
    assert (await ben.get(at(author=author.lower()))).body["received"] == 1
    assert (await rule(ben, Standing.PREMODERATED, author=author.lower())).status == 200
    assert (await ben.post(at("/notes", author.lower()), {"text": "Hm."})).status == 201


# -- ruling -------------------------------------------------------------------------------------


async def test_a_suspension_says_until_when_and_the_comments_show_it(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ben = await console.client("ben")
    made = await rule(
        ben, Standing.SUSPENDED, rule="insult", reason="Third insult.", note="See Tuesday."
    )
    assert made.status == 200
    until = made.body["until"]
    assert until == made.body["at"] + DAY * 1000
    assert {key: made.body[key] for key in ("standing", "by", "rule", "reason", "note")} == {
        "standing": "suspended",
        "by": "ben",
        "rule": "insult",
        "reason": "Third insult.",
        "note": "See Tuesday.",
    }
    found = (await ben.get(at())).body
    assert (found["standing"], found["until"], found["version"]) == ("suspended", until, 1)
    assert found["history"] == [made.body]
    await ben.post(at("/notes"), {"text": "A note."})
    item = (await ben.get(f"/api/comments/{SITE}/{comment}")).body
    author = item["author"]
    assert (author["standing"], author["until"], author["notes"]) == ("suspended", until, 1)
    lifted = await rule(ben, Standing.NONE, 1)
    assert (lifted.status, lifted.body["version"]) == (200, 2)
    assert (await ben.get(at())).body["standing"] == "none"


async def test_the_words_are_the_reasons_where_nobody_wrote_others(console: Console) -> None:
    await console.life.accept(to_harbour())
    ana = await console.client("ana")
    made = await rule(ana, Standing.BANNED)
    assert (made.body["rule"], made.body["reason"]) == ("other", "Other.")
    made = await rule(ana, Standing.SUSPENDED, 1, rule="spam")
    assert (made.body["rule"], made.body["reason"]) == ("spam", "Spam or advertising.")
    assert (await rule(ana, Standing.BANNED, 2, rule="nonsense")).status == 422


async def test_of_two_who_rule_one_is_told_what_the_other_did(console: Console) -> None:
    await console.life.accept(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    answers = await asyncio.gather(
        rule(ana, Standing.BANNED, rule="spam"), rule(ben, Standing.PREMODERATED)
    )
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert (won.status, lost.status) == (200, 409)
    assert lost.body["type"] == "urn:moderato:problem:ruled-meanwhile"
    assert lost.body["ruling"] == won.body
    assert (await ben.get(at())).body["history"] == [won.body]
    # An older version than the last is a conflict, too, and one that never was.
    for version in (0, 7):
        assert (await rule(ana, Standing.TRUSTED, version)).status == 409


async def test_sent_again_after_a_lost_answer_it_is_one_ruling(console: Console) -> None:
    await console.life.accept(to_harbour())
    ben = await console.client("ben")
    first = await rule(ben, Standing.SUSPENDED, rule="spam", note="Hm.")
    again = await rule(ben, Standing.SUSPENDED, rule="spam", note="Hm.")
    assert (again.status, again.body) == (200, first.body)
    lines = (await console.life.store.audit.find(Filter(action="author"))).lines
    assert [line.details for line in lines] == [
        {"standing": "suspended", "version": 1, "rule": "spam", "seconds": DAY}
    ]
    assert (await rule(ben, Standing.SUSPENDED, rule="insult", note="Hm.")).status == 409


@pytest.mark.parametrize(
    ("standing", "body", "pointer"),
    [
        (Standing.SUSPENDED, {"seconds": None}, "#/seconds"),
        (Standing.SUSPENDED, {"seconds": 59}, "#/seconds"),
        (Standing.SUSPENDED, {"seconds": YEAR + 1}, "#/seconds"),
        (Standing.BANNED, {"seconds": DAY}, "#/seconds"),
        (Standing.TRUSTED, {"reason": "Nice."}, "#/reason"),
        (Standing.PREMODERATED, {"rule": "spam"}, "#/rule"),
        (Standing.BANNED, {"note": "x" * 1_001}, "#/note"),
        (Standing.BANNED, {"why": "x"}, "#/why"),
        (Standing.BANNED, {"standing": "shunned"}, "#/standing"),
    ],
)
async def test_a_ruling_that_cannot_be_says_why(
    console: Console, standing: Standing, body: dict[str, Any], pointer: str
) -> None:
    await console.life.accept(to_harbour())
    answer = await rule(await console.client("ana"), standing, **body)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, pointer)
    assert await console.life.store.authors.rulings(SITE, "ann") == []


async def test_rulings_are_heard_at_the_desk(console: Console) -> None:
    await console.life.accept(to_harbour())
    ben = await console.client("ben")
    async with ben.http.get(f"{console.url}/api/events") as stream:
        event = ""
        async for raw in stream.content:
            line = raw.decode().strip()
            if line == "event: beat" and not event:
                await rule(ben, Standing.PREMODERATED)
            if line.startswith("event: "):
                event = line
            if line.startswith("data: ") and event == "event: author":
                break
    assert line == (
        'data: {"site": "harbour-times", "id": "ann", "standing": "premoderated", "version": 1}'
    )


# -- who may rule what --------------------------------------------------------------------------

#: By hand: what a moderator may put in place of what; an editor may everything.
_BY_MODERATORS = {
    Standing.NONE: {Standing.NONE, Standing.PREMODERATED, Standing.SUSPENDED},
    Standing.TRUSTED: {Standing.NONE, Standing.PREMODERATED, Standing.SUSPENDED},
    Standing.PREMODERATED: {Standing.NONE, Standing.PREMODERATED, Standing.SUSPENDED},
    Standing.SUSPENDED: {Standing.NONE, Standing.PREMODERATED, Standing.SUSPENDED},
    Standing.BANNED: set(),
}


@pytest.mark.parametrize("before", Standing)
async def test_every_role_rules_what_it_may_and_nothing_else(
    console: Console, before: Standing
) -> None:
    life = console.life
    clients = {name: await console.client(name) for name in ("ben", "ana", "cleo")}
    for name, client in clients.items():
        for standing in Standing:
            author = f"{name}-{standing}"
            await life.accept(to_harbour(author=author))
            await life.store.authors.set_standing(
                *(SITE, author, before), version=0, by="dora", seconds=None
            )
            may = (await client.get(at(author=author))).body["may"]
            answer = await rule(client, standing, 1, author=author)
            allowed = name != "ben" or standing in _BY_MODERATORS[before]
            assert answer.status == (200 if allowed else 403), (name, standing)
            assert (standing in may) == allowed
            if not allowed:
                assert answer.body["type"] == "urn:moderato:problem:forbidden"


@given(
    standing=st.sampled_from(Standing),
    seconds=st.none() | st.integers(60, YEAR),
    before=st.sampled_from(Standing),
    left=st.integers(-YEAR, YEAR),
)
def test_a_moderator_neither_suspends_for_long_nor_shortens_what_is_long(
    standing: Standing, seconds: int | None, before: Standing, left: int
) -> None:
    now = 10**12
    last = Ruling(before, 1, "ana", 0, now + left * 1000 if before is Standing.SUSPENDED else None)
    least = least_for(standing, seconds, last, now)
    assert least in {Role.MODERATOR, Role.EDITOR}
    if least is Role.MODERATOR:
        assert standing not in {Standing.TRUSTED, Standing.BANNED}
        assert standing is not Standing.SUSPENDED or (seconds or 0) <= WEEK
        assert before is not Standing.BANNED
        assert before is not Standing.SUSPENDED or left <= WEEK
    assert set(possible(Role.EDITOR, last, now)) == set(Standing)
    assert (longest(Role.MODERATOR), longest(Role.ADMINISTRATOR)) == (WEEK, YEAR)


async def test_a_long_suspension_takes_an_editor(console: Console) -> None:
    await console.life.accept(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    assert (await rule(ben, Standing.SUSPENDED, seconds=WEEK + 1)).status == 403
    assert (await rule(ben, Standing.SUSPENDED, seconds=WEEK)).status == 200
    assert (await rule(ana, Standing.SUSPENDED, 1, seconds=4 * WEEK)).status == 200
    for standing in (Standing.NONE, Standing.SUSPENDED):
        assert (await rule(ben, standing, 2)).status == 403
    assert (await rule(ana, Standing.NONE, 2)).status == 200


# -- notes --------------------------------------------------------------------------------------


async def test_a_note_is_deleted_by_who_wrote_it_or_an_editor(console: Console) -> None:
    await console.life.accept(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    mine, hers = [
        (await client.post(at("/notes"), {"text": f"  {name} was here. "})).body["id"]
        for name, client in (("Ben", ben), ("Ana", ana))
    ]
    notes = (await ben.get(at())).body["notes"]
    assert {note["text"] for note in notes} == {"Ben was here.", "Ana was here."}
    assert (await ben.delete(at(f"/notes/{hers}"))).status == 403
    assert (await ben.delete(at(f"/notes/{mine}"))).status == 204
    assert (await ben.delete(at(f"/notes/{mine}"))).status == 404
    again = (await ben.post(at("/notes"), {"text": "Again."})).body["id"]
    assert (await ana.delete(at(f"/notes/{again}"))).status == 204
    for text in ("", "  ", "x" * 1_001):
        assert (await ben.post(at("/notes"), {"text": text})).status == 422


async def test_every_act_leaves_a_line_without_words(console: Console, life: Life) -> None:
    await life.accept(to_harbour())
    ana = await console.client("ana")
    await rule(ana, Standing.BANNED, rule="spam", reason="SECRET", note="SECRET")
    note = (await ana.post(at("/notes"), {"text": "SECRET"})).body["id"]
    await ana.delete(at(f"/notes/{note}"))
    lines = (await life.store.audit.find(Filter(action="author"))).lines
    assert [(line.action, line.site, line.subject) for line in lines] == [
        (action, SITE, "ann") for action in ("author.note-remove", "author.note", "author.standing")
    ]
    assert "SECRET" not in repr(lines)
