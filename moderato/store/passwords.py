"""Passwords: how they are hashed, and how one is made."""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

#: Shortest and longest password, characters; the longest only bounds the work of hashing.
SHORTEST, LONGEST = 12, 256

# OWASP's first choice for argon2id: 46 MiB, one pass, one lane.
_MEMORY_KIB = 47_104
_HASHER = PasswordHasher(time_cost=1, memory_cost=_MEMORY_KIB, parallelism=1, type=Type.ID)
#: Hashes no password: an unknown name costs as much time as a wrong password.
NOBODY: Final = f"$argon2id$v=19$m={_MEMORY_KIB},t=1,p=1${'A' * 22}${'A' * 43}"
# Without 0, o, 1, i and l: people copy these from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """Takes 46 MiB and some time: call it in a thread."""
    return _HASHER.hash(password)


def fits(hash_: str, password: str) -> bool:
    """Whether it is the password of the hash; costs what ``hashed`` does."""
    try:
        return _HASHER.verify(hash_, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def new_password() -> str:
    """Sixteen letters and digits in groups of four: 79 random bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
