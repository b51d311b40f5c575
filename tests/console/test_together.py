"""Several people at one desk: leases, escalation, second opinions, a site's own reasons."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from moderato.store.audit import Filter
from services.console import decisions
from tests.conftest import ConfigFactory
from tests.console.conftest import to_harbour
from tests.console.served import Answer, Client, Console, console_on
from tests.life import Life

SITE = "harbour-times"


def path(comment: str, action: str) -> str:
    return f"/api/comments/{SITE}/{comment}/{action}"


async def shown(client: Client, comment: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/api/comments/{SITE}/{comment}")).body
    return found


async def test_who_looks_is_seen_and_never_in_the_way(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    assert (await shown(ana, comment))["lease"] is None
    mine = (await ben.post(path(comment, "lease"))).body
    assert mine["by"] == "ben"
    both = (await ana.post(path(comment, "lease"))).body
    assert (both["by"], [one["name"] for one in both["viewers"]]) == ("ben", ["ben", "ana"])
    renewed = (await ben.post(path(comment, "lease"))).body
    assert renewed["viewers"][0]["since"] == both["viewers"][0]["since"]
    (item,) = (await ana.get("/api/queue")).body["items"]
    assert item["lease"]["by"] == "ben"
    assert (await ben.delete(path(comment, "lease"))).status == 204
    assert (await shown(ana, comment))["lease"]["by"] == "ana"
    # The version decides, not the lease.
    assert (await ben.decide(comment)).status == 200
    assert (await ben.post(path("none", "lease"))).status == 404


async def test_a_lease_ends_by_itself(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    leases = console.life.store.leases
    await leases.take(SITE, comment, by="ben", seconds=0.001)
    viewers = await leases.take(SITE, comment, by="ana", seconds=30)
    while len(viewers) > 1:  # within the same millisecond
        viewers = await leases.take(SITE, comment, by="ana", seconds=30)
    assert [viewer.name for viewer in viewers] == ["ana"]
    key = console.life.store.comments.shard(SITE).leases(SITE, comment)
    assert 0 < await console.life.redis.pttl(key) <= 30_000


async def test_escalated_it_is_an_editors(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ana, ben = await console.client("ana"), await console.client("ben")
    assert (await ben.post(path(comment, "escalate"), {"version": 2})).status == 422
    body = {"version": 2, "note": "Is this libel?"}
    answer = await ben.post(path(comment, "escalate"), body)
    assert answer.body == {"state": "flagged", "version": 3, "place": "escalated"}
    # Sent again, it answers as the first time.
    assert (await ben.post(path(comment, "escalate"), body)).body == answer.body
    refused = await ben.decide(comment, 3)
    assert (refused.status, refused.body["type"]) == (403, decisions.ESCALATED)
    found = await shown(ana, comment)
    assert (found["place"], found["why"]["rule"]) == ("escalated", "test-rule")
    assert found["why"]["note"] == "Is this libel?"
    assert (await ana.decide(comment, 3)).status == 200
    undone = await ana.undo(comment, 4)
    assert undone.status == 200
    assert (await shown(ana, comment))["place"] == "escalated"


async def test_whoever_escalated_may_take_it_back(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ben = await console.client("ben")
    await ben.post(path(comment, "escalate"), {"version": 2, "note": "Hm."})
    answer = await ben.post(path(comment, "return"), {"version": 3, "note": "Clear now."})
    assert answer.body["place"] == "flagged"
    stale = await ben.post(path(comment, "hold"), {"version": 3})
    assert (stale.status, stale.body["type"]) == (409, decisions.CONFLICT)
    assert (await ben.post(path(comment, "hold"), {"version": 4})).body["place"] == "held"
    await ben.decide(comment, 5)
    steps = [line["step"] for line in (await shown(ben, comment))["history"]]
    assert steps == ["receive", "decide", "escalate", "return", "hold", "approve"]


async def test_two_people_for_what_is_severe(redis: Redis, make_config: ConfigFactory) -> None:
    life = Life(redis, make_config(second_opinion=0.5))
    async with console_on(life) as console:
        await _two_people(console)
    await life.close()


async def _two_people(console: Console) -> None:
    ana, ben = await console.client("ana"), await console.client("ben")
    comment = await console.life.flagged(to_harbour())
    first: Answer = await ben.decide(comment, action="reject", rule="threat")
    assert (first.status, first.body["state"], first.body["undo_until"]) == (202, "flagged", None)
    assert first.body["opinion"]["action"] == "reject"
    (line,) = (await console.life.store.audit.find(Filter(action="comment"))).lines
    assert (line.by, line.action) == ("ben", "comment.propose")
    assert (await ben.decide(comment, action="reject", rule="threat")).body == first.body
    again = await ben.decide(comment, 3, action="reject", rule="threat")
    assert (again.status, again.body["type"]) == (403, decisions.SECOND_PERSON)
    assert (await shown(ana, comment))["opinion"]["by"] == "ben"
    agreed = await ana.decide(comment, 3, action="reject", rule="threat")
    assert (agreed.status, agreed.body["state"]) == (200, "rejected")

    other = await console.life.flagged(to_harbour("Another"))
    await ben.decide(other, action="reject")
    disagreed = await ana.decide(other, 3)
    assert disagreed.status == 202
    assert (await shown(ana, other))["place"] == "escalated"
    assert (await ana.decide(other, 4)).body["state"] == "approved"


async def test_a_sites_own_reasons(console: Console) -> None:
    ana, ben = await console.client("ana"), await console.client("ben")
    mine = {"rule": "libel", "label": "Libel", "words": "It says what is not true."}
    assert (await ben.put(f"/api/reasons/{SITE}", {"reasons": [mine]})).status == 403
    answer = await ana.put(f"/api/reasons/{SITE}", {"reasons": [mine]})
    assert answer.body == {"site": SITE, "own": True, "reasons": [{"key": "1", **mine}]}
    assert (await ben.get(f"/api/reasons?site={SITE}")).body == answer.body
    assert len((await ben.get("/api/reasons?site=north-coast")).body["reasons"]) == 9
    comment = await console.life.flagged(to_harbour())
    assert (await ben.decide(comment, action="reject", rule="insult")).status == 422
    await ben.decide(comment, action="reject")
    assert (await shown(ben, comment))["why"]["message"] == "It says what is not true."
    for wrong in (
        [],
        [mine, mine],
        [mine | {"rule": "A b"}],
        [mine | {"words": " "}],
        [mine | {"rule": f"r{n}"} for n in range(10)],
    ):
        refused = await ana.put(f"/api/reasons/{SITE}", {"reasons": wrong})
        assert refused.status == 422
    assert (await ana.put("/api/reasons/none", {"reasons": [mine]})).status == 404
    assert (await ana.delete(f"/api/reasons/{SITE}")).body["own"] is False
