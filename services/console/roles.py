"""What depends on a role beyond the table of permissions, which the guard enforces."""

from __future__ import annotations

from aiohttp import web

from moderato.store.users import Role
from services.console.context import SESSION


def may(request: web.Request, least: Role) -> bool:
    """Whether who asks has at least this role."""
    return request[SESSION].user.role.covers(least)
