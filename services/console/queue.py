"""What waits for a person, and one comment with everything that is known about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from moderato.domain.comment import State
from moderato.store.store import Store
from moderato.store.views import INDEXED, Page, Queue, View
from services.console import views
from services.console.body import from_validation
from services.console.context import SESSION, STORE
from services.console.policies import listed
from services.console.problems import ProblemError
from services.console.query import FacetsQuery, QueueQuery, raw_query


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/queue", queue)
    app.router.add_get("/api/queue/facets", facets)
    app.router.add_get("/api/queue/counts", counts)
    app.router.add_get("/api/comments/{site}/{id}", comment)
    app.router.add_post("/api/dead-letters/{site}/{letter}/replay", replay)


async def queue(request: web.Request) -> web.Response:
    """A page of a queue, how many the filters leave, and how many wait per site and queue."""
    store = request.app[STORE]
    try:
        query = QueueQuery.model_validate(raw_query(request))
        view = query.view()
    except ValidationError as error:
        raise from_validation(error) from None
    sites = await known_sites(store)
    chosen = _chosen(sites, query.site)
    page = Page([], 0, None, None)
    if query.limit:
        page = await store.queues.page(
            chosen,
            view,
            limit=query.limit,
            offset=query.offset,
            after=query.cursor("after"),
            before=query.cursor("before"),
            around=query.cursor("around"),
        )
    return web.json_response(
        {
            "queue": view.queue,
            "sort": view.sort,
            "order": "desc" if view.descending else "asc",
            "items": await _items(store, view, page),
            "total": await store.queues.total(chosen, view),
            "position": page.position,
            "next": str(page.next) if page.next else None,
            "previous": str(page.previous) if page.previous else None,
            "counts": await store.queues.counts(sites),
        }
    )


async def facets(request: web.Request) -> web.Response:
    """What is in a view: counts per rule and language, histograms of the scores."""
    store = request.app[STORE]
    try:
        query = FacetsQuery.model_validate(raw_query(request))
        view = query.view()
    except ValidationError as error:
        raise from_validation(error) from None
    chosen = _chosen(await known_sites(store), query.site)
    return web.json_response(asdict(await store.queues.facets(chosen, view)))


async def counts(request: web.Request) -> web.Response:
    """How many wait, per site and queue."""
    store = request.app[STORE]
    return web.json_response({"counts": await store.queues.counts(await known_sites(store))})


async def comment(request: web.Request) -> web.Response:
    """One comment, with its parent and every step of its life."""
    store = request.app[STORE]
    site, comment_id = request.match_info["site"], request.match_info["id"]
    found = await views.items(store, [(site, comment_id)])
    if not found:
        raise missing(site, comment_id)
    history = await store.comments.history(site, comment_id)
    more = {
        "history": [views.event(line) for line in history],
        "listed": await listed(request, found[0]),
    }
    return web.json_response(found[0] | more)


async def replay(request: web.Request) -> web.Response:
    """Has a dead letter scored again."""
    store = request.app[STORE]
    site, letter_id = request.match_info["site"], request.match_info["letter"]
    letter = await store.work.dead_letter(site, letter_id)
    if letter is None or not await store.work.replay(letter):
        raise ProblemError(404, "Not Found", f"Site {site!r} has no dead letter {letter_id!r}.")
    by = request[SESSION].user.name
    await store.audit.record(by=by, action="comment.replay", site=site, subject=letter.comment)
    return web.json_response({"site": site, "comment": letter.comment}, status=202)


async def known_sites(store: Store) -> list[str]:
    return [site.id for site in await store.sites.all()]


def missing(site: str, comment_id: str) -> ProblemError:
    return ProblemError(404, "Not Found", f"Site {site!r} has no comment {comment_id!r}.")


def _chosen(sites: list[str], site: str | None) -> list[str]:
    if site is None:
        return sites
    if site not in sites:
        raise ProblemError(404, "Not Found", f"There is no site {site!r}.")
    return [site]


async def _items(store: Store, view: View, page: Page) -> list[dict[str, Any]]:
    """The rows as the page shows them, without what has left the queue since it was read."""
    rows = {(row.site, row.comment): row for row in page.rows}
    found = await views.items(store, [(row.site, row.comment) for row in page.rows])
    shown = []
    for item in found:
        row = rows[item["site"], item["id"]]
        item["cursor"] = str(row.cursor)
        if view.queue is Queue.DEAD:
            letter = await store.work.dead_letter(row.site, row.letter)
            item["letter"] = letter and {
                "id": letter.id,
                "error": letter.error,
                "times_delivered": letter.times_delivered,
                "at": letter.at,
            }
        if _belongs(item, view.queue):
            shown.append(item)
    return shown


def _belongs(item: dict[str, Any], queue: Queue) -> bool:
    if queue in INDEXED:
        return bool(item["place"] == queue)
    match queue:
        case Queue.WAITING:
            return bool(item["state"] == State.PENDING or item["place"] == "held")
        case Queue.APPROVED | Queue.REJECTED:
            return bool(item["state"] == queue)
        case Queue.DEAD:
            return bool(item["letter"])
        case _:
            return bool(item["state"] != State.ERASED)
