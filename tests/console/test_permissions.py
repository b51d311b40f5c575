"""Who may call what: the table, and what the guard makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aiohttp import web

from moderato.store.feed import Feed
from moderato.store.users import Role
from services.console import permissions
from services.console.app import make_app
from services.console.permissions import PERMISSIONS, Route
from tests.console.served import PEOPLE, Client, Console
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
        ("POST", "/api/login"),
        ("POST", "/api/invitation/look"),
        ("POST", "/api/invitation/accept"),
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


# -- every route against every role -------------------------------------------------------------

#: What stands for the parts of a path: names that nothing has, so that nothing comes of it.
_PARTS = {"site": "harbour-times", "id": "nothing", "name": "nobody", "webhook": "nothing"}
#: Written by hand, apart from the table: the beginnings of what a role must not be able to do.
_CLOSED = {
    "ben": ("/api/people", "/api/sites", "/api/reasons/", "/api/dead-letters"),
    "ana": ("/api/people", "/api/sites"),
    "cleo": (),
}
_ROUTES = sorted(PERMISSIONS)
_CHANGES = [route for route in _ROUTES if route[0] != "GET"]


def _path(route: Route) -> str:
    return re.sub(r"\{(\w+)\}", lambda part: _PARTS.get(part[1], "nothing"), route[1])


async def _ask(client: Client, route: Route, **options: Any) -> int:
    """The status. The body is {}: a wrong one, so that what is let through does nothing."""
    method, path = route[0], _path(route)
    headers = {"X-CSRF-Token": client.csrf, **options.pop("headers", {})}
    json: dict[str, str] | None = None if method == "GET" else {}
    url = client.url + path
    async with client.http.request(method, url, headers=headers, json=json, **options) as answer:
        return answer.status


async def test_nobody_gets_in_anywhere(console: Console) -> None:
    client = await console.client()
    statuses = {route: await _ask(client, route) for route in _ROUTES}
    let_in = {route for route, status in statuses.items() if status != 401}
    assert let_in == {
        ("POST", "/api/login"),
        ("POST", "/api/invitation/look"),
        ("POST", "/api/invitation/accept"),
    }


@pytest.mark.parametrize("name", PEOPLE)
async def test_every_role_gets_in_where_it_may_and_nowhere_else(
    console: Console, name: str
) -> None:
    for route in _ROUTES:
        client = await console.client(name)  # some routes end the session
        status = await _ask(client, route)
        closed = route[1].startswith(_CLOSED[name]) if _CLOSED[name] else False
        assert (status == 403) == closed, (route, status)
        assert status != 401, route
        least = PERMISSIONS[route]
        assert closed == (least != "anybody" and not PEOPLE[name].covers(least)), route


async def test_the_hand_written_list_is_about_routes_that_exist() -> None:
    for beginnings in _CLOSED.values():
        for beginning in beginnings:
            assert any(path.startswith(beginning) for _, path in _ROUTES)


@pytest.mark.parametrize("token", ["", "wrong", None])
async def test_no_change_passes_without_the_sessions_csrf_token(
    console: Console, token: str | None
) -> None:
    client, other = await console.client("cleo"), await console.client("cleo")
    given = other.csrf if token is None else token  # another session's, of the same person
    for route in _CHANGES:
        if PERMISSIONS[route] != "anybody":
            assert await _ask(client, route, headers={"X-CSRF-Token": given}) == 403, route
    assert (await client.get("/api/me")).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_change_passes_for_another_sites_page(console: Console, origin: str) -> None:
    client = await console.client("cleo")
    for route in _CHANGES:
        assert await _ask(client, route, headers={"Origin": origin}) == 403, route


async def test_no_answer_may_be_read_or_kept_by_another_site(console: Console) -> None:
    """No CORS header ever, the session's cookie stays home, and nothing is embedded or cached."""
    client = await console.client("cleo")
    headers = {"Origin": "https://evil.example"}
    for _, path in (route for route in _ROUTES if route[0] == "GET"):
        url = client.url + _path(("GET", path))
        async with client.http.get(url, headers=headers) as answer:
            assert not [name for name in answer.headers if name.startswith("Access-Control")]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for route in _ROUTES:
        async with client.http.options(client.url + _path(route), headers=headers) as answer:
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("role", Role)
def test_each_role_covers_those_before_it(role: Role) -> None:
    assert [other for other in Role if role.covers(other)] == list(Role)[
        : list(Role).index(role) + 1
    ]
