"""Articles in the console's API: finding one, its thread, and how it takes comments."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from yarl import URL

from moderato.domain.comment import Article, ArticleMode, State
from moderato.store.audit import Filter
from tests.console.conftest import to_harbour
from tests.console.served import Answer, Client, Console
from tests.life import Life

SITE, FERRY = "harbour-times", "/api/articles/harbour-times/ferry"
LATER = 32_503_680_000_000  # the year 3000


async def a_thread(life: Life) -> dict[str, str]:
    """A flagged comment with a rejected answer, one erased, one public, one that waits."""
    made = {"flagged": await life.flagged(to_harbour("A fair point."))}
    reply = to_harbour("And an unfair one.", "Ben")
    made["rejected"] = await life.accept(
        type(reply)(**{**_fields(reply), "parent": made["flagged"]})
    )
    await life.score_all(State.REJECTED)
    made["erased"] = await life.flagged(to_harbour("Gone.", "Cem"))
    await life.store.comments.erase(SITE, made["erased"], by=SITE, reason="law")
    made["approved"] = await life.accept(to_harbour("Public.", "Dea"))
    await life.score_all(State.APPROVED)
    await life.publish_all()
    made["pending"] = await life.accept(to_harbour("Waiting.", "Eve"))
    return made


def _fields(comment: Any) -> dict[str, Any]:
    return {name: getattr(comment, name) for name in comment.__slots__}


async def version(client: Client) -> int:
    return int((await client.get(FERRY)).body["version"])


async def test_an_article_is_found_and_counted(console: Console) -> None:
    await a_thread(console.life)
    other = Article("zoo", "https://harbour-times.example/zoo", "Zoo: the elephant is back")
    await console.life.accept(to_harbour(article=other))
    ben = await console.client("ben")
    found = (await ben.get("/api/articles?site=harbour-times")).body
    assert {one["id"] for one in found["articles"]} == {"ferry", "zoo"}
    assert found["next"] is None
    (zoo,) = (await ben.get("/api/articles?site=harbour-times&q=ELEPHANT")).body["articles"]
    assert (zoo["title"], zoo["mode"], zoo["tighter"]) == (other.title, "open", None)
    assert zoo["counts"] == {"pending": 1, "flagged": 0, "approved": 0, "rejected": 0, "erased": 0}
    ids, before = [], ""
    while True:
        page = (await ben.get(f"/api/articles?site=harbour-times&limit=1{before}")).body
        ids += [one["id"] for one in page["articles"]]
        if page["next"] is None:
            break
        before = f"&before={quote(page['next'])}"
    assert sorted(ids) == ["ferry", "zoo"]


async def test_a_setting_sent_again_after_a_lost_answer_answers_as_the_first_time(
    console: Console,
) -> None:
    await a_thread(console.life)
    ana, ben = await console.client("ana"), await console.client("ben")
    for part, body in (
        ("mode", {"mode": "premod", "until": LATER, "reason": "Raid.", "version": 0}),
        ("tighter", {"tighter": True, "until": None, "reason": "", "version": 1}),
        ("tighter", {"tighter": False, "until": None, "reason": "", "version": 2}),
    ):
        first, again = [await ana.post(f"{FERRY}/{part}", body) for _ in range(2)]
        assert (first.status, again.status) == (200, 200)
        assert again.body == first.body
        # What somebody else asks, or somebody asks for something else, is another matter.
        assert (await ben.post(f"{FERRY}/{part}", body)).status == 409
        assert (await ana.post(f"{FERRY}/{part}", body | {"reason": "Else."})).status == 409
    lines = (await console.life.store.audit.find(Filter(action="article"))).lines
    assert len(lines) == 3


async def test_an_article_says_who_set_what(console: Console) -> None:
    await a_thread(console.life)
    await console.life.store.articles.set_mode(SITE, "ferry", ArticleMode.PREMOD)
    ben = await console.client("ben")
    body = {"until": LATER, "reason": "Raid.", "version": 1}
    tight = await ben.post(f"{FERRY}/tighter", body)
    assert tight.status == 200
    shown = (await ben.get(FERRY)).body
    assert shown == tight.body
    assert (shown["mode"], shown["mode_until"], shown["version"]) == ("premod", None, 2)
    assert shown["tighter"] == {"until": LATER}
    assert shown["counts"] == dict.fromkeys(shown["counts"], 1)
    told = [(one["what"], one["mode"], one["by"], one["actor"]) for one in shown["history"]]
    assert told == [
        ("tighter", "tighter", "ben", "moderator"),
        ("mode", "premod", SITE, "site"),
    ]
    assert (shown["history"][0]["reason"], shown["history"][0]["until"]) == ("Raid.", LATER)
    assert shown["tighter_means"]["factor"] == 0.7
    (only,) = shown["tighter_means"]["only"]
    assert only["rule"] == "newcomer-on-tighter-article"
    assert {"rule": "very-toxic", "when": "toxicity is at least 0.63"} in (
        shown["tighter_means"]["rules"]
    )


async def test_a_thread_has_everything_by_state_and_by_what_it_answers(console: Console) -> None:
    made = await a_thread(console.life)
    ben = await console.client("ben")

    async def ids(query: str) -> list[str]:
        answer = await ben.get(f"{FERRY}/thread{query}")
        assert answer.status == 200, answer.body
        return [item["id"] for item in answer.body["items"]]

    assert set(await ids("")) == set(made.values())
    assert await ids("?order=oldest") == (await ids(""))[::-1]
    assert set(await ids("?parent=")) == set(made.values()) - {made["rejected"]}
    assert await ids(f"?parent={made['flagged']}") == [made["rejected"]]
    for state, comment in made.items():
        assert await ids(f"?state={state}") == [comment]
    assert set(await ids("?state=erased&state=pending")) == {made["erased"], made["pending"]}
    assert await ids("?parent=nothing") == []
    page = (await ben.get(f"{FERRY}/thread?limit=2")).body
    rest = await ids(f"?before={quote(page['next'])}")
    assert [item["id"] for item in page["items"]] + rest == await ids("")
    items = {item["id"]: item for item in (await ben.get(f"{FERRY}/thread")).body["items"]}
    assert items[made["flagged"]]["replies"] == 1
    assert items[made["rejected"]]["parent"]["id"] == made["flagged"]
    assert items[made["erased"]]["text"] == ""
    assert items[made["approved"]]["released_at"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/articles", 422),
        ("/api/articles?site=nowhere", 404),
        ("/api/articles?site=harbour-times&limit=0", 422),
        ("/api/articles?site=harbour-times&before=x", 422),
        ("/api/articles?site=harbour-times&colour=red", 422),
        ("/api/articles/harbour-times/none", 404),
        ("/api/articles/nowhere/ferry", 404),
        ("/api/articles/harbour-times/none/thread", 404),
        (f"{FERRY}/thread?state=lost", 422),
        (f"{FERRY}/thread?state=flagged&parent=", 422),
        (f"{FERRY}/thread?before=~", 422),
    ],
)
async def test_nonsense_is_explained(console: Console, path: str, status: int) -> None:
    await console.life.accept(to_harbour())
    answer = await (await console.client("ben")).get(path)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "shut", "version": 0},
        {"mode": "premod"},
        {"mode": "premod", "version": -1},
        {"mode": "premod", "version": 0, "until": "tomorrow"},
        {"mode": "premod", "version": 0, "until": 1},
        {"mode": "premod", "version": 0, "reason": "x" * 501},
        {"mode": "premod", "version": 0, "colour": "red"},
    ],
)
async def test_a_setting_that_is_not_right_changes_nothing(
    console: Console, body: dict[str, Any]
) -> None:
    await console.life.accept(to_harbour())
    ben = await console.client("ben")
    assert (await ben.post(f"{FERRY}/mode", body)).status == 422
    tighter = {name: value for name, value in body.items() if name != "mode"}
    if body.keys() != {"mode", "version"}:
        assert (await ben.post(f"{FERRY}/tighter", tighter)).status == 422
    assert await version(ben) == 0


async def test_moderators_premoderate_and_editors_close(console: Console) -> None:
    await console.life.accept(to_harbour())
    ben, ana = await console.client("ben"), await console.client("ana")

    async def mode(who: Client, mode: str, **more: Any) -> Answer:
        body = {"mode": mode, "version": await version(who), **more}
        return await who.post(f"{FERRY}/mode", body)

    assert (await mode(ben, "premod")).body["mode"] == "premod"
    refused = await mode(ben, "closed")
    assert (refused.status, refused.body["type"]) == (403, "urn:moderato:problem:editor-closes")
    closed = await mode(ana, "closed", until=LATER)
    assert (closed.body["mode"], closed.body["mode_until"]) == ("closed", LATER)
    assert closed.body["lasting_mode"] == "premod"
    assert (await mode(ben, "open")).status == 403
    assert (await mode(ana, "open")).body["mode"] == "open"


async def test_two_who_set_it_at_once(console: Console) -> None:
    await console.life.accept(to_harbour())
    ben, ana = await console.client("ben"), await console.client("ana")
    answers = await asyncio.gather(
        ben.post(f"{FERRY}/mode", {"mode": "premod", "version": 0}),
        ana.post(f"{FERRY}/tighter", {"version": 0}),
    )
    slow, fast = sorted(answers, key=lambda one: one.status, reverse=True)
    assert (fast.status, slow.status) == (200, 409)
    assert slow.body["type"] == "urn:moderato:problem:article-changed"
    assert (slow.body["by"], slow.body["version"]) == (fast.body["history"][0]["by"], 1)


async def test_what_people_set_is_in_the_audit_log(console: Console) -> None:
    await console.life.accept(to_harbour())
    ben = await console.client("ben")
    body = {"mode": "premod", "version": 0, "until": LATER, "reason": "Raid."}
    await ben.post(f"{FERRY}/mode", body)
    await ben.post(f"{FERRY}/tighter", {"version": 1})
    await ben.post(f"{FERRY}/tighter", {"version": 2, "tighter": False})
    lines = (await console.life.store.audit.find(Filter(action="article"))).lines
    assert [(one.by, one.action, one.subject, dict(one.details)) for one in lines] == [
        ("ben", "article.tighter", "ferry", {"tighter": False}),
        ("ben", "article.tighter", "ferry", {"tighter": True}),
        (
            "ben",
            "article.mode",
            "ferry",
            {"mode": "premod", "until": "3000-01-01T00:00:00.000+00:00", "why": "Raid."},
        ),
    ]


async def test_an_id_may_be_anything_a_site_can_name(console: Console) -> None:
    name = "news/2026?a=b&c#ü %2F"
    article = Article(name, "https://harbour-times.example/")
    await console.life.accept(to_harbour(article=article))
    ben = await console.client("ben")
    for end in ("", "/thread"):
        path = f"{console.url}/api/articles/harbour-times/{quote(name, safe='')}{end}"
        async with ben.http.get(URL(path, encoded=True)) as answer:
            assert answer.status == 200
            found = await answer.json()
    assert found["items"][0]["article"]["id"] == name


async def test_a_policys_lines_as_they_are_when_tighter(console: Console) -> None:
    ben = await console.client("ben")
    path = f"/api/policies/{SITE}"
    usual, tight = (await ben.get(path)).body, (await ben.get(f"{path}?tighter=1")).body
    assert (usual["tighter"], tight["tighter"]) == (False, True)
    assert usual["version"] == tight["version"]
    lines = {(one["rule"], one["attribute"]): one["at"] for one in tight["bounds"]}
    assert lines["very-toxic", "toxicity"] == 0.63
    assert lines["severely-toxic", "severe_toxicity"] == 0.8
