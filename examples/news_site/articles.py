"""The articles and their pages."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from aiohttp import web

from .readers import remember
from .settings import MAX_NAME, MAX_TEXT

FOLDER = Path(__file__).parent
ARTICLES = {
    "night-ferry": "The night ferry makes its last crossing",
    "allotments": "Four hundred gardens, one tap",
}


async def page(request: web.Request) -> web.Response:
    """An article; its comments come by script."""
    article = article_of(request)
    template = Template((FOLDER / "templates" / "page.html").read_text())
    also = "".join(
        f'<li><a href="/articles/{other}">{html.escape(title)}</a></li>'
        for other, title in ARTICLES.items()
        if other != article
    )
    text = template.substitute(
        id=article,
        title=html.escape(ARTICLES[article]),
        article=(FOLDER / "stories" / f"{article}.html").read_text(),
        also=also,
        max_text=MAX_TEXT,
        max_name=MAX_NAME,
    )
    response = web.Response(text=text, content_type="text/html")
    remember(request, response)
    return response


async def front(_request: web.Request) -> web.Response:
    raise web.HTTPFound(f"/articles/{next(iter(ARTICLES))}")


def article_of(request: web.Request) -> str:
    article = request.match_info["article"]
    if article not in ARTICLES:
        raise web.HTTPNotFound(text="There is no such article.")
    return article
