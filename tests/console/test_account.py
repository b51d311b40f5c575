"""A person's own account: password, second factor, sessions; and logging in with a code."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace

import pyotp
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import expect
from redis.asyncio import Redis

from moderato.store import keys, second_factor
from moderato.store.audit import Filter
from moderato.store.sessions import CODE_ATTEMPTS
from tests.console.browser import Desks
from tests.console.served import PASSWORD, Answer, Client, Console
from tests.life import Life

#: That of RFC 6238.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NEW = "three other words here"


def code_now(secret: str, steps: int = 0) -> str:
    """What the app shows, ``steps`` half minutes from now."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


async def enrol(client: Client) -> tuple[str, list[str]]:
    """Turns the second factor of the client's account on: the secret and the recovery codes.

    That uses the current code up: ``code_now(secret, 1)`` is good after it.
    """
    begun = await client.post("/api/account/second-factor/begin", {"password": PASSWORD})
    secret = begun.body["secret"]
    done = await client.post("/api/account/second-factor/confirm", {"code": code_now(secret)})
    assert done.status == 200, done.body
    client.csrf = done.body["csrf"]
    return secret, done.body["recovery_codes"]


async def login(console: Console, code: str = "", name: str = "ben") -> Answer:
    client = await console.client()
    return await client.post("/api/login", {"name": name, "password": PASSWORD, "code": code})


async def at_the_ready(life: Life) -> None:
    """Has connections open, so that what is asked at once arrives at once."""
    await asyncio.gather(*(life.redis.ping() for _ in range(16)))


async def actions(life: Life) -> list[str]:
    return [line.action for line in (await life.store.audit.find(Filter(), limit=100)).lines]


# -- the codes ----------------------------------------------------------------------------------


