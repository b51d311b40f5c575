"""The page itself: plain files, the same for everybody, with nothing secret in them."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from services.console.problems import Handler

STATIC = Path(__file__).with_name("static")


#: Where each page is; what it shows comes from the API, which asks who wants to know.
_PAGES = {
    "/": "index.html",
    "/login": "login.html",
    "/invite": "invite.html",
    "/article": "article.html",
    "/account": "account.html",
    "/admin": "admin.html",
    "/audit": "audit.html",
    "/numbers": "numbers.html",
    "/author": "author.html",
}


PATHS, FILES = tuple(_PAGES), tuple(_PAGES.values())


def add_routes(app: web.Application) -> None:
    for path, name in _PAGES.items():
        app.router.add_get(path, _page(name))
    app.router.add_static("/static", STATIC)


def _page(name: str) -> Handler:
    async def page(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / name)

    return page
