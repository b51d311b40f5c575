"""``Prefer: wait``: the answer that has the decision in it."""

from __future__ import annotations

import asyncio

import pytest

from moderato.domain.comment import State
from moderato.store.feed import site_topic
from tests.intake.served import SITE, Api, Serve


async def decide_when_it_arrives(api: Api, state: State) -> None:
    while not await api.backstage.decide(state, lane="quick", block_ms=1_000):
        pass


@pytest.mark.parametrize("prefer", ["wait=10", 'respond-async, WAIT="10"; x=1'])
@pytest.mark.parametrize("state", [State.APPROVED, State.FLAGGED, State.REJECTED])
async def test_the_decision_comes_with_the_answer(api: Api, prefer: str, state: State) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(decide_when_it_arrives(api, state))
        posted = group.create_task(api.post_comment(Prefer=prefer, Idempotency_Key="k"))
    answer = posted.result()
    assert answer.status == 200
    assert answer.headers["Preference-Applied"] == "wait"
    assert answer.json["state"] == state.value
    assert answer.json["decision"]["reason"] == "Because the test says so."
    comment = answer.json["id"]
    assert answer.headers["Location"] == f"/v1/comments/{comment}"
    assert answer.json == (await api.get(f"/v1/comments/{comment}")).json

    again = await api.post_comment(Prefer="wait=10", Idempotency_Key="k")
    assert (again.status, again.json) == (200, answer.json)
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_without_a_decision_in_time_it_is_accepted(start: Serve) -> None:
    api = await start(max_wait=0.05)
    answer = await api.post_comment(Prefer="wait=3600")
    assert (answer.status, answer.json["state"]) == (202, "pending")
    assert "Preference-Applied" not in answer.headers
    assert (await api.store.work.backlog())["quick"] == 1


@pytest.mark.parametrize("prefer", ["wait", "wait=0", "wait=soon", "wait=-1", "waiting=5", ";=,"])
async def test_a_preference_without_sense_is_ignored(api: Api, prefer: str) -> None:
    answer = await api.post_comment(Prefer=prefer)
    assert answer.status == 202
    assert (await api.store.work.backlog())["work"] == 1


async def test_shutting_down_ends_the_wait(api: Api) -> None:
    with api.feed.watch(site_topic(SITE)) as bell:
        posted = asyncio.create_task(api.post_comment(Prefer="wait=20"))
        async with asyncio.timeout(5):
            assert (await bell.get()).kind == "receive"
            await api.app.shutdown()
            answer = await posted
    assert answer.status == 202
