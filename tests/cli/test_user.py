"""`moderato user`: accounts whose passwords work, shown once."""

from __future__ import annotations

import json
import re

import pyotp
import pytest
from redis.asyncio import Redis

from moderato.config import Config
from moderato.store.audit import Filter
from moderato.store.store import Store
from moderato.store.users import Role
from tests.cli.conftest import Moderato

_PASSWORD = re.compile(r"^  (\S+)$", re.MULTILINE)


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis, Config())


async def test_add_shows_a_password_that_works(moderato: Moderato, store: Store) -> None:
    result = await moderato("user", "add", "ana", "--role", "editor")
    assert result.exit_code == 0, result.output
    (password,) = _PASSWORD.findall(result.output)
    user = await store.users.verify("ana", password)
    assert user is not None
    assert user.role is Role.EDITOR
    listed = await moderato("user", "list", "--json")
    assert [row["name"] for row in json.loads(listed.output)] == ["ana"]
    assert password not in listed.output


async def test_reset_makes_the_old_password_and_every_login_void(
    moderato: Moderato, store: Store
) -> None:
    old = await store.users.create("ana", Role.MODERATOR)
    ana = await store.users.get("ana")
    assert ana is not None
    token, _ = await store.sessions.create(ana)
    result = await moderato("user", "reset", "ana")
    (new,) = _PASSWORD.findall(result.output)
    assert await store.users.verify("ana", old) is None
    assert await store.users.verify("ana", new) is not None
    assert await store.sessions.get(token) is None


async def test_remove(moderato: Moderato, store: Store) -> None:
    await store.users.create("ana", Role.MODERATOR)
    assert (await moderato("user", "remove", "ana")).exit_code == 0
    assert await store.users.all() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "not a name"), "cannot be a name"),
        (("add", "ana", "--role", "king"), "is not one of"),
        (("reset", "nobody"), "no account"),
        (("remove", "nobody"), "no account"),
    ],
)
async def test_what_cannot_be_done_is_said(
    moderato: Moderato, words: tuple[str, ...], said: str
) -> None:
    result = await moderato("user", *words)
    assert result.exit_code != 0
    assert said in result.output


async def test_an_empty_list_says_how_to_begin(moderato: Moderato) -> None:
    assert "moderato user add" in (await moderato("user", "list")).output


async def test_an_invitation_is_a_link_that_works_once(moderato: Moderato, store: Store) -> None:
    result = await moderato("user", "invite", "dora", "--role", "editor")
    assert result.exit_code == 0, result.output
    token = result.output.split("/invite#")[1].split()[0]
    accepted = await store.invitations.accept(token, "my own chosen words")
    assert accepted is not None
    assert accepted.role is Role.EDITOR
    assert await store.invitations.accept(token, "my own chosen words") is None
    assert (await moderato("user", "invite", "dora")).exit_code == 1


async def test_a_lost_second_factor_is_taken_away(moderato: Moderato, store: Store) -> None:
    password = await store.users.create("ana", Role.EDITOR)
    setup = await store.users.begin_second_factor("ana")
    code = pyotp.TOTP(setup.secret).now()
    assert await store.users.confirm_second_factor("ana", code)
    assert '"second_factor": true' in (await moderato("user", "list", "--json")).output
    result = await moderato("user", "reset-second-factor", "ana")
    assert "password alone" in result.output
    ana = await store.users.verify("ana", password)
    assert ana is not None
    assert not ana.second_factor
    assert "no second factor" in (await moderato("user", "reset-second-factor", "ana")).output
    assert (await moderato("user", "reset-second-factor", "nobody")).exit_code == 1


async def test_the_last_administrator_stays(moderato: Moderato, store: Store) -> None:
    await store.users.create("cleo", Role.ADMINISTRATOR)
    result = await moderato("user", "remove", "cleo")
    assert result.exit_code == 1
    assert "make another one first" in result.output


async def test_what_is_done_here_is_in_the_audit_log(moderato: Moderato, store: Store) -> None:
    for command in ("add", "reset", "remove"):
        assert (await moderato("user", command, "ana")).exit_code == 0
    lines = (await store.audit.find(Filter())).lines
    assert [(line.by, line.action, line.subject) for line in lines] == [
        ("(command line)", "person.remove", "ana"),
        ("(command line)", "person.reset", "ana"),
        ("(command line)", "person.add", "ana"),
    ]
