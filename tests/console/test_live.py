"""The stream of changes, and the console as a process of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from moderato.store import feed
from moderato.store.users import Role
from services.console import live
from tests.conftest import ConfigFactory
from tests.console.conftest import to_harbour
from tests.console.served import PASSWORD, Client, Console, console_on
from tests.life import Life, new_comment
from tests.processes import Spawn


async def test_changes_of_every_site_are_told(console: Console) -> None:
    client = await console.client("ana")
    async with client.http.get(f"{console.url}/api/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert await _next(stream) == ("beat", {})
        comment = await console.life.flagged(to_harbour())
        await client.decide(comment)
        told = [line for line in [await _next(stream) for _ in range(3)] if line]
    assert len(told) == 3
    assert [kind for kind, _ in told] == ["change"] * 3
    assert [change["kind"] for _, change in told] == ["receive", "decide", "approve"]
    assert [change["version"] for _, change in told] == [1, 2, 3]
    assert {(change["site"], change["id"]) for _, change in told} == {("harbour-times", comment)}
    assert (told[1][1]["before"], told[1][1]["state"]) == ("pending", "flagged")
    assert not any("text" in change for _, change in told)


async def test_the_stream_ends_with_the_session(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT", 0.05)
    client = await console.client("ana")
    async with client.http.get(f"{console.url}/api/events") as stream:
        assert await _next(stream) == ("beat", {})
        assert await _next(stream) == ("beat", {})
        await console.life.store.sessions.end_all("ana")
        async with asyncio.timeout(10):
            while await _next(stream) is not None:
                pass


async def test_asked_to_stop_it_ends_its_streams_and_goes(
    spawn: Spawn, make_config: ConfigFactory, life: Life
) -> None:
    await life.store.prepare()
    config = make_config()
    await life.store.users.create("ana", Role.MODERATOR, PASSWORD)
    console = await spawn("services.console", config)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        client = Client(http, console.url)
        assert (await client.login("ana")).status == 200
        metrics = (await client.get("/metrics")).body
        assert 'service="console"' in metrics
        async with http.get(f"{console.url}/api/events") as stream:
            assert await _next(stream) == ("beat", {})
            console.terminate()
            assert await _next(stream) is None
            assert await console.wait(10) == 0
    assert "Traceback" not in console.log
    assert PASSWORD not in console.log


async def test_nothing_is_missed_across_a_cut(console: Console) -> None:
    client, life = await console.client("ana"), console.life
    async with client.http.get(f"{console.url}/api/events") as stream:
        assert await _next(stream) == ("beat", {})
        first = await life.accept(to_harbour())
        other = await life.accept(new_comment(site="north-coast"))
        told = [await _event(stream) for _ in range(2)]
    # While nobody listens.
    await life.score_all(State.FLAGGED)
    second = await life.accept(to_harbour())
    # As a page that opens a new stream, and as a browser that goes on by itself.
    events_at = f"{console.url}/api/events"
    async with client.http.get(events_at, params={"since": told[1][0]}) as stream:
        assert [(await _event(stream))[1] for _ in range(4)] == ["change"] * 3 + ["beat"]
    async with client.http.get(events_at, headers={"Last-Event-ID": told[0][0]}) as stream:
        events = [await _event(stream) for _ in range(5)]
        third = await life.accept(to_harbour())
        events.append(await _event(stream))
    missed = [(data["id"], data["version"]) for _, kind, data in events if kind == "change"]
    assert [kind for _, kind, _ in events] == ["change"] * 4 + ["beat", "change"]
    assert missed[0] == (told[1][2]["id"], 1)
    assert set(missed[1:]) == {(first, 2), (other, 2), (second, 1), (third, 1)}


async def test_the_place_in_several_shards_is_one_id(
    redis: Redis, make_config: ConfigFactory
) -> None:
    life = Life(redis, make_config(shards=3))
    async with console_on(life) as console:
        client = await console.client("ana")
        sites = ["harbour-times", "gazette"]
        assert len({life.store.comments.shard(site).number for site in sites}) == 2
        async with client.http.get(f"{console.url}/api/events") as stream:
            place, _, _ = await _event(stream)
        assert len(place.split(",")) == 3
        made = [await life.accept(new_comment(site=site)) for site in sites * 2]
        told = []
        for _ in range(4):  # a cut after each change
            headers = {"Last-Event-ID": place}
            async with client.http.get(f"{console.url}/api/events", headers=headers) as stream:
                place, kind, data = await _event(stream)
                assert kind == "change"
                told.append(data["id"])
        assert sorted(told) == sorted(made)
        async with client.http.get(
            f"{console.url}/api/events", headers={"Last-Event-ID": place}
        ) as stream:
            assert (await _event(stream))[1] == "beat"
    await life.close()


async def test_more_than_is_kept_is_a_reset(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await console.client("ana")

    async def first_with(last: str) -> str:
        headers = {"Last-Event-ID": last}
        async with client.http.get(f"{console.url}/api/events", headers=headers) as stream:
            return (await _event(stream))[1]

    async with client.http.get(f"{console.url}/api/events") as stream:
        await _next(stream)
        await console.life.accept(to_harbour())
        place = (await _event(stream))[0]
    assert await first_with(place) == "beat"
    for nonsense in ("x", "1-0,2-0,3-0", "99999999999999-0"):
        assert await first_with(nonsense) == "reset"
    async with client.http.get(f"{console.url}/api/events") as stream:
        await _next(stream)
        for _ in range(3):
            await console.life.accept(to_harbour())
            await _event(stream)
    monkeypatch.setattr(feed, "REPLAYED", 2)
    assert await first_with(place) == "reset"
    monkeypatch.setattr(feed, "REPLAYED", 100)
    monkeypatch.setattr(feed, "KEPT", 1)
    assert await first_with(place) == "change"
    shard = console.life.store.comments.shard("harbour-times")
    await console.life.redis.xtrim(shard.feed, maxlen=1, approximate=False)
    assert await first_with(place) == "reset"


async def test_a_slow_watcher_misses_nothing(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEHIND", 2)
    client = await console.client("ana")
    async with client.http.get(f"{console.url}/api/events") as stream:
        await _next(stream)
        made = await asyncio.gather(*(console.life.accept(to_harbour()) for _ in range(40)))
        told = [(await _event(stream))[2]["id"] for _ in range(40)]
    assert sorted(told) == sorted(made)


async def test_leases_and_bulks_are_told(console: Console) -> None:
    ana, ben = await console.client("ana"), await console.client("ben")
    comment = await console.life.flagged(to_harbour())
    here = {"site": "harbour-times", "id": comment}
    path = f"/api/comments/harbour-times/{comment}/lease"
    async with ana.http.get(f"{console.url}/api/events") as stream:
        await _next(stream)
        await ben.post(path)
        assert await _next(stream) == ("lease", here | {"by": "ben", "viewers": ["ben"]})
        await ben.post(path)  # renewed: nothing new
        await ben.delete(path)
        assert await _next(stream) == ("lease", here | {"by": "", "viewers": []})
        bulk = (await ben.post("/api/bulk", {"site": "harbour-times"})).body["id"]
        await ben.post(f"/api/bulk/harbour-times/{bulk}/start", {"action": "approve"})
        told = []
        while ("bulk", "held") not in told:
            event = await _next(stream)
            assert event is not None
            told.append((event[0], event[1].get("state")))
    assert told[0] == ("bulk", "running")
    assert ("change", "approved") in told


async def _next(stream: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]] | None:
    """The next event as (kind, data); None at the end of the stream."""
    try:
        return (await _event(stream))[1:]
    except EOFError:
        return None


async def _event(stream: aiohttp.ClientResponse) -> tuple[str, str, dict[str, Any]]:
    """The next event as (id, kind, data); raises EOFError at the end of the stream."""
    place = kind = ""
    async with asyncio.timeout(10):
        async for raw in stream.content:
            name, _, value = raw.decode().strip().partition(": ")
            if name == "id":
                place = value
            elif name == "event":
                kind = value
            elif name == "data":
                return place, kind, json.loads(value)
    raise EOFError
