"""Who may pass: the session, the role, the second factor, the CSRF token."""

from __future__ import annotations

import hmac
from typing import Final

from aiohttp import web

from moderato.config import Config
from moderato.store.sessions import Session
from moderato.store.users import Role, User
from services.console.context import CONFIG, SESSION
from services.console.cookies import session_of
from services.console.permissions import WITHOUT_SECOND_FACTOR, least_for, route_of
from services.console.problems import Handler, ProblemError
from services.console.security import SAFE

#: The header that must carry the session's CSRF token on every change.
CSRF_HEADER: Final = "X-CSRF-Token"
#: The types of the problems that say that a role does not reach, and what must come first.
FORBIDDEN: Final = "urn:moderato:problem:forbidden"
SECOND_FACTOR_REQUIRED: Final = "urn:moderato:problem:second-factor-required"


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets nobody into the API without a session whose role the route asks for, and no change
    pass without the session's CSRF token.
    """
    least = least_for(request)
    if not request.path.startswith("/api/") or least == "anybody":
        return await handler(request)
    session = await session_of(request)
    if session is None:
        raise ProblemError(401, "Unauthorized", "You are not logged in, or the login has ended.")
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not _equal(given, session.csrf):
        raise ProblemError(
            403, "Forbidden", f"{CSRF_HEADER} must carry the token that GET /api/me gives."
        )
    if request.match_info.http_exception is None:  # else it says itself what is not there
        _check_role(session, least)
        _check_second_factor(request, session)
    request[SESSION] = session
    return await handler(request)


def lacks_second_factor(user: User, config: Config) -> bool:
    """Whether somebody must set a second factor up before they may do anything else."""
    least = config.require_second_factor
    return bool(least) and not user.second_factor and user.role.covers(Role(least))


def _check_role(session: Session, least: Role | None) -> None:
    if least is None:
        raise ProblemError(403, "Forbidden", "No role may do this: it is not in the table.")
    if not session.user.role.covers(least):
        raise ProblemError(
            403,
            "Forbidden",
            f"This needs the role {least.value}; yours is {session.user.role.value}. "
            "An administrator can change it.",
            type=FORBIDDEN,
        )


def _check_second_factor(request: web.Request, session: Session) -> None:
    if route_of(request) in WITHOUT_SECOND_FACTOR:
        return
    if lacks_second_factor(session.user, request.app[CONFIG]):
        raise ProblemError(
            403,
            "Forbidden",
            "Your role needs a second factor: set it up under /account first.",
            type=SECOND_FACTOR_REQUIRED,
        )


def _equal(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
