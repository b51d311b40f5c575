"""Who may what: each role may do all that the one before may."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from moderato.store.users import Role
from services.console.context import SESSION
from services.console.problems import ProblemError

_ORDER: Final = tuple(Role)


def may(request: web.Request, least: Role) -> bool:
    """Whether who asks has at least this role."""
    return _ORDER.index(request[SESSION].user.role) >= _ORDER.index(least)


def require(request: web.Request, least: Role) -> None:
    """Raises the problem that says which role this needs, where who asks has a lesser one."""
    if not may(request, least):
        raise ProblemError(403, "Forbidden", f"This needs the role {least.value} or above.")
