"""Who may call what: the table, and what the guard makes of it."""

from __future__ import annotations

import pytest
from aiohttp import web

from moderato.store.feed import Feed
from moderato.store.users import Role
from services.console import permissions
from services.console.app import make_app
from services.console.permissions import PERMISSIONS, Route
from tests.console.served import Console
from tests.life import Life


def routes(app: web.Application) -> set[Route]:
    """Every route under /api of the application as it runs."""
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
        and route.resource.canonical.startswith("/api/")
        and route.method != "HEAD"
    }


async def test_every_route_is_in_the_table_and_no_other(life: Life) -> None:
    app = make_app(life.store, Feed(life.redis, []), life.config)
    assert routes(app) == set(PERMISSIONS)


async def test_only_these_need_no_session() -> None:
    assert {route for route, least in PERMISSIONS.items() if least == "anybody"} == {
        ("POST", "/api/login")
    }


async def test_a_route_that_is_not_in_the_table_lets_nobody_in(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await console.client("cleo")
    assert (await client.get("/api/reasons")).status == 200
    monkeypatch.delitem(permissions.PERMISSIONS, ("GET", "/api/reasons"))
    assert (await client.get("/api/reasons")).status == 403


async def test_a_role_that_does_not_reach_is_told_which_does(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(permissions.PERMISSIONS, ("GET", "/api/reasons"), Role.EDITOR)
    refused = await (await console.client("ben")).get("/api/reasons")
    assert refused.status == 403
    assert refused.body["type"] == "urn:moderato:problem:forbidden"
    assert "needs the role editor; yours is moderator" in refused.body["detail"]
    for name in ("ana", "cleo"):
        assert (await (await console.client(name)).get("/api/reasons")).status == 200


async def test_what_does_not_exist_is_not_found_and_not_forbidden(console: Console) -> None:
    client = await console.client("ben")
    assert (await client.get("/api/nothing")).status == 404
    assert (await client.post("/api/me")).status == 405
    assert (await (await console.client()).get("/api/nothing")).status == 401


@pytest.mark.parametrize("role", Role)
def test_each_role_covers_those_before_it(role: Role) -> None:
    assert [other for other in Role if role.covers(other)] == list(Role)[
        : list(Role).index(role) + 1
    ]
