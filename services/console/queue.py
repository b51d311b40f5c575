"""What waits for a person, and one comment with everything that is known about it."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderato.domain.comment import State
from services.console import reasons, views
from services.console.body import from_validation
from services.console.context import STORE
from services.console.problems import ProblemError


class QueueQuery(BaseModel):
    """``limit`` 0 asks for the counts alone."""

    model_config = ConfigDict(extra="forbid")

    state: Literal[State.FLAGGED, State.PENDING] = State.FLAGGED
    site: str | None = None
    limit: int = Field(50, ge=0, le=100)
    offset: int = Field(0, ge=0)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/queue", queue)
    app.router.add_get("/api/comments/{site}/{id}", comment)
    app.router.add_get("/api/reasons", reject_reasons)


async def queue(request: web.Request) -> web.Response:
    """A page of a queue, and how many wait: per site and state, and in this queue in all."""
    store = request.app[STORE]
    try:
        query = QueueQuery.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None
    sites = [site.id for site in await store.sites.all()]
    if query.site is not None and query.site not in sites:
        raise ProblemError(404, "Not Found", f"There is no site {query.site!r}.")
    chosen = [query.site] if query.site else sites
    ids: list[tuple[str, str]] = []
    if query.limit:
        ids = await store.queues.ids(chosen, query.state, limit=query.limit, offset=query.offset)
    items = await views.items(store, ids)
    counts = await store.queues.counts(sites)
    return web.json_response(
        {
            # One that was decided since its id was read is not in the queue any more.
            "items": [item for item in items if item["state"] == query.state],
            "counts": counts,
            "total": sum(counts[site][query.state] for site in chosen),
        }
    )


async def comment(request: web.Request) -> web.Response:
    """One comment, with its parent and every step of its life."""
    store = request.app[STORE]
    site, comment_id = request.match_info["site"], request.match_info["id"]
    found = await views.items(store, [(site, comment_id)])
    if not found:
        raise missing(site, comment_id)
    history = await store.comments.history(site, comment_id)
    return web.json_response(found[0] | {"history": [views.event(line) for line in history]})


async def reject_reasons(_request: web.Request) -> web.Response:
    return web.json_response({"reasons": reasons.as_json()})


def missing(site: str, comment_id: str) -> ProblemError:
    return ProblemError(404, "Not Found", f"Site {site!r} has no comment {comment_id!r}.")
