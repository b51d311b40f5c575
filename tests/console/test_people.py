"""Invitations, roles, and what an administrator may do to an account."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect
from redis.asyncio import Redis

from moderato.store import keys
from moderato.store.audit import Filter
from moderato.store.users import LastAdministratorError, Role, UserError
from tests.console.browser import Desks
from tests.console.served import PASSWORD, Client, Console
from tests.console.test_account import at_the_ready, enrol
from tests.life import Life

CHOSEN = "my own chosen words"


async def _invite(cleo: Client, name: str = "dora", role: str = "editor") -> str:
    answer = await cleo.post("/api/people/invite", {"name": name, "role": role})
    assert answer.status == 200, answer.body
    path: str = answer.body["path"]
    assert path.startswith("/invite#")
    return path.removeprefix("/invite#")


async def test_an_invitation_makes_an_account_once(console: Console, redis: Redis) -> None:
    cleo, nobody = await console.client("cleo"), await console.client()
    token = await _invite(cleo)
    assert token not in str(await redis.hgetall(keys.INVITATIONS))
    looked = await nobody.post("/api/invitation/look", {"token": token})
    assert looked.body == {"name": "dora", "role": "editor", "kind": "invite", "by": "cleo"}
    accept = {"token": token, "password": CHOSEN}
    short = await nobody.post("/api/invitation/accept", {**accept, "password": "short"})
    assert (short.status, short.body["errors"][0]["pointer"]) == (422, "#/password")
    assert (await nobody.post("/api/invitation/accept", accept)).body == {"name": "dora"}
    for path, body in (("look", {"token": token}), ("accept", accept)):
        gone = await nobody.post(f"/api/invitation/{path}", body)
        assert (gone.status, gone.body["type"]) == (410, "urn:moderato:problem:link-gone")
    assert (await nobody.login("dora", CHOSEN)).body["role"] == "editor"
    lines = (await console.life.store.audit.find(Filter(action="person"))).lines
    assert [(x.by, x.action, x.subject) for x in lines] == [
        ("dora", "person.join", "dora"),
        ("cleo", "person.invite", "dora"),
    ]


@pytest.mark.parametrize("kind", ["invite", "reset"])
async def test_of_many_who_accept_at_once_one_does(life: Life, kind: str) -> None:
    if kind == "reset":
        await life.store.users.create("dora", Role.EDITOR, PASSWORD)
        token, _ = await life.store.invitations.reset("dora", by="cleo")
    else:
        token, _ = await life.store.invitations.invite("dora", Role.EDITOR, by="cleo")
    await at_the_ready(life)
    passwords = [f"password number {number}" for number in range(4)]
    answers = await asyncio.gather(
        *(life.store.invitations.accept(token, password) for password in passwords),
        return_exceptions=True,
    )
    done = [
        p for p, a in zip(passwords, answers, strict=True) if a and not isinstance(a, Exception)
    ]
    assert len(done) == 1
    fits = [p for p in passwords if await life.store.users.verify("dora", p)]
    assert fits == done


async def test_an_invitation_ends(life: Life, redis: Redis) -> None:
    invitations = life.store.invitations
    token, made = await invitations.invite("dora", Role.EDITOR, by="cleo")
    hours = (made.expires_at / 1000 - time.time()) / 3600
    assert 71.9 < hours <= 72
    raw = json.loads(str(await redis.hget(keys.INVITATIONS, "dora")))
    await redis.hset(keys.INVITATIONS, "dora", json.dumps({**raw, "expires_at": 1_000}))
    assert await invitations.find(token) is None
    assert await invitations.accept(token, CHOSEN) is None
    assert await life.store.users.get("dora") is None
    assert await redis.hlen(keys.INVITATIONS) == 0


async def test_a_newer_invitation_voids_the_one_before_and_can_be_withdrawn(
    console: Console,
) -> None:
    cleo = await console.client("cleo")
    first, second = await _invite(cleo), await _invite(cleo, role="moderator")
    look = "/api/invitation/look"
    assert (await cleo.post(look, {"token": first})).status == 410
    assert (await cleo.post(look, {"token": second})).body["role"] == "moderator"
    assert (await cleo.post("/api/people/dora/withdraw")).status == 204
    assert (await cleo.post(look, {"token": second})).status == 410
    assert (await cleo.post("/api/people/dora/withdraw")).status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "ana"}, "#/name"),  # taken
        ({"name": "Dora Bo"}, "#/name"),
        ({"name": "<b>"}, "#/name"),
        ({"name": "dora", "role": "owner"}, "#/role"),
        ({"name": "dora", "password": "x"}, "#/password"),
    ],
)
async def test_an_invitation_that_cannot_be_says_why(
    console: Console, body: object, pointer: str
) -> None:
    answer = await (await console.client("cleo")).post("/api/people/invite", body)
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == pointer


async def test_a_name_taken_meanwhile_keeps_its_account(life: Life) -> None:
    token, _ = await life.store.invitations.invite("dora", Role.ADMINISTRATOR, by="cleo")
    await life.store.users.create("dora", Role.MODERATOR, PASSWORD)
    with pytest.raises(UserError, match="already"):
        await life.store.invitations.accept(token, CHOSEN)
    dora = await life.store.users.verify("dora", PASSWORD)
    assert dora is not None
    assert dora.role is Role.MODERATOR


async def test_a_reset_voids_the_password_at_once_and_keeps_the_rest(console: Console) -> None:
    cleo, ben = await console.client("cleo"), await console.client("ben")
    await enrol(ben)
    answer = await cleo.post("/api/people/ben/reset")
    token = answer.body["path"].removeprefix("/invite#")
    assert (await ben.get("/api/me")).status == 401
    assert (await (await console.client()).login("ben")).status == 401
    accept = {"token": token, "password": CHOSEN}
    assert (await ben.post("/api/invitation/accept", accept)).status == 200
    asked = await ben.login("ben", CHOSEN)
    # The link is worth no more than the password: the second factor is still asked for.
    assert asked.body["type"] == "urn:moderato:problem:code-wanted"
    assert (await cleo.post("/api/people/ben/second-factor/reset")).status == 204
    assert (await ben.login("ben", CHOSEN)).body["role"] == "moderator"
    assert (await cleo.post("/api/people/ben/second-factor/reset")).status == 409


async def test_a_changed_role_holds_at_once(console: Console) -> None:
    cleo, ben = await console.client("cleo"), await console.client("ben")
    assert (await ben.get("/api/people")).status == 403
    assert (await cleo.post("/api/people/ben/role", {"role": "administrator"})).status == 200
    assert (await ben.get("/api/people")).status == 200
    assert (await ben.post("/api/people/cleo/role", {"role": "moderator"})).status == 200
    assert (await cleo.get("/api/people")).status == 403
    assert (await ben.post("/api/people/nobody/role", {"role": "editor"})).status == 404
    (_, line) = (await console.life.store.audit.find(Filter(action="person.role"))).lines
    assert line.details == {"before": "moderator", "role": "administrator"}


async def test_the_last_administrator_stays(console: Console) -> None:
    cleo = await console.client("cleo")
    for path, body in (("role", {"role": "editor"}), ("remove", None)):
        refused = await cleo.post(f"/api/people/cleo/{path}", body)
        assert refused.status == 409
        assert refused.body["type"] == "urn:moderato:problem:last-administrator"
    assert (await cleo.post("/api/people/cleo/role", {"role": "administrator"})).status == 200
    assert (await cleo.post("/api/people/ben/remove")).status == 204
    assert (await cleo.get("/api/people")).status == 200


async def test_two_administrators_cannot_remove_each_other_at_once(life: Life) -> None:
    users = life.store.users
    for name in ("ana", "ben"):
        await users.create(name, Role.ADMINISTRATOR, PASSWORD)
    answers = await asyncio.gather(
        users.remove("ana"), users.change_role("ben", Role.MODERATOR), return_exceptions=True
    )
    assert sum(isinstance(answer, LastAdministratorError) for answer in answers) == 1
    assert [user.role for user in await users.all()].count(Role.ADMINISTRATOR) == 1


async def test_the_page_invites_and_the_link_lets_in(desks: Desks) -> None:
    page = await desks.at("/admin", "cleo", width=360)
    await expect(page.locator("#people tr")).to_have_count(3)
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.locator("#invite").get_by_label("Name").fill("dora")
    await page.locator("#invite").get_by_label("Role").select_option("editor")
    await page.get_by_role("button", name="Invite", exact=True).click()
    await expect(page.locator("#people tr")).to_have_count(4)
    link = await page.locator(".secret").text_content() or ""
    assert link.startswith(f"{desks.console.url}/invite#")
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    await page.get_by_role("button", name="Remove: ben").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(page.locator("#people tr")).to_have_count(3)

    guest = await desks.page()
    await guest.goto(link)
    await expect(guest.locator("#greeting")).to_contain_text("cleo invited you as dora")
    results = await Axe().run(guest)
    assert results.violations_count == 0, results.generate_report()
    await guest.get_by_label("New password").fill(CHOSEN)
    await guest.keyboard.press("Enter")
    await expect(guest.get_by_label("Name")).to_have_value("dora")
    await guest.get_by_label("Password").fill(CHOSEN)
    await guest.keyboard.press("Enter")
    await expect(guest.locator("#shown > *").first).to_be_visible()
    await guest.goto(link)
    await guest.reload()
    await expect(guest.get_by_role("alert")).to_contain_text("This link was used")


async def test_a_moderator_finds_the_page_closed(desks: Desks) -> None:
    page = await desks.at("/admin", "ben")
    await expect(page.locator("#main")).to_contain_text("for administrators and above")
    assert await page.get_by_role("link", name="Admin").count() == 0
