"""An article's thread, live."""

from __future__ import annotations

import asyncio

import pytest

from services.intake import stream
from tests.intake.events import Event, listening
from tests.intake.faults import MortalRedis
from tests.intake.served import SITE, Api, Serve, a_comment


async def erase(api: Api, comment: str) -> None:
    await api.request("DELETE", f"/v1/comments/{comment}")
    await api.backstage.publish()


async def test_releases_and_retractions_arrive_as_they_happen(api: Api) -> None:
    async with listening(api) as events:
        headers = events.response.headers
        assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["Cache-Control"] == "no-store"
        assert await events.next() == Event("ready", "0-0", {})

        comment = await api.released()
        released = await events.next()
        thread = (await api.get("/v1/articles/bridge/comments")).json
        assert released == Event("released", thread["last_event_id"], thread["comments"][0])

        await erase(api, comment)
        retracted = await events.next()
        thread = (await api.get("/v1/articles/bridge/comments")).json
        assert retracted == Event("retracted", thread["last_event_id"], thread["comments"][0])
        assert retracted.data["removed"]


async def test_an_article_hears_nothing_of_others(api: Api) -> None:
    async with listening(api, "other") as events:
        await events.next()
        await api.released()
        article = {"id": "other", "url": "https://news.example/other"}
        comment = await api.released(article=article)
        assert (await events.next()).data["id"] == comment


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_reader_who_comes_back_misses_nothing(api: Api, how: str) -> None:
    async with listening(api) as events:
        await events.next()
        await api.released(text="first")
        seen = (await events.next()).id
    missed = [await api.released(text=text) for text in ("second", "third")]
    query = f"?last_event_id={seen}" if how == "query" else ""
    headers = {"Last_Event_ID": seen} if how == "header" else {}
    async with listening(api, query=query, **headers) as events:
        assert await events.next() == Event("ready", seen, {})
        got = [await events.next() for _ in missed]
        assert [event.data["id"] for event in got] == missed
        again = await api.released(text="fourth")
        assert (await events.next()).data["id"] == again


async def test_a_thread_says_where_its_events_go_on(api: Api) -> None:
    await api.released(text="first")
    thread = (await api.get("/v1/articles/bridge/comments")).json
    second = await api.released(text="second")
    async with listening(api, query=f"?last_event_id={thread['last_event_id']}") as events:
        await events.next()
        assert (await events.next()).data["id"] == second


async def test_a_release_that_was_taken_back_is_not_shown(api: Api) -> None:
    comment = await api.released()
    await erase(api, comment)
    async with listening(api, query="?last_event_id=0-0") as events:
        await events.next()
        skipped = await events.next()
        assert (skipped.kind, skipped.data) == ("", None)
        assert (await events.next()).kind == "retracted"


@pytest.mark.parametrize("seen", ["0-0", "1-1"])
async def test_a_reader_too_far_behind_is_told_to_load_anew(api: Api, seen: str) -> None:
    for number in range(3):
        await api.released(text=f"Comment {number}")
    shard = api.store.shards[0]
    await api.store.redis.xtrim(shard.live(SITE, "bridge"), maxlen=1, approximate=False)
    thread = (await api.get("/v1/articles/bridge/comments")).json
    async with listening(api, Last_Event_ID=seen) as events:
        assert await events.next() == Event("reset", thread["last_event_id"], {})
        new = await api.released(text="new")
        assert (await events.next()).data["id"] == new


@pytest.mark.parametrize("seen", ["9999999999999-0", "nonsense", "99999999999999999999-0"])
async def test_an_id_of_nowhere_is_told_to_load_anew(api: Api, seen: str) -> None:
    await api.released()
    async with listening(api, Last_Event_ID=seen) as events:
        assert (await events.next()).kind == "reset"


async def test_a_long_absence_is_made_up_for(api: Api) -> None:
    answers = await asyncio.gather(
        *(api.post_comment(a_comment(text=f"Comment {n}")) for n in range(250))
    )
    await api.backstage.decide()
    await api.backstage.publish()
    async with listening(api, query="?last_event_id=0-0") as events:
        await events.next()
        got = [(await events.next()).data["id"] for _ in answers]
    assert sorted(got) == sorted(answer.json["id"] for answer in answers)


async def test_a_quiet_stream_shows_that_it_lives(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.01)
    async with listening(api) as events:
        await events.next()
        assert (await events.next()).kind == ":"


async def test_shutting_down_ends_the_streams(api: Api) -> None:
    async with listening(api) as events:
        await events.next()
        await api.app.shutdown()
        assert b"event:" not in await events.end()


async def test_a_reader_who_leaves_is_forgotten(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.01)
    monkeypatch.setattr(stream, "MOST", 1)
    async with listening(api) as events:
        await events.next()
    status = 503
    async with asyncio.timeout(5):
        while status == 503:
            address = f"{api.url}/v1/articles/bridge/events"
            async with api.http.get(address, headers=api.headers()) as response:
                status = response.status
    assert status == 200
    assert not [record for record in caplog.records if record.exc_info]


async def test_too_many_streams_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST", 1)
    async with listening(api) as events:
        await events.next()
        answer = await api.get("/v1/articles/bridge/events")
        assert (answer.status, answer.json["type"]) == (503, "/docs#unavailable")
        assert "keeps 1 streams open" in answer.json["detail"]


@pytest.mark.parametrize("query", ["last_event_id=nonsense", "last_event_id=1-1&x=y"])
async def test_a_query_that_makes_no_sense_is_refused(api: Api, query: str) -> None:
    answer = await api.get(f"/v1/articles/bridge/events?{query}")
    assert (answer.status, answer.json["type"]) == (422, "/docs#invalid-request")


async def test_a_stream_survives_an_outage(
    start: Serve, mortal: MortalRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    api = await start(redis_url=mortal.url)
    async with listening(api) as events:
        await events.next()
        await mortal.kill()
        assert (await events.next()).kind == ":"
        await mortal.start()
        comment = await api.released()
        while (event := await events.next()).kind == ":":
            pass
        assert event.data["id"] == comment
