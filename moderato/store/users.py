"""People who use the console: their names, roles, passwords and second factors."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from moderato.store import keys, second_factor
from moderato.store.part import Part
from moderato.store.passwords import LONGEST, NOBODY, SHORTEST, fits, hashed, new_password

#: What a name may look like; an e-mail address will do. Case does not matter.
NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,62}")
#: Hashes under way at once in a process: together they take so many times 46 MiB.
_AT_ONCE = 2
#: Seconds there are to put the secret into the app and give its first code.
_SETUP_SECONDS = 900

Fields = dict[str, Any]


class UserError(Exception):
    """An account cannot be made or changed as asked; the message says why."""


class LastAdministratorError(UserError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is the last administrator: make another one first.")


class Role(StrEnum):
    """What somebody may do; each may do all that the one before may."""

    MODERATOR = "moderator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def covers(self, least: Role) -> bool:
        """Whether this role may do what asks for ``least``."""
        roles = list(Role)
        return roles.index(self) >= roles.index(least)


@dataclass(frozen=True, slots=True)
class User:
    """``created_at`` is UTC ms. ``second_factor``: whether a login asks for a code as well."""

    name: str
    role: Role
    created_at: int
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Users(Part):
    _hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def create(self, name: str, role: Role, password: str | None = None) -> str:
        """Makes an account; returns its password, made here unless given, never readable again.

        Raises UserError where the name is taken or cannot be one, or the password is too short.
        """
        name = proper(name)
        password = password or new_password()
        fields = {
            "name": name,
            "role": role.value,
            "created_at": int(time.time() * 1000),
            "password": await self._hash(password),
        }
        if not await self.redis.hsetnx(keys.USERS, name, json.dumps(fields)):
            raise UserError(f"There is an account {name!r} already; see `moderato user list`.")
        return password

    async def reset(self, name: str) -> str:
        """Gives an account a new password, which it returns, and ends all its sessions."""
        password = new_password()
        await self.set_password(name, password)
        return password

    async def set_password(self, name: str, password: str) -> None:
        """Changes an account's password and ends all its sessions."""
        await self._must_get(name)
        hash_ = await self._hash(password)
        await self._change(name, lambda fields: {**fields, "password": hash_})
        await self._log_out(name)

    async def void_password(self, name: str) -> None:
        """Leaves an account without a password until it gets one, and ends all its sessions."""
        await self._change(name, lambda fields: {**fields, "password": ""})
        await self._log_out(name)

    async def change_role(self, name: str, role: Role) -> None:
        """Holds at once, for logins under way too; LastAdministratorError where nobody else is."""
        await self._change(name, lambda fields: {**fields, "role": role.value})

    async def remove(self, name: str) -> bool:
        """Deletes an account, and with it its sessions; False where there is none.

        Raises LastAdministratorError where nobody else is one.
        """
        if await self.get(name) is None:
            return False
        await self._change(name, lambda _fields: None)
        # The epoch stays and grows, lest an old session fit a later account of that name.
        await self._log_out(name)
        return True

    async def verify(self, name: str, password: str) -> User | None:
        """The account, where the password is right; takes as long for a name nobody has."""
        raw = await self._raw(name)
        fields: Fields = json.loads(raw) if raw else {}
        async with self._hashing:
            right = await asyncio.to_thread(fits, fields.get("password") or NOBODY, password)
        return user_from(fields) if fields and right else None

    # -- the second factor --------------------------------------------------------------------
    async def begin_second_factor(self, name: str) -> second_factor.Setup:
        """A secret for an authenticator app; in force once ``confirm_second_factor`` was right."""
        setup = second_factor.new_setup(normal(name))
        key = keys.second_factor_setup(normal(name))
        await self.redis.set(key, setup.secret, ex=_SETUP_SECONDS)
        return setup

    async def confirm_second_factor(self, name: str, code: str) -> list[str] | None:
        """Turns the second factor on where the app gives the right code; the recovery codes.

        None where the code is wrong, or nothing was begun lately. All sessions end.
        """
        key = keys.second_factor_setup(normal(name))
        secret: Any = await self.redis.get(key)
        step = second_factor.step_of(secret, code, time.time(), 0) if secret else None
        if step is None:
            return None
        await self.redis.delete(key)
        codes = second_factor.new_recovery_codes()
        await self._change(name, lambda old: second_factor.enrolled(old, secret, step, codes))
        await self._log_out(name)
        return codes

    async def spend_code(self, name: str, code: str) -> str | None:
        """Uses a code up: "code" of the app, "recovery" code, or None where it is not good."""
        kind: list[str] = []

        def spend(fields: Fields) -> Fields:
            kind.clear()
            used = second_factor.spent(fields, code, time.time()) if "totp" in fields else None
            if used is None:
                return fields
            kind.append(used[0])
            return used[1]

        await self._change(name, spend)
        return kind[0] if kind else None

    async def new_recovery_codes(self, name: str) -> list[str]:
        """Recovery codes in place of those before. Only for an account with a second factor."""
        codes = second_factor.new_recovery_codes()
        hashes = [second_factor.hash_code(code) for code in codes]
        await self._change(name, lambda fields: {**fields, "recovery": hashes})
        return codes

    async def recovery_left(self, name: str) -> int:
        """How many recovery codes are not used yet."""
        raw = await self._raw(name)
        return len(json.loads(raw).get("recovery", [])) if raw else 0

    async def drop_second_factor(self, name: str) -> bool:
        """Turns the second factor off and ends all sessions; False where there was none."""
        user = await self._must_get(name)
        await self._change(name, second_factor.without)
        await self._log_out(name)
        return user.second_factor

    # -- reading ------------------------------------------------------------------------------
    async def get(self, name: str) -> User | None:
        raw = await self._raw(name)
        return user_from(json.loads(raw)) if raw else None

    async def all(self) -> list[User]:
        """Every account, by name."""
        raw: Any = await self.redis.hvals(keys.USERS)
        return sorted((user_from(json.loads(line)) for line in raw), key=lambda user: user.name)

    async def _raw(self, name: str) -> str | None:
        raw: Any = await self.redis.hget(keys.USERS, normal(name))
        return raw or None

    async def _must_get(self, name: str) -> User:
        user = await self.get(name)
        if user is None:
            raise _unknown(name)
        return user

    async def _change(self, name: str, change: Callable[[Fields], Fields | None]) -> None:
        """Applies ``change`` to the account, over nobody else's change; None removes it."""
        while True:
            raw = await self._raw(name)
            if raw is None:
                raise _unknown(name)
            new = change(json.loads(raw))
            answer = await self.scripts.run(
                "swap",
                [keys.USERS],
                [
                    normal(name),
                    raw,
                    "" if new is None else json.dumps(new),
                    Role.ADMINISTRATOR.value,
                ],
            )
            if answer == "last":
                raise LastAdministratorError(normal(name))
            if answer == "done":
                return

    async def _log_out(self, name: str) -> None:
        await self.redis.hincrby(keys.SESSION_EPOCHS, normal(name), 1)

    async def _hash(self, password: str) -> str:
        check_password(password)
        async with self._hashing:
            return await asyncio.to_thread(hashed, password)


def normal(name: str) -> str:
    """The one spelling of a name that keys and records use."""
    return name.strip().lower()


def proper(name: str) -> str:
    """``normal``, where it can be a name; else raises UserError."""
    name = normal(name)
    if not NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be a name: use a-z, 0-9 and . _ @ + -, at most 63 characters."
        )
    return name


def check_password(password: str) -> None:
    """Raises UserError on one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(
            f"The password has {len(password)} characters; use {SHORTEST} to {LONGEST}."
        )


def user_from(fields: Fields) -> User:
    """From the JSON of ``keys.USERS``."""
    return User(fields["name"], Role(fields["role"]), fields["created_at"], "totp" in fields)


def _unknown(name: str) -> UserError:
    return UserError(f"There is no account {normal(name)!r}; see `moderato user list`.")
