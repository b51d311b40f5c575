"""The second factor: codes from an authenticator app (RFC 6238), and codes for its loss."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import pyotp

from moderato.store.passwords import new_password

#: What authenticator apps take for granted: SHA-1, six digits, a new code every 30 seconds.
_PERIOD: Final = 30
_DIGITS: Final = 6
#: Steps a phone's clock may be off, either way.
_SLACK: Final = 1
#: Codes for the loss of the app.
RECOVERY_CODES: Final = 10


@dataclass(frozen=True, slots=True)
class Setup:
    """A secret that is not in force yet. ``uri`` is what the QR code says."""

    secret: str
    uri: str


def new_setup(name: str) -> Setup:
    secret = pyotp.random_base32()
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Moderato"))


def step_of(secret: str, code: str, now: float, used: int) -> int | None:
    """The time step whose code this is; None where it is wrong, old, or not newer than ``used``.

    ``now`` is in seconds since the epoch. Keeping the step as ``used`` makes each code good once.
    """
    digits = code.replace(" ", "")
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now) // _PERIOD
    totp = pyotp.TOTP(secret, digits=_DIGITS, interval=_PERIOD)
    for step in range(here - _SLACK, here + _SLACK + 1):
        right = totp.generate_otp(step)
        if hmac.compare_digest(right, digits) and step > used:
            return step
    return None


def new_recovery_codes() -> list[str]:
    return [new_password() for _ in range(RECOVERY_CODES)]


def hash_code(code: str) -> str:
    """SHA-256 is enough: a recovery code has 79 random bits, there is nothing to guess."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(plain.encode()).hexdigest()


def enrolled(fields: dict[str, Any], secret: str, step: int, codes: list[str]) -> dict[str, Any]:
    """The account's fields with the second factor in force."""
    return {
        **fields,
        "totp": secret,
        "totp_used": step,
        "recovery": [hash_code(code) for code in codes],
    }


def spent(fields: dict[str, Any], code: str, now: float) -> tuple[str, dict[str, Any]] | None:
    """What ``code`` is, "code" or "recovery", and the account's fields once it is used.

    None where it is neither, or was used before.
    """
    step = step_of(fields["totp"], code, now, fields["totp_used"])
    if step is not None:
        return "code", {**fields, "totp_used": step}
    hashed = hash_code(code)
    if hashed in fields["recovery"]:
        left = [other for other in fields["recovery"] if other != hashed]
        return "recovery", {**fields, "recovery": left}
    return None


def without(fields: dict[str, Any]) -> dict[str, Any]:
    """The account's fields without a second factor."""
    gone = {"totp", "totp_used", "recovery"}
    return {name: value for name, value in fields.items() if name not in gone}
