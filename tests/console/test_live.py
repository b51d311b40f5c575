"""The stream of changes, and the console as a process of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from moderato.store.users import Role
from services.console import live
from tests.conftest import ConfigFactory
from tests.console.conftest import to_harbour
from tests.console.served import PASSWORD, Client, Console
from tests.life import Life
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


async def _next(stream: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]] | None:
    """The next event as (kind, data); None at the end of the stream."""
    kind = ""
    async with asyncio.timeout(10):
        async for raw in stream.content:
            name, _, value = raw.decode().strip().partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                return kind, json.loads(value)
    return None
