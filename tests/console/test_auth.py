"""Who gets in, who stays out, and what another site's page can do: nothing."""

from __future__ import annotations

import pytest

from moderato.store.sessions import ATTEMPTS
from services.console.security import SAFE
from tests.conftest import ConfigFactory
from tests.console.conftest import to_harbour
from tests.console.served import PASSWORD, PEOPLE, Console, console_on
from tests.life import Life

#: Every endpoint under /api but the login, with a body that would do.
ENDPOINTS = [
    ("GET", "/api/me", None),
    ("GET", "/api/queue", None),
    ("GET", "/api/reasons", None),
    ("GET", "/api/events", None),
    ("GET", "/api/comments/harbour-times/nothing", None),
    ("POST", "/api/comments/harbour-times/nothing/decision", {"action": "approve", "version": 1}),
    ("POST", "/api/comments/harbour-times/nothing/undo", {"version": 1}),
    ("POST", "/api/logout", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
async def test_nobody_gets_in_without_a_session(
    console: Console, method: str, path: str, body: object
) -> None:
    client = await console.client()
    answer = await (client.get(path) if method in SAFE else client.post(path, body))
    assert answer.status == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "body"), [end for end in ENDPOINTS if end[0] not in SAFE]
)
@pytest.mark.parametrize("token", [None, "", "wrong"])
async def test_a_change_without_the_csrf_token_is_refused(
    console: Console, method: str, path: str, body: object, token: str | None
) -> None:
    client = await console.client("ana")
    client.csrf = "" if token is None else token
    assert (await client.post(path, body)).status == 403
    assert (await client.get("/api/me")).status == 200


async def test_another_sessions_csrf_token_is_refused(console: Console) -> None:
    ana, ben = await console.client("ana"), await console.client("ben")
    ana.csrf = ben.csrf
    assert (await ana.post("/api/logout")).status == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [*(end for end in ENDPOINTS if end[0] not in SAFE), ("POST", "/api/login", {})],
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_another_sites_page_is_refused(
    console: Console, method: str, path: str, body: object, origin: str
) -> None:
    client = await console.client("ana")
    answer = await client.post(path, body, headers={"Origin": origin})
    assert answer.status == 403
    assert origin in answer.body["detail"]


async def test_the_consoles_own_page_is_not(console: Console) -> None:
    client = await console.client("ana")
    assert (await client.post("/api/logout", headers={"Origin": console.url})).status == 204


@pytest.mark.parametrize("name", PEOPLE)
async def test_every_role_logs_in_and_decides(console: Console, name: str) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client(name)
    me = (await client.get("/api/me")).body
    assert (me["name"], me["role"]) == (name, PEOPLE[name].value)
    assert [site["id"] for site in me["sites"]] == ["harbour-times", "north-coast"]
    assert (await client.decide(comment)).status == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(console: Console) -> None:
    client = await console.client()
    cookie = (await client.login("ana")).headers["Set-Cookie"]
    assert cookie.startswith("moderato=")
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
        assert attribute in cookie
    assert "Secure" not in cookie


async def test_behind_https_the_cookie_is_bound_to_the_host(
    redis_url: str, life: Life, make_config: ConfigFactory
) -> None:
    life.config = make_config(secure_cookies=True)
    async with console_on(life) as console:
        client = await console.client()
        cookie = (await client.login("ana")).headers["Set-Cookie"]
    assert cookie.startswith("__Host-moderato=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_a_planted_session_is_not_the_one_that_gets_in(console: Console) -> None:
    """Session fixation: whoever planted a cookie must not share the session made at login."""
    client = await console.client()
    client.plant("planted")
    await client.login("ana")
    assert client.cookie != "planted"
    thief = await console.client()
    thief.plant("planted")
    assert (await thief.get("/api/me")).status == 401


async def test_a_login_rotates_the_session_and_ends_the_old_one(console: Console) -> None:
    client = await console.client("ana")
    old, old_csrf = client.cookie, client.csrf
    await client.login("ana")
    assert client.cookie != old
    assert client.csrf != old_csrf
    thief = await console.client()
    thief.plant(old)
    assert (await thief.get("/api/me")).status == 401


async def test_logging_out_ends_the_session_on_the_server(console: Console) -> None:
    client = await console.client("ana")
    token = client.cookie
    assert (await client.post("/api/logout")).status == 204
    assert not list(client.http.cookie_jar)
    client.plant(token)
    assert (await client.get("/api/me")).status == 401


async def test_a_removed_account_is_out_at_once(console: Console) -> None:
    client = await console.client("ben")
    await console.life.store.users.remove("ben")
    assert (await client.get("/api/queue")).status == 401


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(console: Console) -> None:
    client = await console.client()
    wrong = await client.login("ana", "wrong password")
    unknown = await client.login("nobody", "wrong password")
    assert wrong.status == unknown.status == 401
    assert wrong.body == unknown.body
    assert "Set-Cookie" not in wrong.headers


async def test_attempts_to_log_in_are_limited_and_the_right_one_clears_them(
    console: Console,
) -> None:
    client = await console.client()
    for _ in range(ATTEMPTS - 1):
        assert (await client.login("ana", "wrong password")).status == 401
    assert (await client.login("ana")).status == 200
    for _ in range(ATTEMPTS):
        assert (await client.login("ana", "wrong password")).status == 401
    refused = await client.login("ana", PASSWORD)
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "15 min" in refused.body["detail"]
    assert (await client.login("ben")).status == 200


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"name": "ana"}, 422, "#/password"),
        ({"name": "", "password": "x"}, 422, "#/name"),
        ({"name": "ana", "password": "x", "admin": True}, 422, "#/admin"),
        ([], 422, "#"),
    ],
)
async def test_a_malformed_login_is_told_what_is_wrong(
    console: Console, body: object, status: int, pointer: str
) -> None:
    client = await console.client()
    answer = await client.post("/api/login", body)
    assert answer.status == status
    assert answer.body["errors"][0]["pointer"] == pointer


async def test_bodies_that_are_no_json(console: Console) -> None:
    client = await console.client()
    post = client.http.post
    async with post(f"{console.url}/api/login", data=b"name=ana") as answer:
        assert answer.status == 415
    json = {"Content-Type": "application/json"}
    async with post(f"{console.url}/api/login", data=b"{", headers=json) as answer:
        assert answer.status == 400
    async with post(f"{console.url}/api/login", data=b'"' * 20_000, headers=json) as answer:
        assert answer.status == 413


async def test_every_answer_carries_the_headers(console: Console) -> None:
    client = await console.client()
    for path in ("/", "/login", "/static/desk.js", "/api/me", "/nothing", "/healthz"):
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


async def test_nothing_but_the_pages_files_is_served(console: Console) -> None:
    client = await console.client()
    for path in ("/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.js"):
        answer = await client.get(path)
        assert answer.status in {403, 404}, path
        assert "make_app" not in answer.body
