"""What is known about the browser that asks."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from moderato.store.audit import Detail

#: Longest user agent kept, characters.
_LONGEST: Final = 200


def agent_of(request: web.Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:_LONGEST]


def where(request: web.Request) -> dict[str, Detail]:
    """Its address and its name, for the audit log."""
    return {"address": request.remote or "", "agent": agent_of(request)}
