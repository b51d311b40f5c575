"""Links with which a person chooses a password: for a new account, or in place of a lost one."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from moderato.config import Config
from moderato.store import keys
from moderato.store.part import Part
from moderato.store.users import Role, UserError, Users, check_password, normal, proper

Kind = Literal["invite", "reset"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """``expires_at`` is UTC ms. ``token_hash`` is the SHA-256 of what stands in the link: it has
    256 random bits, there is nothing to guess.
    """

    name: str
    role: Role
    kind: Kind
    by: str
    expires_at: int
    token_hash: str


@dataclass(frozen=True, slots=True)
class Invitations(Part):
    """At most one for each name: a new link voids the one before."""

    config: Config
    users: Users

    async def invite(self, name: str, role: Role, *, by: str) -> tuple[str, Invitation]:
        """The token of a link that makes an account; raises UserError where the name is taken."""
        name = proper(name)
        if await self.users.get(name) is not None:
            raise UserError(f"There is an account {name!r} already.")
        return await self._make(name, role, "invite", by)

    async def reset(self, name: str, *, by: str) -> tuple[str, Invitation]:
        """The token of a link that gives an account a new password.

        The old password is void and every session ends at once.
        """
        user = await self.users.get(name)
        if user is None:
            raise UserError(f"There is no account {normal(name)!r}.")
        await self.users.void_password(user.name)
        return await self._make(user.name, user.role, "reset", by)

    async def find(self, token: str) -> Invitation | None:
        """The invitation of a token, where it is still good."""
        wanted = _hash(token)
        return next((one for one in await self.all() if one.token_hash == wanted), None)

    async def accept(self, token: str, password: str) -> Invitation | None:
        """Uses the link up: the account has ``password`` then. None where it is not good any more.

        Raises UserError, and leaves the link good, where the password is too short or the name
        was taken meanwhile.
        """
        found = await self.find(token)
        if found is None:
            return None
        exists = await self.users.get(found.name) is not None
        if exists and found.kind == "invite":
            raise UserError(f"There is an account {found.name!r} already.")
        check_password(password)
        # Used up first: whoever comes second with the same link finds nothing.
        if not await self._take(found):
            return None
        if found.kind == "invite":
            await self.users.create(found.name, found.role, password)
        else:
            await self.users.set_password(found.name, password)
        return found

    async def withdraw(self, name: str) -> bool:
        """Voids the link for a name; False where there is none."""
        return bool(await self.redis.hdel(keys.INVITATIONS, normal(name)))

    async def all(self) -> list[Invitation]:
        """Those still good, by name; the others are swept away."""
        raw: Any = await self.redis.hgetall(keys.INVITATIONS)
        found = []
        for text in raw.values():
            one = _from(text)
            if one.expires_at > time.time() * 1000:
                found.append(one)
            else:
                await self._take(one)
        return sorted(found, key=lambda one: one.name)

    async def _make(self, name: str, role: Role, kind: Kind, by: str) -> tuple[str, Invitation]:
        token = secrets.token_urlsafe(32)
        expires_at = int((time.time() + self.config.invitation_hours * 3600) * 1000)
        made = Invitation(name, role, kind, by, expires_at, _hash(token))
        await self.redis.hset(keys.INVITATIONS, name, json.dumps(asdict(made)))
        return token, made

    async def _take(self, one: Invitation) -> bool:
        """Removes this very invitation; False where it is gone or another one stands there."""
        answer = await self.scripts.run(
            "swap", [keys.INVITATIONS], [one.name, json.dumps(asdict(one)), "", ""]
        )
        return str(answer) == "done"


def _from(text: str) -> Invitation:
    fields = json.loads(text)
    return Invitation(**{**fields, "role": Role(fields["role"])})


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
