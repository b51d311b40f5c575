"""Sending the same comment again stores it once."""

from __future__ import annotations

import asyncio

import pytest

from tests.intake.served import Api, a_comment


async def test_a_resend_gets_the_same_answer(api: Api) -> None:
    first = await api.post_comment(Idempotency_Key="k1")
    again = await api.post_comment(Idempotency_Key="k1")
    assert (again.status, again.json) == (202, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert (await api.store.work.backlog())["work"] == 1


async def test_a_bare_and_a_quoted_key_are_the_same(api: Api) -> None:
    bare = await api.post_comment(Idempotency_Key='a"b')
    quoted = await api.post_comment(Idempotency_Key='"a\\"b"')
    assert bare.json["id"] == quoted.json["id"]


async def test_the_body_is_compared_by_what_it_says(api: Api) -> None:
    first = await api.post_comment(
        a_comment(created_at="2024-05-04T11:30:00+02:00", metadata={}), Idempotency_Key="k"
    )
    turned = dict(reversed(a_comment(created_at="2024-05-04T09:30:00.000Z").items()))
    again = await api.post_comment({**turned, "language": None}, Idempotency_Key="k")
    assert (again.status, again.json["id"]) == (202, first.json["id"])


async def test_resends_at_the_same_time_store_one_comment(api: Api) -> None:
    answers = await asyncio.gather(*(api.post_comment(Idempotency_Key="storm") for _ in range(50)))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert (await api.store.work.backlog())["work"] == 1


async def test_a_key_with_another_body_is_refused(api: Api) -> None:
    first = await api.post_comment(Idempotency_Key="k1")
    other = await api.post_comment(a_comment(text="Something else"), Idempotency_Key="k1")
    comment = first.json["id"]
    assert (other.status, other.headers["Content-Type"]) == (422, "application/problem+json")
    assert other.json == {
        "type": "/docs#idempotency-key-reused",
        "title": "This Idempotency-Key came with another body before",
        "status": 422,
        "detail": f"This Idempotency-Key stands for comment {comment}, which says something "
        "else. Use a new key for each new comment.",
        "request_id": other.headers["X-Request-Id"],
        "comment": comment,
    }


async def test_without_a_key_each_is_a_new_comment(api: Api) -> None:
    assert (await api.post_comment()).json["id"] != (await api.post_comment()).json["id"]


async def test_an_external_id_is_used_once(api: Api) -> None:
    first = await api.post_comment(a_comment(external_id="c-1"), Idempotency_Key="k1")
    again = await api.post_comment(a_comment(external_id="c-1"), Idempotency_Key="k2")
    assert (again.status, again.json) == (202, first.json)
    other = await api.post_comment(a_comment(external_id="c-1", text="Else"))
    assert (other.status, other.json["type"]) == (409, "/docs#external-id-taken")
    assert other.json["comment"] == first.json["id"]
    assert "'c-1' belongs to comment" in other.json["detail"]


@pytest.mark.parametrize("key", ["", "   ", "a b", '"open', "k" * 256, "käse", '""'])
async def test_a_key_that_cannot_be_one_is_refused(api: Api, key: str) -> None:
    answer = await api.post_comment(Idempotency_Key=key)
    assert (answer.status, answer.json["type"]) == (400, "/docs#malformed-request")
    assert answer.json["errors"] == [
        {
            "part": "header",
            "field": "Idempotency-Key",
            "what": "The Idempotency-Key cannot be used.",
            "fix": "Send one key of 1 to 255 printable ASCII characters, such as a UUID.",
        }
    ]
