"""Accounts and sessions, as the store keeps them."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from redis.asyncio import Redis

from moderato.store import keys
from moderato.store.sessions import ATTEMPTS
from moderato.store.users import Role, User, UserError
from tests.life import Life

PASSWORD = "correct horse battery"


async def test_a_made_password_is_shown_once_and_kept_as_argon2id(life: Life, redis: Redis) -> None:
    password = await life.store.users.create("Ana", Role.EDITOR)
    raw = await redis.hget(keys.USERS, "ana")
    assert raw is not None
    assert json.loads(raw)["password"].startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert password not in raw
    user = await life.store.users.verify("ANA ", password)
    assert user is not None
    assert (user.name, user.role) == ("ana", Role.EDITOR)


async def test_a_wrong_password_and_an_unknown_name_are_refused(life: Life) -> None:
    await life.store.users.create("ana", Role.MODERATOR, PASSWORD)
    assert await life.store.users.verify("ana", PASSWORD.upper()) is None
    assert await life.store.users.verify("nobody", PASSWORD) is None
    # A string that begins with the password, beyond what is hashed at most.
    assert await life.store.users.verify("ana", PASSWORD + "x" * 1000) is None


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(life: Life) -> None:
    await life.store.users.create("ana", Role.MODERATOR, PASSWORD)
    fastest = {"ana": 1e9, "nobody": 1e9}
    # In turns, and in time of the processor, so that a busy machine does not decide.
    for _ in range(7):
        for name, before in fastest.items():
            began = time.process_time()
            assert await life.store.users.verify(name, "wrong password") is None
            fastest[name] = min(before, time.process_time() - began)
    assert 1 / 3 < fastest["nobody"] / fastest["ana"] < 3


async def test_many_at_once_are_hashed_two_at_a_time(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.store.users.create("ana", Role.MODERATOR, PASSWORD)
    under_way, most = 0, 0
    real = asyncio.to_thread

    async def counted(*args: object) -> object:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await real(*args)  # type: ignore[arg-type]
        finally:
            under_way -= 1

    monkeypatch.setattr(asyncio, "to_thread", counted)
    answers = await asyncio.gather(*(life.store.users.verify("ana", PASSWORD) for _ in range(8)))
    assert all(answers)
    assert most == 2


@pytest.mark.parametrize("name", ["", "Ana Bo", "a/b", "-a", "a" * 64, "ána"])
async def test_names_that_cannot_be_are_refused(life: Life, name: str) -> None:
    with pytest.raises(UserError, match="cannot be a name"):
        await life.store.users.create(name, Role.MODERATOR)


async def test_a_name_is_taken_whatever_its_case(life: Life) -> None:
    await life.store.users.create("ana", Role.MODERATOR)
    with pytest.raises(UserError, match="already"):
        await life.store.users.create("ANA", Role.MODERATOR)


async def test_a_short_password_is_refused(life: Life) -> None:
    with pytest.raises(UserError, match="12 to 256"):
        await life.store.users.create("ana", Role.MODERATOR, "short")
    assert await life.store.users.all() == []


async def test_a_session_lasts_as_configured_and_its_token_is_kept_hashed(
    life: Life, redis: Redis
) -> None:
    token, csrf = await life.store.sessions.create(await _ana(life))
    session = await life.store.sessions.get(token)
    assert session is not None
    assert session.csrf == csrf
    assert session.user.name == "ana"
    (key,) = [key async for key in redis.scan_iter("moderato:session:*")]
    assert token not in key
    lifetime = life.config.session_hours * 3600
    assert lifetime - 5 <= await redis.ttl(key) <= lifetime


async def test_every_way_to_end_sessions(life: Life) -> None:
    sessions, users = life.store.sessions, life.store.users
    ana = await _ana(life)
    first, second = [(await sessions.create(ana))[0] for _ in range(2)]
    await sessions.end(first)
    assert await sessions.get(first) is None
    assert await sessions.get(second) is not None
    await sessions.end_all("ana")
    assert await sessions.get(second) is None
    third, _ = await sessions.create(ana)
    await users.reset("ana")
    assert await sessions.get(third) is None
    fourth, _ = await sessions.create(ana)
    assert await users.remove("ana")
    assert await sessions.get(fourth) is None
    # Nor does an old session fit a later account of the same name.
    await users.create("ana", Role.MODERATOR)
    assert await sessions.get(fourth) is None
    assert not await users.remove("nobody")


async def test_a_changed_role_holds_for_sessions_under_way(life: Life, redis: Redis) -> None:
    token, _ = await life.store.sessions.create(await _ana(life))
    raw = await redis.hget(keys.USERS, "ana")
    assert raw is not None
    await redis.hset(keys.USERS, "ana", json.dumps({**json.loads(raw), "role": "administrator"}))
    session = await life.store.sessions.get(token)
    assert session is not None
    assert session.user.role is Role.ADMINISTRATOR


async def test_attempts_are_counted_by_name_and_address_and_forgiven(
    life: Life, redis: Redis
) -> None:
    sessions = life.store.sessions
    for _ in range(ATTEMPTS):
        assert await sessions.attempt("ana", "192.0.2.1") is None
    wait = await sessions.attempt("ANA", "192.0.2.1")
    assert wait is not None
    assert 890 < wait <= 900
    assert await sessions.attempt("ana", "192.0.2.2") is None
    assert await sessions.attempt("ben", "192.0.2.1") is None
    await sessions.forgive("ana", "192.0.2.1")
    assert await sessions.attempt("ana", "192.0.2.1") is None
    assert not [key async for key in redis.scan_iter("*192.0.2*")]


async def _ana(life: Life) -> User:
    await life.store.users.create("ana", Role.MODERATOR, PASSWORD)
    ana = await life.store.users.get("ana")
    assert ana is not None
    return ana
