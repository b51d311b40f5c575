"""The queue's parameters, its facets and its cursors, as the page uses them."""

from __future__ import annotations

from typing import Any

import pytest

from moderato.domain.comment import State
from moderato.domain.lifecycle import Step
from tests.console.conftest import to_harbour
from tests.console.samples import SAMPLES, play
from tests.console.served import Client, Console


async def authors(client: Client, query: str) -> list[str]:
    answer = await client.get(f"/api/queue?{query}")
    assert answer.status == 200, answer.body
    return [item["author"]["name"] for item in answer.body["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rule=toxic", ["Petra Vos", "TerraceTom"]),
        ("rule=threat&rule=links", ["nightowl_77", "HarbourCarsDirect"]),
        ("score=insult:0.7:1", ["Rolf B.", "Petra Vos"]),
        ("score=insult:0.7:1&score=identity_attack:0.05:1", ["Petra Vos"]),
        ("rule=toxic&site=north-coast", ["TerraceTom"]),
        ("site=harbour-times&article=budget", ["Maren Holt"]),
        ("site=harbour-times&author=tuomas", ["Tuomas"]),
        ("language=fi", ["Tuomas"]),
        ("received_to=1", []),
        ("sort=score&attribute=threat&limit=2", ["nightowl_77", "Rolf B."]),
        (
            "sort=score&attribute=threat&order=asc&rule=insult&rule=threat",
            ["Rolf B.", "nightowl_77"],
        ),
    ],
)
async def test_filters_and_orders(console: Console, query: str, expected: list[str]) -> None:
    await play(console.life, SAMPLES)
    assert await authors(await console.client("ben"), query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "score=insult",
        "score=insult:0.9:0.1",
        "score=insult:nan:1",
        "score=a:0:1&score=a:0:0.5",
        "sort=score",
        "attribute=insult",
        "article=budget",
        "queue=waiting&rule=toxic",
        "queue=waiting&sort=priority",
        "queue=flagged&actor=policy",
        "after=nonsense",
        "after=1~a&before=1~a",
        "rule=",
        "site=harbour-times&site=north-coast",
        "queue=lost",
    ],
)
async def test_a_query_that_makes_no_sense_is_told_so(console: Console, query: str) -> None:
    answer = await (await console.client("ben")).get(f"/api/queue?{query}")
    assert answer.status == 422
    assert answer.body["errors"]


async def test_facets_widen_in_their_own_direction(console: Console) -> None:
    await play(console.life, SAMPLES)
    client = await console.client("ben")
    facets = (await client.get("/api/queue/facets?rule=toxic&score=insult:0.7:1")).body
    assert facets["total"] == 1
    assert facets["rules"] == {"insult": 1, "toxic": 1}
    assert sum(facets["attributes"]["insult"]) == 2
    assert sum(facets["attributes"]["toxicity"]) == 1
    everything = (await client.get("/api/queue/facets")).body
    assert everything["total"] == 9
    assert everything["languages"] == {"en": 8, "fi": 1}
    assert everything["attributes"]["toxicity"][18] == 1
    assert everything["oldest"] <= everything["newest"]
    assert (await client.get("/api/queue/facets?queue=waiting")).status == 422


async def test_a_place_stays_when_its_comment_is_decided(console: Console) -> None:
    made = [await console.life.flagged(to_harbour(f"Number {n}")) for n in range(6)]
    client = await console.client("ben")
    whole = (await client.get("/api/queue")).body
    order = [item["id"] for item in whole["items"]]
    assert set(order) == set(made)
    assert (whole["next"], whole["previous"], whole["position"]) == (None, None, 0)
    here = whole["items"][2]
    await client.decide(here["id"])
    after = (await client.get(f"/api/queue?limit=2&after={here['cursor']}")).body
    assert ([item["id"] for item in after["items"]], after["position"]) == (order[3:5], 2)
    before = (await client.get(f"/api/queue?limit=1&before={here['cursor']}")).body
    assert [item["id"] for item in before["items"]] == [order[1]]
    around = (await client.get(f"/api/queue?limit=4&around={here['cursor']}")).body
    assert [item["id"] for item in around["items"]] == [order[0], order[1], order[3], order[4]]
    assert (await client.get(f"/api/queue?after={after['next']}")).body["items"][0]["id"] == order[
        5
    ]


async def test_each_queue_and_its_count(console: Console) -> None:
    life, store = console.life, console.life.store
    shown, escalated, held, approved, rejected = [
        await life.flagged(to_harbour(f"Number {n}")) for n in range(5)
    ]
    ana, site = await console.client("ana"), "harbour-times"
    comments = store.comments
    await comments.move(site, escalated, version=2, step=Step.ESCALATE, by="ben", note="Look.")
    await comments.move(site, held, version=2, step=Step.HOLD, by="ben")
    await ana.decide(approved)
    await ana.decide(rejected, action="reject")
    await comments.report(site, approved, by="reader")
    broken = await life.accept(to_harbour("Breaks the model"))
    (job,) = await life.jobs()
    await store.work.bury(life.scorer, job.entry, "It broke.", "ann")
    waits = await life.accept(to_harbour("New"))

    async def queue(name: str) -> list[str]:
        found: dict[str, Any] = (await ana.get(f"/api/queue?queue={name}")).body
        assert found["total"] == len(found["items"])
        return [item["id"] for item in found["items"]]

    assert set(await queue("flagged")) == {shown, broken}
    assert await queue("escalated") == [escalated]
    assert await queue("waiting") == [held, waits]
    assert await queue("reported") == [approved]
    assert await queue("approved") == [approved]
    assert await queue("rejected") == [rejected]
    assert await queue("dead") == [broken]
    counts = (await ana.get("/api/queue/counts")).body["counts"][site]
    assert counts == {
        "flagged": 2,
        "escalated": 1,
        "waiting": 2,
        "reported": 1,
        "approved": 1,
        "rejected": 1,
        "dead": 1,
        "pending": 1,
    }
    (item,) = (await ana.get("/api/queue?queue=dead")).body["items"]
    assert item["letter"]["error"] == "It broke."
    replay = f"/api/dead-letters/{site}/{item['letter']['id']}/replay"
    assert (await (await console.client("ben")).post(replay)).status == 403
    assert (await ana.post(replay)).status == 202
    assert (await ana.post(replay)).status == 404
    assert (await ana.post(f"/api/dead-letters/{site}/nonsense/replay")).status == 404
    assert await queue("dead") == []


async def test_what_the_policy_decided_is_a_list_of_its_own(console: Console) -> None:
    made = await console.life.accept(to_harbour())
    await console.life.score_all(State.APPROVED)
    client = await console.client("ben")
    assert (await client.get("/api/queue?queue=approved")).body["items"] == []
    (item,) = (await client.get("/api/queue?queue=approved&actor=policy")).body["items"]
    assert item["id"] == made


async def test_a_deployment_of_before_gets_its_indexes(console: Console) -> None:
    redis: Any = console.life.redis
    comment = await console.life.flagged(to_harbour())
    base = console.life.store.comments.shard("harbour-times").queue("harbour-times", "flagged")
    async for key in redis.scan_iter(f"{base}:*"):
        await redis.delete(key)
    client = await console.client("ben")
    assert await authors(client, "rule=test-rule") == []
    await console.life.store.upgrade()
    (item,) = (await client.get("/api/queue?rule=test-rule")).body["items"]
    assert item["id"] == comment
