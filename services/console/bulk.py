"""Deciding on many comments at once: preview, start, progress, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal, Self

import structlog
from aiohttp import web
from pydantic import Field, StringConstraints, model_validator

from moderato.store.audit import Detail
from moderato.store.bulks import Bulk, BulkState
from moderato.store.store import Store
from moderato.store.users import Role
from moderato.store.views import Facets, Queue, View
from services.console import views
from services.console.body import read_body
from services.console.context import BULKS, CONFIG, SESSION, STORE
from services.console.decisions import RELEASED, Why, why
from services.console.problems import ProblemError
from services.console.query import FilterModel
from services.console.reasons import must_exist
from services.console.roles import may

log = structlog.get_logger(__name__)

#: Comments shown from either end of a preview.
_SAMPLES = 5

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class BulkBody(FilterModel):
    """A filter of one site's queue, or the comments by id."""

    site: str
    queue: Literal[Queue.FLAGGED, Queue.ESCALATED] = Queue.FLAGGED
    ids: list[_Id] | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def one_or_the_other(self) -> Self:
        if self.ids is not None and self.filter():
            raise ValueError("Give ids or filters, not both.")
        return self


class StartBody(Why):
    """What to do with all of them."""


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/bulk", preview)
    app.router.add_get("/api/bulk", under_way)
    app.router.add_get("/api/bulk/{site}/{bulk}", show)
    app.router.add_post("/api/bulk/{site}/{bulk}/start", start)
    app.router.add_post("/api/bulk/{site}/{bulk}/undo", undo)


async def preview(request: web.Request) -> web.Response:
    """Fixes what a bulk would be about, and shows what that is."""
    store = request.app[STORE]
    body = await read_body(request, BulkBody, seconds=request.app[CONFIG].body_timeout)
    await must_exist(request, body.site)
    if body.queue is Queue.ESCALATED and not may(request, Role.EDITOR):
        raise ProblemError(403, "Forbidden", "Only editors decide what was escalated.")
    by = request[SESSION].user.name
    if body.ids is not None:
        ids = list(dict.fromkeys(body.ids))
        bulk = await store.bulks.preview(body.site, ids, by=by)
        more = await _of_ids(store, body.site, ids)
    else:
        view = View(body.queue, filter=body.filter())
        bulk = await store.bulks.preview(body.site, view, by=by)
        more = await _of_view(store, body.site, view)
    return web.json_response(_shown(bulk) | more, status=201)


async def under_way(request: web.Request) -> web.Response:
    """The bulks that are not ended."""
    store = request.app[STORE]
    found = [await store.bulks.get(*key) for key in await store.bulks.under_way()]
    return web.json_response({"bulks": [_shown(bulk) for bulk in found if bulk]})


async def show(request: web.Request) -> web.Response:
    """How far a bulk is."""
    return web.json_response(_shown(await _bulk(request)))


async def start(request: web.Request) -> web.Response:
    """Approves or rejects all of a preview; sent again, it answers as the first time."""
    store, bulk = request.app[STORE], await _bulk(request)
    body = await read_body(request, StartBody, seconds=request.app[CONFIG].body_timeout)
    rule, reason = await why(request, bulk.site, body)
    by = request[SESSION].user.name
    outcome = await store.bulks.start(
        bulk.site,
        bulk.id,
        approve=body.action == "approve",
        rule=rule,
        reason=reason,
        by=by,
        editor=may(request, Role.EDITOR),
    )
    now = await _bulk(request)
    if outcome == "started":
        log.info("bulk_started", site=bulk.site, bulk=bulk.id, by=by, total=now.total)
        await _record(request, "comment.bulk", now)
        request.app[BULKS].wake()
    elif (now.by, now.action, now.rule, now.reason) != (by, body.action, rule, reason):
        raise ProblemError(409, "Conflict", f"It was started already, by {now.by}: {now.action}.")
    return web.json_response(_shown(now), status=202)


async def undo(request: web.Request) -> web.Response:
    """Takes the whole back, as long as nothing of it is released."""
    bulk, by = await _bulk(request), request[SESSION].user.name
    if bulk.by != by and not may(request, Role.EDITOR):
        raise ProblemError(403, "Forbidden", f"Only {bulk.by} or an editor can take it back.")
    outcome = await request.app[STORE].bulks.undo(bulk.site, bulk.id, by=by)
    if outcome == "late":
        raise ProblemError(410, "Gone", "The time to undo is over.", type=RELEASED)
    if outcome == "preview":
        raise ProblemError(409, "Conflict", "It has not been started.")
    log.info("bulk_undone", site=bulk.site, bulk=bulk.id, by=by)
    await _record(request, "comment.bulk-undo", bulk)
    request.app[BULKS].wake()
    return web.json_response(_shown(await _bulk(request)), status=202)


async def _bulk(request: web.Request) -> Bulk:
    site, bulk = request.match_info["site"], request.match_info["bulk"]
    found = await request.app[STORE].bulks.get(site, bulk)
    if found is None:
        raise ProblemError(404, "Not Found", f"Site {site!r} has no bulk {bulk!r}.")
    return found


async def _record(request: web.Request, action: str, bulk: Bulk) -> None:
    details: dict[str, Detail] = {"action": bulk.action, "comments": bulk.total}
    if bulk.rule:
        details["rule"] = bulk.rule
    await request.app[STORE].audit.record(
        by=request[SESSION].user.name,
        action=action,
        site=bulk.site,
        subject=bulk.id,
        details=details,
        once=True,
    )


def _shown(bulk: Bulk) -> dict[str, Any]:
    shown = asdict(bulk)
    if bulk.state is BulkState.PREVIEW:
        shown["undo_until"] = None
    return shown


async def _of_view(store: Store, site: str, view: View) -> dict[str, Any]:
    first = (await store.queues.page([site], view, limit=_SAMPLES)).rows
    opposite = replace(view, descending=not view.descending)
    last = (await store.queues.page([site], opposite, limit=_SAMPLES)).rows[::-1]
    seen = {row.comment for row in first}
    facets = await store.queues.facets([site], view)
    return await _more(
        store,
        site,
        facets,
        [row.comment for row in first],
        [row.comment for row in last if row.comment not in seen],
    )


async def _of_ids(store: Store, site: str, ids: Sequence[str]) -> dict[str, Any]:
    facets = Facets()
    for record in await store.comments.get_many(site, ids):
        if record is not None:
            facets.add(record)
    return await _more(store, site, facets, ids[:_SAMPLES], ids[_SAMPLES:][-_SAMPLES:])


async def _more(
    store: Store, site: str, facets: Facets, first: Sequence[str], last: Sequence[str]
) -> dict[str, Any]:
    samples = {
        "first": await views.items(store, [(site, comment) for comment in first]),
        "last": await views.items(store, [(site, comment) for comment in last]),
    }
    return {"facets": asdict(facets), "samples": samples}
