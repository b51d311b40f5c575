"""What the queue shows: order, counts, and everything the page needs about a comment."""

from __future__ import annotations

import pytest

from moderato.domain.comment import State
from tests.console.conftest import to_harbour
from tests.console.samples import BEFORE, SAMPLES, play
from tests.console.served import Console


async def test_the_flagged_queue_is_in_order_of_priority_and_counted(console: Console) -> None:
    await play(console.life, SAMPLES)
    client = await console.client("ana")
    queue = (await client.get("/api/queue")).body
    flagged = [sample for sample in SAMPLES if sample.state is State.FLAGGED]
    assert [item["text"] for item in queue["items"]] == [sample.plain for sample in flagged]
    assert queue["total"] == len(flagged)
    counts = {site: (each["flagged"], each["pending"]) for site, each in queue["counts"].items()}
    assert counts == {"harbour-times": (7, 2), "north-coast": (2, 0)}


async def test_among_equals_the_older_comes_first(console: Console) -> None:
    comments = [await console.life.flagged(to_harbour(f"Number {n}")) for n in range(3)]
    client = await console.client("ana")
    queue = (await client.get("/api/queue?state=flagged")).body
    assert {item["id"] for item in queue["items"]} == set(comments)
    received = [item["received_at"] // 1000 for item in queue["items"]]
    assert received == sorted(received)


async def test_an_item_holds_everything_the_page_needs(console: Console) -> None:
    before = await play(console.life, BEFORE)
    await play(console.life, SAMPLES[:1], before[-1])
    client = await console.client("ana")
    (item,) = (await client.get("/api/queue")).body["items"]
    sample = SAMPLES[0]
    assert item["site"] == "harbour-times"
    assert (item["state"], item["version"]) == ("flagged", 2)
    assert item["article"]["title"] == sample.article.title
    record = {"approved": 2, "rejected": 1, "received": 4}
    nobody_ruled = {"standing": "none", "until": None, "notes": 0}
    assert item["author"] == {"id": "rolf-b.", "name": "Rolf B.", **record, **nobody_ruled}
    assert item["parent"]["author"] == "Edda Lindqvist"
    assert item["parent"]["text"] == BEFORE[-1].text
    assert item["scores"]["values"]["insult"] == 0.91
    assert (item["scores"]["model"], item["scores"]["version"]) == ("compact", "1")
    marked = [item["text"][begin:end] for begin, end in item["scores"]["spans"]]
    assert marked == ["a complete idiot", "a pack of liars", "stupid"]
    assert item["why"]["rule"] == "insult"
    assert item["why"]["evidence"] == {"toxicity": "0.94", "insult": "0.91"}
    assert item["why"]["policy_version"] == "default-1"
    assert item["received_at"] > 0


async def test_a_site_a_state_and_a_page(console: Console) -> None:
    await play(console.life, SAMPLES)
    client = await console.client("ana")

    async def authors(query: str) -> list[str]:
        return [item["author"]["name"] for item in (await client.get(query)).body["items"]]

    assert await authors("/api/queue?site=north-coast") == ["TerraceTom", "Ingrid S."]
    assert await authors("/api/queue?state=pending") == ["Jonas Pell", "Bea"]
    assert await authors("/api/queue?limit=2&offset=1") == ["nightowl_77", "Petra Vos"]
    assert await authors("/api/queue?offset=100") == []
    counted = (await client.get("/api/queue?limit=0&state=pending")).body
    assert (counted["items"], counted["total"]) == ([], 2)


async def test_an_unscored_comment_has_no_scores(console: Console) -> None:
    await console.life.accept(to_harbour())
    client = await console.client("ana")
    (item,) = (await client.get("/api/queue?state=pending")).body["items"]
    assert item["scores"] is None
    assert item["why"] is None
    assert item["parent"] is None


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("state=approved", 422, "#/state"),
        ("limit=101", 422, "#/limit"),
        ("offset=-1", 422, "#/offset"),
        ("stat=flagged", 422, "#/stat"),
        ("site=nowhere", 404, "nowhere"),
    ],
)
async def test_a_bad_query_is_told_what_is_wrong(
    console: Console, query: str, status: int, said: str
) -> None:
    client = await console.client("ana")
    answer = await client.get(f"/api/queue?{query}")
    assert answer.status == status
    assert said in answer.body["detail"]


async def test_one_comment_with_its_history(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ben")
    await client.decide(comment, action="reject", rule="off-topic")
    found = (await client.get(f"/api/comments/harbour-times/{comment}")).body
    assert [line["step"] for line in found["history"]] == ["receive", "decide", "reject"]
    last = found["history"][-1]
    assert (last["by"], last["rule"]) == ("ben", "off-topic")
    assert last["reason"] == "It is not about this article."
    assert (await client.get("/api/comments/north-coast/" + comment)).status == 404


async def test_the_reasons_lie_on_the_keys_1_to_9(console: Console) -> None:
    client = await console.client("ana")
    reasons = (await client.get("/api/reasons")).body["reasons"]
    assert [reason["key"] for reason in reasons] == list("123456789")
    assert all(reason["rule"] and reason["label"] and reason["words"] for reason in reasons)