@given(
    now=st.integers(60, 2**40),
    off=st.integers(-5, 5),
    used=st.integers(0, 2**36),
)
def test_a_code_is_good_next_to_its_step_and_only_after_the_last_used(
    now: int, off: int, used: int
) -> None:
    step = now // 30 + off
    if step < 0:
        return
    code = pyotp.TOTP(SECRET).generate_otp(step)
    found = second_factor.step_of(SECRET, code, now, used)
    if abs(off) <= 1 and step > used:
        assert found is not None
    if found is not None:  # else the code of another step happened to be the same
        assert found > used
        assert abs(found - now // 30) <= 1
        assert pyotp.TOTP(SECRET).generate_otp(found) == code


@pytest.mark.parametrize(
    "code",
    ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "12 34", "-12345"],
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert second_factor.step_of(SECRET, code, 1e9, 0) is None


def test_it_is_the_code_of_rfc_6238() -> None:
    """The table of its appendix B, the last six digits."""
    for now, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert second_factor.step_of(SECRET, code, now, 0) == now // 30


# -- turning it on and logging in ---------------------------------------------------------------


async def test_a_login_asks_for_a_code_once_it_is_on(console: Console, redis: Redis) -> None:
    client = await console.client("ben")
    other = await console.client("ben")
    assert (await client.get("/api/account")).body["second_factor"] is False
    secret, codes = await enrol(client)
    assert len(set(codes)) == 10
    account = (await client.get("/api/account")).body
    assert (account["second_factor"], account["recovery_left"]) == (True, 10)
    assert (await other.get("/api/me")).status == 401  # every other session has ended
    raw = str(await redis.hget(keys.USERS, "ben"))
    assert not any(code in raw for code in codes)

    asked = await login(console)
    assert (asked.status, asked.body["type"]) == (401, "urn:moderato:problem:code-wanted")
    wrong = await login(console, "wrong")
    assert (wrong.status, wrong.body["type"]) == (401, "urn:moderato:problem:code-wrong")
    assert "Set-Cookie" not in wrong.headers
    assert (await login(console, code_now(secret, 1))).status == 200
    assert "login.code-failed" in await actions(console.life)
    # With a wrong password the code does not matter, and nothing says that there is one.
    stranger = await console.client()
    answer = await stranger.post(
        "/api/login", {"name": "ben", "password": "wrong password", "code": code_now(secret, 1)}
    )
    assert answer.body["type"] == "urn:moderato:problem:password-wrong"


async def test_a_code_is_good_once_even_at_the_same_moment(console: Console) -> None:
    secret, _ = await enrol(await console.client("ben"))
    code = code_now(secret, 1)
    users = console.life.store.users
    await at_the_ready(console.life)
    spent = await asyncio.gather(*(users.spend_code("ben", code) for _ in range(5)))
    assert sorted(map(str, spent)) == ["None"] * 4 + ["code"]
    assert (await login(console, code)).status == 401
    assert (await login(console, code_now(secret))).status == 401


async def test_a_recovery_code_works_once(console: Console) -> None:
    _, codes = await enrol(await console.client("ben"))
    typed = codes[0].upper().replace("-", " ")
    assert (await login(console, typed)).status == 200
    assert (await login(console, codes[0])).status == 401
    assert (await login(console, codes[1])).status == 200
    assert await console.life.store.users.recovery_left("ben") == 8
    assert "account.recovery-code" in await actions(console.life)


async def test_codes_are_limited_whatever_the_address(console: Console) -> None:
    secret, codes = await enrol(await console.client("ben"))
    for _ in range(CODE_ATTEMPTS):
        assert (await login(console, "wrong")).status == 401
    for code in (code_now(secret, 1), codes[0]):
        refused = await login(console, code)
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 0


async def test_a_setup_needs_the_password_and_the_right_code(console: Console) -> None:
    client = await console.client("ben")
    path = "/api/account/second-factor"
    answer = await client.post(f"{path}/begin", {"password": "wrong password"})
    assert (answer.status, answer.body["type"]) == (422, "urn:moderato:problem:password-wrong")
    assert (await client.post(f"{path}/confirm", {"code": "123456"})).status == 422
    begun = await client.post(f"{path}/begin", {"password": PASSWORD})
    assert begun.body["uri"].startswith("otpauth://totp/Moderato:ben?secret=")
    assert (await client.post(f"{path}/confirm", {"code": "wrong"})).status == 422
    assert (await client.get("/api/account")).body["second_factor"] is False
    other = await console.client("ana")  # the secret is ben's alone
    code = code_now(begun.body["secret"])
    assert (await other.post(f"{path}/confirm", {"code": code})).status == 422
    assert (await client.post(f"{path}/confirm", {"code": code})).status == 200


async def test_turning_it_off_needs_both_factors(console: Console) -> None:
    client = await console.client("ben")
    secret, codes = await enrol(client)
    path = "/api/account/second-factor/off"
    assert (await client.post(path, {"password": PASSWORD})).status == 422
    assert (await client.post(path, {"password": PASSWORD, "code": "wrong"})).status == 422
    assert (
        await client.post("/api/account/second-factor/begin", {"password": PASSWORD})
    ).status == 409
    new = await client.post("/api/account/recovery-codes", {"password": PASSWORD, "code": codes[0]})
    assert not set(new.body["recovery_codes"]) & set(codes)
    off = await client.post(path, {"password": PASSWORD, "code": code_now(secret, 1)})
    assert off.status == 200
    assert (await login(console)).status == 200
    assert (await client.get("/api/account")).body["recovery_left"] == 0


async def test_a_role_that_needs_it_can_do_nothing_else_before(console: Console) -> None:
    object.__setattr__(console.life.config, "require_second_factor", "editor")
    ana, ben = await console.client("ana"), await console.client("ben")
    assert (await ben.get("/api/queue")).status == 200
    assert (await ana.get("/api/me")).body["second_factor_required"] is True
    refused = await ana.get("/api/queue")
    assert refused.status == 403
    assert refused.body["type"] == "urn:moderato:problem:second-factor-required"
    assert (
        await ana.post("/api/account/password", {"password": PASSWORD, "new": NEW})
    ).status == 403
    _, codes = await enrol(ana)
    assert (await ana.get("/api/queue")).status == 200
    off = {"password": PASSWORD, "code": codes[0]}
    assert (await ana.post("/api/account/second-factor/off", off)).status == 409


# -- password and sessions ----------------------------------------------------------------------


async def test_a_new_password_ends_every_session_but_a_new_one_here(console: Console) -> None:
    client, other = await console.client("ben"), await console.client("ben")
    old = client.cookie
    path = "/api/account/password"
    assert (await client.post(path, {"password": "wrong password", "new": NEW})).status == 422
    short = await client.post(path, {"password": PASSWORD, "new": "short"})
    assert (short.status, short.body["errors"][0]["pointer"]) == (422, "#/new")
    done = await client.post(path, {"password": PASSWORD, "new": NEW})
    assert done.status == 200
    client.csrf = done.body["csrf"]
    assert client.cookie != old
    assert (await client.get("/api/me")).status == 200
    assert (await other.get("/api/me")).status == 401
    thief = await console.client()
    thief.plant(old)
    assert (await thief.get("/api/me")).status == 401
    assert (await thief.login("ben")).status == 401
    assert (await thief.login("ben", NEW)).status == 200


async def test_the_password_cannot_be_guessed_through_the_account(console: Console) -> None:
    client = await console.client("ben")
    body = {"password": "wrong password"}
    answers = [await client.post("/api/account/second-factor/begin", body) for _ in range(11)]
    assert [answer.status for answer in answers] == [422] * 10 + [429]


async def test_sessions_are_listed_and_ended_one_by_one(console: Console) -> None:
    client, other = await console.client("ben"), await console.client("ben")
    stranger = await console.client("ana")
    listed = (await client.get("/api/account")).body["sessions"]
    assert len(listed) == 2
    assert [one["here"] for one in listed].count(True) == 1
    assert {one["address"] for one in listed} == {"127.0.0.1"}
    assert all("aiohttp" in one["agent"] for one in listed)
    assert client.cookie not in json.dumps(listed)
    (there,) = [one["id"] for one in listed if not one["here"]]
    path = f"/api/account/sessions/{there}/end"
    assert (await stranger.post(path)).status == 404  # it is not theirs
    assert (await other.get("/api/me")).status == 200
    assert (await client.post(path)).status == 204
    assert (await other.get("/api/me")).status == 401
    assert (await client.post(path)).status == 404
    assert len((await client.get("/api/account")).body["sessions"]) == 1


async def test_signing_out_everywhere_is_everywhere(console: Console) -> None:
    client, other = await console.client("ben"), await console.client("ben")
    assert (await client.post("/api/account/sessions/end")).status == 204
    assert not list(client.http.cookie_jar)
    assert (await other.get("/api/me")).status == 401
    assert await console.life.store.sessions.of("ben") == []


async def test_a_session_says_when_it_was_last_used(life: Life, redis: Redis) -> None:
    from moderato.store.users import Role

    await life.store.users.create("ben", Role.MODERATOR, PASSWORD)
    ben = await life.store.users.get("ben")
    assert ben is not None
    token, _ = await life.store.sessions.create(ben, "192.0.2.1", "A browser")
    (line,) = (await redis.hgetall(keys.sessions_of("ben"))).items()
    old = {**json.loads(line[1]), "seen_at": 1_000, "created_at": 1_000}
    await redis.hset(keys.sessions_of("ben"), line[0], json.dumps(old))
    await life.store.sessions.get(token)
    (listed,) = await life.store.sessions.of("ben")
    assert listed.created_at == 1_000
    assert time.time() * 1000 - listed.seen_at < 60_000
    assert replace(listed, id="", seen_at=0, created_at=0).address == "192.0.2.1"


async def test_a_changed_role_is_not_undone_by_a_password_changed_meanwhile(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes of one account at once: both hold."""
    from moderato.store.users import Role

    users = life.store.users
    await users.create("ana", Role.ADMINISTRATOR, PASSWORD)
    await users.create("ben", Role.ADMINISTRATOR, PASSWORD)
    await at_the_ready(life)
    # Without the password's hashing, which would take its time in between.
    monkeypatch.setattr("moderato.store.users.hashed", lambda password: f"hash of {password}")
    for role in (Role.MODERATOR, Role.EDITOR, Role.ADMINISTRATOR):
        await asyncio.gather(users.void_password("ben"), users.change_role("ben", role))
        ben = await users.get("ben")
        assert ben is not None
        assert ben.role is role
        assert '"password": ""' in str(await life.redis.hget(keys.USERS, "ben"))
        await users.set_password("ben", NEW)


# -- the page -----------------------------------------------------------------------------------


async def test_somebody_sets_it_up_and_logs_in_with_it(desks: Desks) -> None:
    evil = "<img src=x onerror=alert(1)>"
    ben = await desks.console.life.store.users.get("ben")
    assert ben is not None
    await desks.console.life.store.sessions.create(ben, evil, evil)
    page = await desks.at("/account", "ben", width=360)
    await expect(page.locator("#sessions")).to_contain_text(evil)
    assert await page.locator("#sessions img").count() == 0
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.locator("#factor-begin").get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("img", name="QR code of the secret")).to_be_visible()
    secret = (await page.locator("#secret").text_content() or "").replace(" ", "")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.get_by_label("Code of the app", exact=True).fill(code_now(secret))
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.locator(".secret")).to_have_count(10)
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await expect(page.locator("#factor-state")).to_have_text("On")
    await page.get_by_role("button", name="I have kept it").click()
    await expect(page.locator(".secret")).to_have_count(0)
    await page.get_by_role("button", name="Sign out everywhere").click()

    await page.get_by_label("Name").fill("ben")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Code")).to_be_focused()
    await expect(page.locator("#error")).to_be_empty()
    await page.get_by_label("Code").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    await page.get_by_label("Code").fill(code_now(secret, 1))
    await page.keyboard.press("Enter")
    await expect(page.locator("#shown > *").first).to_be_visible()


async def test_whoever_must_set_it_up_is_led_there(desks: Desks) -> None:
    object.__setattr__(desks.console.life.config, "require_second_factor", "moderator")
    page = await desks.at("/account", "ben")
    await expect(page.locator("#factor-text")).to_contain_text("Your role needs a second factor")
    await page.goto(desks.console.url)
    await expect(page).to_have_url(f"{desks.console.url}/account")
