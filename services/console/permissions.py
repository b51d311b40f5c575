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
    ("GET", "/api/policies/{site}"): MODERATOR,
    ("GET", "/api/comments/{site}/{id}"): MODERATOR,
    ("GET", "/api/comments/{site}/{id}/similar"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/decision"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/undo"): MODERATOR,
    ("GET", "/api/queue/facets"): MODERATOR,
    ("GET", "/api/queue/counts"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/escalate"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/hold"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/return"): MODERATOR,
    ("POST", "/api/comments/{site}/{id}/lease"): MODERATOR,
    ("DELETE", "/api/comments/{site}/{id}/lease"): MODERATOR,
    ("GET", "/api/articles"): MODERATOR,
    ("GET", "/api/articles/{site}/{article}"): MODERATOR,
    ("GET", "/api/articles/{site}/{article}/thread"): MODERATOR,
    # Closing, and opening what is closed, is an editor's; the script that does it asks.
    ("POST", "/api/articles/{site}/{article}/mode"): MODERATOR,
    ("POST", "/api/articles/{site}/{article}/tighter"): MODERATOR,
    ("POST", "/api/bulk"): MODERATOR,
    ("GET", "/api/bulk"): MODERATOR,
    ("GET", "/api/bulk/{site}/{bulk}"): MODERATOR,
    ("POST", "/api/bulk/{site}/{bulk}/start"): MODERATOR,
    ("POST", "/api/bulk/{site}/{bulk}/undo"): MODERATOR,
    ("GET", "/api/author"): MODERATOR,
    ("GET", "/api/author/comments"): MODERATOR,
    ("POST", "/api/author/standing"): MODERATOR,  # who may rule what: standing_rights.py
    ("POST", "/api/author/notes"): MODERATOR,
    ("DELETE", "/api/author/notes/{note}"): MODERATOR,  # their own; an editor: everybody's
    ("PUT", "/api/reasons/{site}"): EDITOR,
    ("DELETE", "/api/reasons/{site}"): EDITOR,
    ("POST", "/api/dead-letters/{site}/{letter}/replay"): EDITOR,
    ("POST", "/api/invitation/look"): "anybody",
    ("POST", "/api/invitation/accept"): "anybody",
    ("GET", "/api/account"): MODERATOR,
    ("POST", "/api/account/password"): MODERATOR,
    ("POST", "/api/account/sessions/end"): MODERATOR,
    ("POST", "/api/account/sessions/{id}/end"): MODERATOR,
    ("POST", "/api/account/second-factor/begin"): MODERATOR,
    ("POST", "/api/account/second-factor/confirm"): MODERATOR,
    ("POST", "/api/account/second-factor/off"): MODERATOR,
    ("POST", "/api/account/recovery-codes"): MODERATOR,
    ("GET", "/api/people"): ADMINISTRATOR,
    ("POST", "/api/people/invite"): ADMINISTRATOR,
    ("POST", "/api/people/{name}/withdraw"): ADMINISTRATOR,
    ("POST", "/api/people/{name}/role"): ADMINISTRATOR,
    ("POST", "/api/people/{name}/reset"): ADMINISTRATOR,
    ("POST", "/api/people/{name}/second-factor/reset"): ADMINISTRATOR,
    ("POST", "/api/people/{name}/remove"): ADMINISTRATOR,
    ("GET", "/api/sites"): ADMINISTRATOR,
    ("POST", "/api/sites"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/rotate-key"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/remove"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/enable"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/disable"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/rotate-secret"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/finish-rotation"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/test"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/webhooks/{webhook}/replay"): ADMINISTRATOR,
    ("GET", "/api/sites/{site}/deliveries"): ADMINISTRATOR,
    ("POST", "/api/sites/{site}/deliveries/{delivery}/replay"): ADMINISTRATOR,
    ("GET", "/api/numbers"): MODERATOR,  # of people: their own row; an editor: everybody's
    ("GET", "/api/numbers/export"): MODERATOR,  # of nobody
    ("GET", "/api/audit"): MODERATOR,  # of their own account; an editor: of everybody
    ("GET", "/api/audit/export"): MODERATOR,  # the same
}

#: What somebody may call whose role needs a second factor, before they have set one up.
WITHOUT_SECOND_FACTOR: Final = frozenset(
    {
        ("POST", "/api/logout"),
        ("GET", "/api/me"),
        ("GET", "/api/account"),
        ("POST", "/api/account/second-factor/begin"),
        ("POST", "/api/account/second-factor/confirm"),
    }
)


def route_of(request: web.Request) -> Route | None:
    """The request's route, as the table names it; None where there is no such path or method."""
    resource = request.match_info.route.resource
    if resource is None:
        return None
    return "GET" if request.method == "HEAD" else request.method, resource.canonical


def least_for(request: web.Request) -> Least | None:
    """What the request's route asks for; None for one that is not in the table."""
    route = route_of(request)
    return None if route is None else PERMISSIONS.get(route)
