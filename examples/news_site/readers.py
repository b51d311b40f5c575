"""Who is reading."""

from __future__ import annotations

import hashlib
import secrets

from aiohttp import web

from .settings import SETTINGS


def reader_of(request: web.Request) -> str:
    """Who is reading: the hash of a random cookie, so that the id gives the cookie away to nobody.

    A site with accounts uses the account's id here.
    """
    cookie = request.cookies.get("reader")
    if not cookie:
        raise web.HTTPForbidden(text="Comments need a cookie: allow it and reload the page.")
    return hashlib.sha256(cookie.encode()).hexdigest()[:24]


def remember(request: web.Request, response: web.Response) -> None:
    """Gives a reader who has none their cookie."""
    if "reader" not in request.cookies:
        response.set_cookie(
            "reader",
            secrets.token_urlsafe(24),
            max_age=365 * 86_400,
            httponly=True,
            samesite="Lax",
            secure=request.app[SETTINGS].public_url.startswith("https:"),
        )
