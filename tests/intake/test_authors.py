"""What a site hears when an author may not comment, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from moderato.domain.author import Ruling, Standing
from moderato.domain.comment import State
from services.intake.views import moment
from tests.intake.served import SITE, Api, a_comment

READER = "reader-7"


async def ruled(api: Api, standing: Standing, seconds: int | None = None, **why: str) -> Ruling:
    (record,) = await api.store.authors.records([(SITE, READER)])
    made = await api.store.authors.set_standing(
        SITE, READER, standing, version=record.rulings, by="ben", seconds=seconds, **why
    )
    assert isinstance(made, Ruling)
    return made


async def test_a_suspended_author_is_refused_until_when_and_why(api: Api) -> None:
    assert (await api.post_comment()).status == 202
    made = await ruled(
        *(api, Standing.SUSPENDED, 3_600), rule="insult", reason="Personal attack.", note="Again!"
    )
    assert made.until is not None
    size = await api.store.redis.dbsize()
    refused = await api.post_comment(
        a_comment(text="Another."), Idempotency_Key="k", Prefer="wait=5"
    )
    until = moment(made.until)
    assert refused.status == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json == {
        "type": "/docs#author-suspended",
        "title": "The author may not comment for a time",
        "status": 403,
        "detail": f"This author is suspended until {until}. Nothing was stored. Personal attack.",
        "request_id": refused.headers["X-Request-Id"],
        "until": until,
        "reason": "insult",
        "message": "Personal attack.",
    }
    assert b"Again!" not in refused.raw  # notes are for colleagues
    # Nothing was stored, and the key is free: once the suspension is lifted it stands for this one.
    assert await api.store.redis.dbsize() in {size, size + 1}  # the rate limit's bucket
    assert (await api.store.author_comments.counts(SITE, READER))[State.PENDING] == 1
    await ruled(api, Standing.NONE)
    again = await api.post_comment(a_comment(text="Another."), Idempotency_Key="k")
    assert (again.status, again.headers.get("Idempotency-Replayed")) == (202, None)


async def test_a_banned_author_is_refused_for_good_and_others_are_not(api: Api) -> None:
    sent: dict[str, Any] = {"Idempotency_Key": "k"}
    first = await api.post_comment(**sent)
    await ruled(api, Standing.BANNED, rule="spam", reason="Spam or advertising.")
    refused = await api.post_comment(a_comment(text="Another."))
    assert (refused.status, refused.json["type"]) == (403, "/docs#author-banned")
    assert "until" not in refused.json
    assert (refused.json["reason"], refused.json["message"]) == ("spam", "Spam or advertising.")
    other = a_comment(author={"id": "reader-8", "name": "Ada"})
    assert (await api.post_comment(other)).status == 202
    # What was accepted before the ban is answered as then: its answer may have been lost.
    again = await api.post_comment(**sent)
    assert (again.status, again.json["id"]) == (202, first.json["id"])


@pytest.mark.parametrize("standing", [Standing.NONE, Standing.TRUSTED, Standing.PREMODERATED])
async def test_every_other_author_may_post(api: Api, standing: Standing) -> None:
    await api.post_comment()
    await ruled(api, standing)
    assert (await api.post_comment(a_comment(text="Another."))).status == 202


async def test_the_reference_documents_it(api: Api) -> None:
    document = (await api.get("/openapi.json")).json
    refused = document["paths"]["/v1/comments"]["post"]["responses"]["403"]
    assert "may not comment for a time" in refused["description"]
    fields = document["components"]["schemas"]["ProblemDocument"]["properties"]
    assert {"until", "reason", "message"} <= set(fields)
