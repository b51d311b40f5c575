"""The cookie that carries a session's token."""

from __future__ import annotations

from aiohttp import web

from moderato.config import Config
from moderato.store.sessions import Session
from moderato.store.users import User
from services.console.client import agent_of
from services.console.context import CONFIG, STORE


def cookie_name(config: Config) -> str:
    """``__Host-`` makes the browser insist on Secure, the whole site and no other host."""
    return "__Host-moderato" if config.secure_cookies else "moderato"


def token_of(request: web.Request) -> str | None:
    return request.cookies.get(cookie_name(request.app[CONFIG]))


async def session_of(request: web.Request) -> Session | None:
    """The session of the request's cookie, if it is still good."""
    token = token_of(request)
    return await request.app[STORE].sessions.get(token) if token else None


async def begin_session(request: web.Request, user: User) -> tuple[Session, str]:
    """A new session, with its token; an older one of this browser ends."""
    sessions = request.app[STORE].sessions
    if old := token_of(request):
        await sessions.end(old)
    token, csrf = await sessions.create(user, request.remote or "", agent_of(request))
    return Session(user, csrf), token


def give(request: web.Request, response: web.Response, token: str) -> None:
    """Has the browser keep the token."""
    config = request.app[CONFIG]
    response.set_cookie(
        cookie_name(config),
        token,
        max_age=int(config.session_hours * 3600),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=config.secure_cookies,
    )


def take(request: web.Request, response: web.Response) -> None:
    """Has the browser forget the token."""
    config = request.app[CONFIG]
    response.del_cookie(
        cookie_name(config),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=config.secure_cookies,
    )
