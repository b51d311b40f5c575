"""Whose request it is, and that no site ever sees another's comments."""

from __future__ import annotations

from typing import Any

import pytest

from moderato.store.connection import connect
from moderato.store.store import Store
from services.intake.auth import REMEMBER, Keys
from services.intake.operations import OPERATIONS
from tests.conftest import ConfigFactory
from tests.intake.served import SITE, Api, a_comment


def path_of(operation: Any) -> str:
    return str(operation.path).replace("{id}", "0" * 32)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        (None, 'Bearer realm="moderato"'),
        ("Basic bW9kOm1vZA==", 'Bearer realm="moderato"'),
        ("Bearer", 'Bearer realm="moderato"'),
        ("Bearer mod_nobody", 'Bearer realm="moderato", error="invalid_token"'),
        ("bearer mod_k\xe4se", 'Bearer realm="moderato", error="invalid_token"'),
    ],
)
async def test_every_operation_needs_a_key(
    api: Api, operation: Any, authorization: str | None, challenge: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with api.http.request(
        operation.method, f"{api.url}{path_of(operation)}", headers=headers
    ) as answer:
        body = await answer.json(content_type="application/problem+json")
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == challenge
        assert body["type"] == "/docs#unauthorized"


async def test_the_scheme_may_be_written_in_any_case(api: Api) -> None:
    answer = await api.get("/v1/articles/x", Authorization=f"bEARER  {api.key}")
    assert answer.status == 200


async def test_a_site_sees_nothing_of_another(api: Api) -> None:
    comment = await api.released(external_id="c-1")
    theirs = {"Authorization": f"Bearer {await api.store.sites.create('herald', 'Herald')}"}

    for method, path, body in (
        ("GET", f"/v1/comments/{comment}", None),
        ("DELETE", f"/v1/comments/{comment}", None),
        ("POST", f"/v1/comments/{comment}/reports", {"reporter": "a"}),
    ):
        answer = await api.request(method, path, json=body, headers=theirs)
        assert answer.status == 404
        assert SITE not in answer.raw.decode()

    thread = (await api.get("/v1/articles/bridge/comments", **theirs)).json
    assert (thread["comments"], thread["article"]["title"]) == ([], "")
    reply = await api.post_comment(a_comment(parent=comment), **theirs)
    assert "there is no such comment" in reply.json["detail"]
    await api.request("PUT", "/v1/articles/bridge", json={"mode": "closed"}, headers=theirs)
    assert (await api.get("/v1/articles/bridge")).json["mode"] == "open"
    assert (await api.get(f"/v1/comments/{comment}")).json["state"] == "approved"


async def test_keys_and_ids_are_a_sites_own(api: Api) -> None:
    theirs = f"Bearer {await api.store.sites.create('herald', 'Herald')}"
    mine = await api.post_comment(a_comment(external_id="c-1"), Idempotency_Key="k")
    other = await api.post_comment(
        a_comment(external_id="c-1", text="Else"), Idempotency_Key="k", Authorization=theirs
    )
    assert (mine.status, other.status) == (202, 202)
    assert mine.json["id"] != other.json["id"]


async def test_a_rotated_key_is_forgotten_after_seconds(make_config: ConfigFactory) -> None:
    redis = connect(make_config())
    store = Store(redis, make_config())
    now = 100.0
    keys = Keys(store.sites, clock=lambda: now)
    try:
        old = await store.sites.create(SITE, "The Gazette")
        assert await keys.site(old) == SITE
        new = await store.sites.rotate_key(SITE)
        assert await keys.site(new) == SITE
        now += REMEMBER
        assert await keys.site(old) is None
        assert await keys.site(new) == SITE
    finally:
        await redis.aclose()
