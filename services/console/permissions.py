"""Who may call what: every route with the least role it asks for. The guard enforces it."""

from __future__ import annotations

from typing import Final, Literal

from aiohttp import web

from moderato.store.users import Role

#: A route's method and its path as it was declared.
Route = tuple[str, str]
#: What a route asks for: "anybody" needs no session.
Least = Role | Literal["anybody"]

MODERATOR, EDITOR, ADMINISTRATOR = Role.MODERATOR, Role.EDITOR, Role.ADMINISTRATOR

#: A route under /api that is not here lets nobody in, and fails a test.
PERMISSIONS: Final[dict[Route, Least]] = {
    ("POST", "/api/login"): "anybody",
    ("POST", "/api/logout"): MODERATOR,
    ("GET", "/api/me"): MODERATOR,
    ("GET", "/api/events"): MODERATOR,
    ("GET", "/api/queue"): MODERATOR,
    ("GET", "/api/reasons"): MODERATOR,
    ("GET", "/api/comments/{site}/{id}"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/decision"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/undo"): MODERATOR,
}


def least_for(request: web.Request) -> Least | None:
    """What the request's route asks for; None for one that is not in the table."""
    resource = request.match_info.route.resource
    if resource is None:  # no such path, or not with this method
        return None
    method = "GET" if request.method == "HEAD" else request.method
    return PERMISSIONS.get((method, resource.canonical))
