"""Comments of the same site with nearly the same words as one."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from moderato.store.records import Record
from services.console import views
from services.console.context import CONFIG, STORE
from services.console.queue import missing

#: Comments that are shown.
_SHOWN: Final = 20


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/comments/{site}/{id}/similar", similar)


async def similar(request: web.Request) -> web.Response:
    """The newest comments that say nearly the same, and how many there are in all."""
    store, site, comment = request.app[STORE], request.match_info["site"], request.match_info["id"]
    if not await store.comments.exists(site, comment):
        raise missing(site, comment)
    found = await store.alikes.of(site, comment, limit=_SHOWN)
    return web.json_response(
        {
            "comments": [_shown(record) for record in found.records],
            "total": found.total,
            "rejected": found.rejected,
            "at_least": found.at_least,
            "days": request.app[CONFIG].similar_days,
        }
    )


def _shown(record: Record) -> dict[str, Any]:
    """Without its text: who looks at one comment has not asked to read twenty."""
    comment = record.comment
    return {
        "site": comment.site,
        "id": comment.id,
        "state": comment.state.value,
        "place": record.place.value if record.place else "",
        "received_at": comment.received_at,
        "author": {"id": comment.author.id, "name": comment.author.name},
        "article": {"id": comment.article.id, "title": comment.article.title},
        "why": views.event(record.last) if record.last else None,
    }
