"""The thread readers see, page by page, and articles that open and close."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderato.domain.comment import State
from tests.intake.served import Api, Serve, a_comment

THREAD = "/v1/articles/bridge/comments"


def ids(thread: Any) -> list[str]:
    return [comment["id"] for comment in thread["comments"]]


async def test_a_thread_begins_empty(api: Api) -> None:
    answer = await api.get("/v1/articles/never-seen/comments")
    assert (answer.status, answer.json) == (
        200,
        {
            "article": {
                "id": "never-seen",
                "url": "",
                "title": "",
                "mode": "open",
                "comments": 0,
            },
            "comments": [],
            "next_cursor": None,
            "last_event_id": "0-0",
        },
    )


async def test_only_what_is_released_is_shown(api: Api) -> None:
    comment = await api.released(
        created_at="2024-05-04T09:30:00Z", external_id="c-1", language="en", metadata={"a": "b"}
    )
    await api.post_comment(a_comment(text="still pending"))
    await api.post_comment(a_comment(text="rejected"))
    await api.backstage.decide(State.REJECTED)
    await api.backstage.publish()
    thread = (await api.get(THREAD)).json
    assert thread["article"]["comments"] == 1
    (shown,) = thread["comments"]
    assert shown.pop("released_at").endswith("Z")
    assert shown == {
        "id": comment,
        "external_id": "c-1",
        "parent": None,
        "author": {"id": "reader-7", "name": "Ada"},
        "text": "At last! I have missed the walk across.",
        "language": "en",
        "created_at": "2024-05-04T09:30:00.000Z",
        "replies": 0,
        "removed": False,
    }


async def test_replies_are_counted_and_found(api: Api) -> None:
    top = await api.released()
    other = await api.released(text="Another")
    reply = await api.released(text="A reply", parent=top)
    deeper = await api.released(text="A reply to it", parent=reply)

    everything = (await api.get(f"{THREAD}?sort=oldest")).json
    assert ids(everything) == [top, other, reply, deeper]
    assert [comment["replies"] for comment in everything["comments"]] == [1, 0, 1, 0]
    assert ids((await api.get(THREAD)).json) == [deeper, reply, other, top]
    assert ids((await api.get(f"{THREAD}?parent=top&sort=oldest")).json) == [top, other]
    assert ids((await api.get(f"{THREAD}?parent={top}")).json) == [reply]
    assert ids((await api.get(f"{THREAD}?parent={deeper}")).json) == []


async def test_a_retracted_comment_leaves_a_gap(start: Serve) -> None:
    api = await start(reports_to_flag=1)
    comment = await api.released(external_id="c-1")
    reply = await api.released(text="A reply", parent=comment)
    await api.post(f"/v1/comments/{comment}/reports", {"reporter": "a"})
    await api.backstage.publish()
    thread = (await api.get(f"{THREAD}?sort=oldest")).json
    assert ids(thread) == [comment, reply]
    assert thread["article"]["comments"] == 1
    gap = thread["comments"][0]
    assert (gap["removed"], gap["text"], gap["author"], gap["released_at"]) == (
        True,
        None,
        None,
        None,
    )
    assert gap["replies"] == 1


async def test_an_erased_comment_is_gone_at_once(api: Api) -> None:
    comment = await api.released()
    await api.request("DELETE", f"/v1/comments/{comment}")
    # Before the publisher has been there.
    answer = await api.get(THREAD)
    assert (answer.json["comments"][0]["removed"], answer.json["comments"][0]["author"]) == (
        True,
        None,
    )


async def test_a_thread_that_did_not_change_is_not_sent_again(api: Api) -> None:
    await api.released()
    first = await api.get(THREAD)
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')

    for known in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        same = await api.get(THREAD, If_None_Match=known)
        assert (same.status, same.raw) == (304, b"")
        assert same.headers["ETag"] == tag
        assert same.headers["Cache-Control"] == "private, no-cache"
    assert (await api.get(THREAD, If_None_Match='"other"')).status == 200
    assert (await api.get(THREAD, If_None_Match="nonsense, really")).status == 200
    # Another page of the same thread is another thing.
    assert (await api.get(f"{THREAD}?limit=1", If_None_Match=tag)).status == 200

    await api.released(text="Something new")
    changed = await api.get(THREAD, If_None_Match=tag)
    assert changed.status == 200
    await api.request("PUT", "/v1/articles/bridge", json={"mode": "closed"})
    assert (await api.get(THREAD, If_None_Match=changed.headers["ETag"])).status == 200


@pytest.mark.parametrize("method", ["HEAD"])
async def test_the_head_of_a_thread_can_be_asked_for(api: Api, method: str) -> None:
    answer = await api.request(method, THREAD)
    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["ETag"] == (await api.get(THREAD)).headers["ETag"]


async def pages(api: Api, query: str) -> list[str]:
    """The ids of a thread, read page by page to its end."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await api.get(f"{THREAD}?{query}{cursor}")
        assert answer.status == 200
        found += ids(answer.json)
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    minutes=st.lists(st.integers(0, 5), max_size=12),
    limit=st.integers(1, 5),
    newest_first=st.booleans(),
    retracted=st.sets(st.integers(0, 11), max_size=4),
)
def test_all_pages_together_are_the_thread(
    pager: Pager, minutes: list[int], limit: int, newest_first: bool, retracted: set[int]
) -> None:
    expected, found = pager(minutes, limit, newest_first, retracted)
    assert found == expected


class Pager:
    """Makes a thread and reads it by pages, on the loop that the API runs on."""

    def __init__(self, api: Api, loop: asyncio.AbstractEventLoop) -> None:
        self._api = api
        self._loop = loop

    def __call__(self, *args: Any) -> tuple[list[str], list[str]]:
        return asyncio.run_coroutine_threadsafe(self._run(*args), self._loop).result(30)
