"""Who is logged in, kept on the server, and how often somebody may try."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from moderato.config import Config
from moderato.store import keys
from moderato.store.part import Part
from moderato.store.users import User, normal, user_from

#: Attempts to log in under one name from one address, per so many seconds.
ATTEMPTS, ATTEMPTS_WINDOW = 10, 900
#: Failed logins of one account that the audit log takes down, per ATTEMPTS_WINDOW: a flood of them
#: must not fill it.
_LINES = 20


@dataclass(frozen=True, slots=True)
class Session:
    """``csrf`` must come with every request that changes something."""

    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class Sessions(Part):
    """A session holds who and the epoch of its account; the account itself is read anew each
    time, so that a removed account, a changed role and "sign out everywhere" hold at once.
    """

    config: Config

    async def create(self, user: User) -> tuple[str, str]:
        """Logs somebody in: the token for the cookie, and the CSRF token. Both always new."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session = {"user": user.name, "csrf": csrf, "epoch": await self._epoch(user.name)}
        seconds = int(self.config.session_hours * 3600)
        await self.redis.set(keys.session(_hash(token)), json.dumps(session), ex=seconds)
        return token, csrf

    async def get(self, token: str) -> Session | None:
        """The session of a token; None where it ended, or its account did."""
        raw: Any = await self.redis.get(keys.session(_hash(token)))
        if raw is None:
            return None
        session: dict[str, Any] = json.loads(raw)
        account: Any = await self.redis.hget(keys.USERS, session["user"])
        if account is None or session["epoch"] != await self._epoch(session["user"]):
            return None
        return Session(user_from(json.loads(account)), session["csrf"])

    async def end(self, token: str) -> None:
        """Logs out."""
        await self.redis.delete(keys.session(_hash(token)))

    async def end_all(self, name: str) -> None:
        """Logs an account out everywhere."""
        await self.redis.hincrby(keys.SESSION_EPOCHS, normal(name), 1)

    async def attempt(self, name: str, address: str) -> int | None:
        """Counts an attempt to log in; the seconds to wait where there were too many, else None."""
        count, seconds = await self._count(self._attempts(name, address))
        return seconds if count > ATTEMPTS else None

    async def is_worth_a_line(self, name: str) -> bool:
        """Counts a failed login of an account; whether the audit log should still have it."""
        count, _ = await self._count(keys.login_attempts(_hash(f"lines {name}")))
        return count <= _LINES

    async def forgive(self, name: str, address: str) -> None:
        """Forgets the attempts of somebody who got in."""
        await self.redis.delete(self._attempts(name, address))

    async def _count(self, key: str) -> tuple[int, int]:
        """How often within ATTEMPTS_WINDOW, this time included, and the seconds it still lasts."""
        pipe = self.redis.pipeline(transaction=True)
        pipe.set(key, 0, ex=ATTEMPTS_WINDOW, nx=True)
        pipe.incr(key)
        pipe.ttl(key)
        _, count, seconds = await pipe.execute()
        return int(count), max(1, int(seconds))

    def _attempts(self, name: str, address: str) -> str:
        # Hashed: what is typed into the name may be long, or a password.
        return keys.login_attempts(_hash(f"{normal(name)} {address}"))

    async def _epoch(self, name: str) -> int:
        epoch: Any = await self.redis.hget(keys.SESSION_EPOCHS, name)
        return int(epoch or 0)


def _hash(token: str) -> str:
    """SHA-256 is enough: a token has 256 random bits, there is nothing to guess."""
    return sha256(token.encode()).hexdigest()
