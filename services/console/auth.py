"""Logging in, with a second factor where the account has one, and out."""

from __future__ import annotations

from typing import Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.store.passwords import LONGEST, SHORTEST
from moderato.store.sessions import Session
from moderato.store.users import User, UserError
from services.console.body import read_body
from services.console.client import where
from services.console.context import CONFIG, SESSION, STORE
from services.console.cookies import begin_session, give, take, token_of
from services.console.guard import lacks_second_factor
from services.console.metrics import LOGINS
from services.console.problems import ProblemError

log = structlog.get_logger(__name__)

#: The types of the problems that ask for a code, and that say that the one given is not good.
CODE_WANTED: Final = "urn:moderato:problem:code-wanted"
CODE_WRONG: Final = "urn:moderato:problem:code-wrong"
PASSWORD_WRONG: Final = "urn:moderato:problem:password-wrong"  # noqa: S105
PASSWORD_UNFIT: Final = "urn:moderato:problem:password-unfit"  # noqa: S105


class Login(BaseModel):
    """``code`` of the authenticator app, or a recovery code; asked for once the rest is right."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1_000)
    code: str = Field("", max_length=64)


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/login", login)
    app.router.add_post("/api/logout", logout)
    app.router.add_get("/api/me", me)


async def login(request: web.Request) -> web.Response:
    """A new session for a name and its password; an older one of this browser ends."""
    config, store = request.app[CONFIG], request.app[STORE]
    body = await read_body(request, Login, seconds=config.body_timeout)
    address = request.remote or ""
    user = await check_password(request, body.name, body.password)
    how = await check_code(request, user, body.code) if user.second_factor else "password"
    await store.sessions.forgive(user.name, address)
    session, token = await begin_session(request, user)
    log.info("logged_in", user=user.name, address=address)
    LOGINS.labels("in").inc()
    await store.audit.record(by=user.name, action="login.in", details=where(request))
    if how == "recovery":
        left = await store.users.recovery_left(user.name)
        await store.audit.record(
            by=user.name, action="account.recovery-code", details={"left": left}
        )
    response = web.json_response(await _me(request, session))
    give(request, response, token)
    return response


async def check_password(request: web.Request, name: str, password: str) -> User:
    """The account; raises the problem where the password is wrong, or tried too often."""
    store, address = request.app[STORE], request.remote or ""
    _check_wait(request, await store.sessions.attempt(name, address))
    user = await store.users.verify(name, password)
    if user is None:
        log.info("login_failed", address=address)
        LOGINS.labels("wrong").inc()
        await _record_failure(request, name)
        raise ProblemError(
            401, "Unauthorized", "The name or the password is wrong.", type=PASSWORD_WRONG
        )
    return user


async def check_code(request: web.Request, user: User, code: str) -> str:
    """Uses the code up: "code" or "recovery"; raises the problem where it is missing or wrong."""
    store = request.app[STORE]
    if not code.strip():
        raise ProblemError(
            401, "Unauthorized", "Give the code of your authenticator app.", type=CODE_WANTED
        )
    _check_wait(request, await store.sessions.attempt_code(user.name))
    how = await store.users.spend_code(user.name, code)
    if how is None:
        LOGINS.labels("wrong").inc()
        await _record_failure(request, user.name, "login.code-failed")
        raise ProblemError(
            401,
            "Unauthorized",
            "The code is wrong, old or used. Wait for the next.",
            type=CODE_WRONG,
        )
    return how


async def logout(request: web.Request) -> web.Response:
    """Ends the session on the server, so that a copy of the cookie is worth nothing."""
    store, name = request.app[STORE], request[SESSION].user.name
    await store.sessions.end(token_of(request) or "")
    log.info("logged_out", user=name)
    await store.audit.record(by=name, action="login.out", details=where(request))
    response = web.Response(status=204)
    take(request, response)
    return response


async def me(request: web.Request) -> web.Response:
    """Who is logged in, the CSRF token, and what the page needs to know at its start."""
    return web.json_response(await _me(request, request[SESSION]))


async def _me(request: web.Request, session: Session) -> dict[str, Any]:
    sites = await request.app[STORE].sites.all()
    config = request.app[CONFIG]
    return {
        "name": session.user.name,
        "role": session.user.role.value,
        "csrf": session.csrf,
        "undo_seconds": config.undo_window,
        "lease_seconds": config.lease_seconds,
        "second_opinion": config.second_opinion,
        "second_factor_required": lacks_second_factor(session.user, config),
        "sites": [{"id": site.id, "name": site.name} for site in sites],
    }


def _check_wait(request: web.Request, wait: int | None) -> None:
    if wait is None:
        return
    log.warning("login_refused", address=request.remote)
    LOGINS.labels("limited").inc()
    raise ProblemError(
        429,
        "Too Many Requests",
        f"There were too many attempts to log in. Try again in {-(-wait // 60)} min.",
        headers={"Retry-After": str(wait)},
    )


async def _record_failure(request: web.Request, name: str, action: str = "login.failed") -> None:
    """Puts a failed login of an account into the audit log, as often as makes sense.

    Of a name that nobody has nothing is kept: somebody may have typed a password there.
    """
    store = request.app[STORE]
    user = await store.users.get(name)
    if user is not None and await store.sessions.is_worth_a_line(user.name):
        await store.audit.record(by="", action=action, subject=user.name, details=where(request))


def unfit_password(error: UserError, pointer: str) -> ProblemError:
    """A password that somebody chose is too short or too long; ``pointer`` says which field."""
    return ProblemError(
        422,
        "Unprocessable Content",
        str(error),
        type=PASSWORD_UNFIT,
        errors=[{"pointer": pointer, "detail": str(error)}],
        least=SHORTEST,
        most=LONGEST,
    )
