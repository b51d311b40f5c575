"""Logging in and out, and who may pass."""

from __future__ import annotations

import hmac
from typing import Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.config import Config
from moderato.store.sessions import Session
from moderato.store.users import Role
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.metrics import LOGINS
from services.console.permissions import least_for
from services.console.problems import Handler, ProblemError
from services.console.security import SAFE

log = structlog.get_logger(__name__)

#: The header that must carry the session's CSRF token on every change.
CSRF_HEADER: Final = "X-CSRF-Token"
#: The type of the problem that says that a role does not reach.
FORBIDDEN: Final = "urn:moderato:problem:forbidden"


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1_000)


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/login", login)
    app.router.add_post("/api/logout", logout)
    app.router.add_get("/api/me", me)


def cookie_name(config: Config) -> str:
    """``__Host-`` makes the browser insist on Secure, the whole site and no other host."""
    return "__Host-moderato" if config.secure_cookies else "moderato"


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
    request[SESSION] = session
    return await handler(request)


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


async def session_of(request: web.Request) -> Session | None:
    """The session of the request's cookie, if it is still good."""
    token = request.cookies.get(cookie_name(request.app[CONFIG]))
    return await request.app[STORE].sessions.get(token) if token else None


async def login(request: web.Request) -> web.Response:
    """A new session for a name and its password; an older one of this browser ends."""
    config, store = request.app[CONFIG], request.app[STORE]
    body = await read_body(request, Login, seconds=config.body_timeout)
    address = request.remote or ""
    wait = await store.sessions.attempt(body.name, address)
    if wait is not None:
        log.warning("login_refused", address=address)
        LOGINS.labels("limited").inc()
        raise ProblemError(
            429,
            "Too Many Requests",
            f"There were too many attempts to log in. Try again in {-(-wait // 60)} min.",
            headers={"Retry-After": str(wait)},
        )
    user = await store.users.verify(body.name, body.password)
    if user is None:
        log.info("login_failed", address=address)
        LOGINS.labels("wrong").inc()
        raise ProblemError(401, "Unauthorized", "The name or the password is wrong.")
    await store.sessions.forgive(body.name, address)
    name = cookie_name(config)
    if old := request.cookies.get(name):
        await store.sessions.end(old)
    token, csrf = await store.sessions.create(user)
    log.info("logged_in", user=user.name, address=address)
    LOGINS.labels("in").inc()
    response = web.json_response(await _me(request, Session(user, csrf)))
    response.set_cookie(
        name,
        token,
        max_age=int(config.session_hours * 3600),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=config.secure_cookies,
    )
    return response


async def logout(request: web.Request) -> web.Response:
    """Ends the session on the server, so that a copy of the cookie is worth nothing."""
    config = request.app[CONFIG]
    await request.app[STORE].sessions.end(request.cookies[cookie_name(config)])
    log.info("logged_out", user=request[SESSION].user.name)
    response = web.Response(status=204)
    response.del_cookie(
        cookie_name(config),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=config.secure_cookies,
    )
    return response


async def me(request: web.Request) -> web.Response:
    """Who is logged in, the CSRF token, and what the page needs to know at its start."""
    return web.json_response(await _me(request, request[SESSION]))


async def _me(request: web.Request, session: Session) -> dict[str, Any]:
    sites = await request.app[STORE].sites.all()
    return {
        "name": session.user.name,
        "role": session.user.role.value,
        "csrf": session.csrf,
        "undo_seconds": request.app[CONFIG].undo_window,
        "sites": [{"id": site.id, "name": site.name} for site in sites],
    }


def _equal(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
