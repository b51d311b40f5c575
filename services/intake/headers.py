"""The request headers that mean something here."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import web

from services.intake import kinds
from services.intake.problems import FieldError, Problem

#: Longest Idempotency-Key, characters.
KEY_CHARS: Final = 255
_QUOTED: Final = rf'"((?:[ !#-\[\]-~]|\\["\\]){{1,{KEY_CHARS}}})"'
_BARE: Final = rf"[!#-~][!-~]{{0,{KEY_CHARS - 1}}}"
#: For OpenAPI.
KEY_PATTERN: Final = f"^({_QUOTED}|{_BARE})$"
_ESCAPE: Final = re.compile(r"\\(.)")


def idempotency_key(request: web.Request) -> str | None:
    """The Idempotency-Key: a structured-field string, as its draft says, or bare.

    ``"k1"`` and ``k1`` are the same key: what most clients send, and what the draft asks for.
    Raises Problem where it is neither.
    """
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    text = given[0].strip()
    quoted = re.fullmatch(_QUOTED, text)
    if len(given) > 1 or not (quoted or re.fullmatch(_BARE, text)):
        error = FieldError(
            part="header",
            field="Idempotency-Key",
            what="The Idempotency-Key cannot be used.",
            fix=f"Send one key of 1 to {KEY_CHARS} printable ASCII characters, such as a UUID.",
        )
        raise Problem(kinds.MALFORMED, f"{error.what} {error.fix}", errors=[error])
    return _ESCAPE.sub(r"\1", quoted[1]) if quoted else text


def wait_preference(request: web.Request, longest: float) -> float:
    """Seconds the client would wait for a decision (RFC 7240), at most ``longest``; 0: not at all.

    A preference that makes no sense is ignored, as the RFC asks.
    """
    for line in request.headers.getall("Prefer", []):
        for preference in line.split(","):
            name, _, value = preference.partition(";")[0].partition("=")
            if name.strip().lower() == "wait":
                seconds = value.strip().strip('"')
                return min(float(seconds), longest) if re.fullmatch(r"[0-9]{1,9}", seconds) else 0.0
    return 0.0
