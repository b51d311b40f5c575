"""Posting a comment and reading how it stands."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from moderato.domain.comment import State
from tests.intake.served import Api, Serve, a_comment


async def test_a_comment_is_accepted_and_can_be_read(api: Api) -> None:
    posted = await api.post_comment(
        a_comment(
            language="en",
            created_at="2024-05-04T11:30:00.5+02:00",
            external_id="c-1",
            metadata={"section": "local"},
        )
    )
    assert posted.status == 202
    comment = posted.json["id"]
    assert re.fullmatch("[0-9a-f]{32}", comment)
    assert posted.json == {
        "id": comment,
        "state": "pending",
        "links": {"self": f"/v1/comments/{comment}", "thread": "/v1/articles/bridge/comments"},
    }
    assert posted.headers["Location"] == f"/v1/comments/{comment}"
    assert "Idempotency-Replayed" not in posted.headers

    read = await api.get(posted.headers["Location"])
    assert read.status == 200
    received = read.json.pop("received_at")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", received)
    (step,) = read.json.pop("history")
    assert (step["step"], step["actor"], step["at"]) == ("receive", "site", received)
    assert read.json == {
        "id": comment,
        "external_id": "c-1",
        "state": "pending",
        "version": 1,
        "article": {
            "id": "bridge",
            "url": "https://news.example/bridge",
            "title": "The bridge",
            "mode": "open",
            "mode_until": None,
            "comments": 0,
        },
        "author": {"id": "reader-7", "name": "Ada"},
        "text": "At last! I have missed the walk across.",
        "parent": None,
        "depth": 0,
        "language": "en",
        "metadata": {"section": "local"},
        "created_at": "2024-05-04T09:30:00.500Z",
        "released_at": None,
        "decision": None,
        "scores": None,
        "reports": 0,
        "links": posted.json["links"],
    }


async def test_a_decided_comment_tells_why(api: Api) -> None:
    comment = (await api.post_comment()).json["id"]
    await api.backstage.decide(State.FLAGGED)
    read = (await api.get(f"/v1/comments/{comment}")).json
    assert read["state"] == "flagged"
    at = read["decision"].pop("at")
    assert read["decision"] == {
        "state": "flagged",
        "reason": "Because the test says so.",
        "rule": "test-rule",
        "evidence": {"toxicity": "0.12"},
        "actor": "policy",
        "by": "default",
        "policy_version": "p1",
        "message": "Please be kinder.",
    }
    assert read["scores"] == {
        "values": {"toxicity": 0.12},
        "model": "compact",
        "model_version": "1.0",
        "language": "en",
        "language_known": True,
        "folded_gain": 0.0,
        "spans": [{"begin": 0, "end": 2}, {"begin": 5, "end": 9}],
    }
    assert [step["step"] for step in read["history"]] == ["receive", "decide"]
    last = read["history"][-1]
    assert (last["before"], last["state"], last["at"]) == ("pending", "flagged", at)
    assert (last["model"], last["model_version"]) == ("compact", "1.0")


async def test_a_released_comment_says_since_when(api: Api) -> None:
    comment = await api.released()
    read = (await api.get(f"/v1/comments/{comment}")).json
    assert read["released_at"] >= read["received_at"]
    assert read["article"]["comments"] == 1


async def test_a_reply_stands_below_its_parent(api: Api) -> None:
    parent = (await api.post_comment()).json["id"]
    reply = (await api.post_comment(a_comment(parent=parent))).json["id"]
    read = (await api.get(f"/v1/comments/{reply}")).json
    assert (read["parent"], read["depth"]) == (parent, 1)


async def test_a_parent_must_exist_under_the_same_article(start: Serve) -> None:
    api = await start(max_depth=1)
    top = (await api.post_comment()).json["id"]
    reply = (await api.post_comment(a_comment(parent=top))).json["id"]
    elsewhere = {"id": "other", "url": "https://news.example/other"}

    async def error(**fields: Any) -> dict[str, str]:
        answer = await api.post_comment(a_comment(**fields))
        assert answer.status == 422
        (only,) = answer.json["errors"]
        assert isinstance(only, dict)
        return only

    nobody = "0" * 32
    assert await error(parent=nobody) == {
        "part": "body",
        "field": "/parent",
        "what": f"`parent` is {nobody}, and there is no such comment.",
        "fix": "Send the `id` that Moderato gave to the comment it replies to.",
    }
    assert "under another article" in (await error(parent=top, article=elsewhere))["what"]
    assert "1 replies deep" in (await error(parent=reply))["what"]


async def test_erasing_leaves_the_skeleton(api: Api) -> None:
    comment = (await api.post_comment(a_comment(metadata={"ip": "198.51.100.7"}))).json["id"]
    for _ in range(2):
        erased = await api.request("DELETE", f"/v1/comments/{comment}")
        assert (erased.status, erased.raw) == (204, b"")
    read = (await api.get(f"/v1/comments/{comment}")).json
    assert (read["state"], read["text"], read["author"], read["metadata"]) == (
        "erased",
        None,
        None,
        {},
    )
    assert read["decision"]["reason"] == "The site erased this comment."
    assert "missed the walk" not in (await api.get(f"/v1/comments/{comment}")).raw.decode()


async def test_reports_send_a_released_comment_back(start: Serve) -> None:
    api = await start(reports_to_flag=2)
    comment = await api.released()
    path = f"/v1/comments/{comment}/reports"
    for reporter, reports, state in (
        ("a", 1, "approved"),
        ("a", 1, "approved"),
        ("b", 2, "flagged"),
    ):
        answer = await api.post(path, {"reporter": reporter})
        assert (answer.status, answer.json) == (202, {"reports": reports, "state": state})


async def test_an_erased_comment_cannot_be_reported(api: Api) -> None:
    comment = (await api.post_comment()).json["id"]
    await api.request("DELETE", f"/v1/comments/{comment}")
    answer = await api.post(f"/v1/comments/{comment}/reports", {"reporter": "a"})
    assert (answer.status, answer.json["type"]) == (404, "/docs#not-found")
    assert "erased" in answer.json["detail"]


@pytest.mark.parametrize("comment", ["0" * 32, "nonsense", "%00", "a%2Fb", "0" * 5_000])
async def test_an_unknown_comment_is_not_found(api: Api, comment: str) -> None:
    for method, path, body in (
        ("GET", f"/v1/comments/{comment}", None),
        ("DELETE", f"/v1/comments/{comment}", None),
        ("POST", f"/v1/comments/{comment}/reports", {"reporter": "a"}),
    ):
        answer = await api.request(method, path, json=body)
        assert (answer.status, answer.json["type"]) == (404, "/docs#not-found")


async def test_many_at_once_are_all_taken(start: Serve) -> None:
    api = await start(redis_timeout=30.0)  # a busy machine's disk may be slow
    answers = await asyncio.gather(
        *(api.post_comment(a_comment(text=f"Comment {n}")) for n in range(300))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 300
    assert (await api.store.work.backlog())["work"] == 300
