"""What came of webhooks: the newest, those given up, another try, and a test."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderato.store.deliveries import TEST, Delivery
from services.console.body import from_validation
from services.console.context import STORE
from services.console.problems import ProblemError
from services.console.sites import endpoint_of, record, site_of


class DeliveriesQuery(BaseModel):
    """``state`` dead asks for those given up, however old."""

    model_config = ConfigDict(extra="forbid")

    webhook: str = Field("", max_length=64)
    state: Literal["any", "dead"] = "any"
    limit: int = Field(50, ge=1, le=200)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/sites/{site}/deliveries", deliveries)
    app.router.add_post("/api/sites/{site}/deliveries/{delivery}/replay", replay)
    app.router.add_post("/api/sites/{site}/webhooks/{webhook}/test", test)
    app.router.add_post("/api/sites/{site}/webhooks/{webhook}/replay", replay_all)


async def deliveries(request: web.Request) -> web.Response:
    """The newest first."""
    try:
        query = DeliveriesQuery.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None
    site, store = await site_of(request), request.app[STORE].deliveries
    read = store.dead_of if query.state == "dead" else store.newest
    found = await read(site.id, endpoint=query.webhook, count=query.limit)
    return web.json_response({"deliveries": [_json(one) for one in found]})


async def test(request: web.Request) -> web.Response:
    """Has the publisher send a test; the id by which to look for what came of it."""
    endpoint, site = await endpoint_of(request), request.match_info["site"]
    delivery = await request.app[STORE].deliveries.test(site, endpoint.id)
    await record(request, "webhook.test", site, endpoint.id)
    return web.json_response({"id": delivery})


async def replay(request: web.Request) -> web.Response:
    """Makes one that was given up due again."""
    site, name = await site_of(request), request.match_info["delivery"]
    store = request.app[STORE].deliveries
    delivery = await store.get(site.id, name)
    if delivery is None or not await store.replay(delivery):
        raise ProblemError(404, "Not Found", "That delivery is not among those given up any more.")
    await record(request, "webhook.replay", site.id, delivery.endpoint, count=1)
    return web.json_response({"replayed": 1})


async def replay_all(request: web.Request) -> web.Response:
    """Makes all that were given up for a webhook due again; how many."""
    endpoint, site = await endpoint_of(request), request.match_info["site"]
    store = request.app[STORE].deliveries
    dead = await store.dead_of(site, endpoint=endpoint.id, count=10_000)
    replayed = sum([await store.replay(delivery) for delivery in dead])
    if replayed:
        await record(request, "webhook.replay", site, endpoint.id, count=replayed)
    return web.json_response({"replayed": replayed})


def _json(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook": delivery.endpoint,
        "type": delivery.type,
        "comment": "" if delivery.type == TEST else delivery.comment,
        "state": delivery.state,
        "tries": delivery.attempts,
        "status": delivery.status,
        "error": delivery.error,
        "created_at": delivery.created_at,
        "tried_at": delivery.tried_at or None,
    }
