"""People who use the console, and their passwords."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from moderato.store import keys
from moderato.store.part import Part

#: What a name may look like; an e-mail address will do. Case does not matter.
NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,62}")
#: Shortest and longest password, characters; the longest only bounds the work of hashing.
SHORTEST, LONGEST = 12, 256

# OWASP's first choice for argon2id: 46 MiB, one pass, one lane.
_MEMORY_KIB = 47_104
_HASHER = PasswordHasher(time_cost=1, memory_cost=_MEMORY_KIB, parallelism=1, type=Type.ID)
# Hashes no password: an unknown name costs as much time as a wrong password.
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t=1,p=1${'A' * 22}${'A' * 43}"
#: Hashes under way at once in a process: together they take so many times 46 MiB.
_AT_ONCE = 2
# Without 0, o, 1, i and l: people copy these from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class UserError(Exception):
    """An account cannot be made or changed as asked; the message says why."""


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
    """``created_at`` is UTC ms."""

    name: str
    role: Role
    created_at: int


@dataclass(frozen=True, slots=True)
class Users(Part):
    _hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def create(self, name: str, role: Role, password: str | None = None) -> str:
        """Makes an account; returns its password, made here unless given, never readable again.

        Raises UserError where the name is taken or cannot be one, or the password is too short.
        """
        name = normal(name)
        if not NAME.fullmatch(name):
            raise UserError(
                f"{name!r} cannot be a name: use a-z, 0-9 and . _ @ + -, at most 63 characters."
            )
        password = password or _new_password()
        raw = await self._fields(User(name, role, int(time.time() * 1000)), password)
        if not await self.redis.hsetnx(keys.USERS, name, raw):
            raise UserError(f"There is an account {name!r} already; see `moderato user list`.")
        return password

    async def reset(self, name: str) -> str:
        """Gives an account a new password, which it returns, and ends all its sessions."""
        user = await self.get(name)
        if user is None:
            raise UserError(f"There is no account {name!r}; see `moderato user list`.")
        password = _new_password()
        raw = await self._fields(user, password)
        await self.redis.hset(keys.USERS, user.name, raw)
        await self.redis.hincrby(keys.SESSION_EPOCHS, user.name, 1)
        return password

    async def remove(self, name: str) -> bool:
        """Deletes an account, and with it its sessions; False where there is none."""
        # The epoch stays and grows, lest an old session fit a later account of that name.
        await self.redis.hincrby(keys.SESSION_EPOCHS, normal(name), 1)
        return bool(await self.redis.hdel(keys.USERS, normal(name)))

    async def verify(self, name: str, password: str) -> User | None:
        """The account, where the password is right; takes as long for a name nobody has."""
        raw: Any = await self.redis.hget(keys.USERS, normal(name))
        fields: dict[str, Any] = json.loads(raw) if raw else {}
        async with self._hashing:
            fits = await asyncio.to_thread(_fits, fields.get("password", _NOBODY), password)
        return user_from(fields) if fields and fits else None

    async def get(self, name: str) -> User | None:
        raw: Any = await self.redis.hget(keys.USERS, normal(name))
        return user_from(json.loads(raw)) if raw else None

    async def all(self) -> list[User]:
        """Every account, by name."""
        raw: Any = await self.redis.hvals(keys.USERS)
        return sorted((user_from(json.loads(line)) for line in raw), key=lambda user: user.name)

    async def _fields(self, user: User, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise UserError(
                f"The password has {len(password)} characters; use {SHORTEST} to {LONGEST}."
            )
        async with self._hashing:
            hashed = await asyncio.to_thread(_HASHER.hash, password)
        return json.dumps(
            {
                "name": user.name,
                "role": user.role.value,
                "created_at": user.created_at,
                "password": hashed,
            }
        )


def normal(name: str) -> str:
    """The one spelling of a name that keys and records use."""
    return name.strip().lower()


def user_from(fields: dict[str, Any]) -> User:
    """From the JSON of ``keys.USERS``."""
    return User(fields["name"], Role(fields["role"]), fields["created_at"])


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def _new_password() -> str:
    """Sixteen letters and digits in groups of four: 79 random bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
