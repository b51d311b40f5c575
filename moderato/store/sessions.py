"""Who is logged in, kept on the server, and how often somebody may try."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from moderato.config import Config
from moderato.store import keys
from moderato.store.part import Part
from moderato.store.users import User, normal, user_from

#: Attempts to log in under one name from one address, per so many seconds.
ATTEMPTS, ATTEMPTS_WINDOW = 10, 900
#: Wrong codes of a second factor per account, whatever the address, per ATTEMPTS_WINDOW: whoever
#: tries them knows the password already.
CODE_ATTEMPTS: Final = 5
#: Failed logins of one account that the audit log takes down, per ATTEMPTS_WINDOW: a flood of them
#: must not fill it.
_LINES = 20
#: Seconds between two notes of when a session was last used.
_SEEN_EVERY: Final = 60


@dataclass(frozen=True, slots=True)
class Session:
    """``csrf`` must come with every request that changes something. ``id`` names the session
    without giving its token away.
    """

    user: User
    csrf: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner sees it: when it began, when it was last used (UTC ms, to the
    minute), from where and with what.
    """

    id: str
    created_at: int
    seen_at: int
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Sessions(Part):
    """A session holds who and the epoch of its account; the account itself is read anew each
    time, so that a removed account, a changed role and "sign out everywhere" hold at once.

    Beside it, each account has a list of its sessions to look at. The list decides nothing.
    """

    config: Config

    async def create(self, user: User, address: str = "", agent: str = "") -> tuple[str, str]:
        """Logs somebody in: the token for the cookie, and the CSRF token. Both always new."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session = {"user": user.name, "csrf": csrf, "epoch": await self._epoch(user.name)}
        seconds = int(self.config.session_hours * 3600)
        await self.redis.set(keys.session(_hash(token)), json.dumps(session), ex=seconds)
        now = int(time.time() * 1000)
        line = {"created_at": now, "seen_at": now, "address": address, "agent": agent}
        listed = keys.sessions_of(user.name)
        await self.redis.hset(listed, _hash(token), json.dumps(line))
        await self.redis.expire(listed, seconds)
        return token, csrf

    async def get(self, token: str) -> Session | None:
        """The session of a token; None where it ended, or its account did."""
        hashed = _hash(token)
        raw: Any = await self.redis.get(keys.session(hashed))
        if raw is None:
            return None
        session: dict[str, Any] = json.loads(raw)
        name = session["user"]
        pipe = self.redis.pipeline(transaction=False)
        pipe.hget(keys.USERS, name)
        pipe.hget(keys.SESSION_EPOCHS, name)
        pipe.hget(keys.sessions_of(name), hashed)
        account, epoch, line = await pipe.execute()
        if account is None or session["epoch"] != int(epoch or 0):
            return None
        await self._note(name, hashed, line)
        return Session(user_from(json.loads(account)), session["csrf"], _id(hashed))

    async def of(self, name: str) -> list[Listed]:
        """The sessions of an account that are still good, the newest first."""
        name = normal(name)
        raw: Any = await self.redis.hgetall(keys.sessions_of(name))
        pipe = self.redis.pipeline(transaction=False)
        for hashed in raw:
            pipe.get(keys.session(hashed))
        sessions = await pipe.execute() if raw else []
        epoch = await self._epoch(name)
        found = []
        for (hashed, line), session in zip(raw.items(), sessions, strict=True):
            if session is not None and json.loads(session)["epoch"] == epoch:
                found.append(Listed(_id(hashed), **json.loads(line)))
            else:
                await self.redis.hdel(keys.sessions_of(name), hashed)
        return sorted(found, key=lambda one: one.created_at, reverse=True)

    async def end(self, token: str) -> None:
        """Logs out."""
        await self.redis.delete(keys.session(_hash(token)))

    async def end_one(self, name: str, session_id: str) -> bool:
        """Ends a session of an account by its id; False where it has none such."""
        raw: Any = await self.redis.hkeys(keys.sessions_of(normal(name)))
        ended = 0
        for hashed in raw:
            if _id(hashed) == session_id:
                ended += int(await self.redis.delete(keys.session(hashed)))
        return ended > 0

    async def end_all(self, name: str) -> None:
        """Logs an account out everywhere."""
        await self.redis.hincrby(keys.SESSION_EPOCHS, normal(name), 1)

    # -- how often ----------------------------------------------------------------------------
    async def attempt(self, name: str, address: str) -> int | None:
        """Counts an attempt to log in; the seconds to wait where there were too many, else None."""
        count, seconds = await self._count(self._attempts(name, address))
        return seconds if count > ATTEMPTS else None

    async def attempt_code(self, name: str) -> int | None:
        """Counts an attempt with a code of the second factor, as ``attempt`` does."""
        count, seconds = await self._count(self._codes(name))
        return seconds if count > CODE_ATTEMPTS else None

    async def is_worth_a_line(self, name: str) -> bool:
        """Counts a failed login of an account; whether the audit log should still have it."""
        count, _ = await self._count(keys.login_attempts(_hash(f"lines {name}")))
        return count <= _LINES

    async def forgive(self, name: str, address: str) -> None:
        """Forgets the attempts of somebody who got in."""
        await self.redis.delete(self._attempts(name, address))
        await self.redis.delete(self._codes(name))

    async def _note(self, name: str, hashed: str, line: str | None) -> None:
        """Takes down that a session is in use, now and then."""
        now = int(time.time() * 1000)
        if line is None or now - json.loads(line)["seen_at"] < _SEEN_EVERY * 1000:
            return
        used = {**json.loads(line), "seen_at": now}
        await self.redis.hset(keys.sessions_of(name), hashed, json.dumps(used))

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

    def _codes(self, name: str) -> str:
        return keys.login_attempts(_hash(f"codes {normal(name)}"))

    async def _epoch(self, name: str) -> int:
        epoch: Any = await self.redis.hget(keys.SESSION_EPOCHS, name)
        return int(epoch or 0)


def _hash(token: str) -> str:
    """SHA-256 is enough: a token has 256 random bits, there is nothing to guess."""
    return sha256(token.encode()).hexdigest()


def _id(hashed: str) -> str:
    """The beginning of a token's hash: enough to tell sessions apart, no use to anybody else."""
    return hashed[:16]
