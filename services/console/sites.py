"""An administrator's view of the sites: API keys, and where webhooks go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.store.audit import Detail
from moderato.store.sites import (
    Endpoint,
    Site,
    SiteError,
    check_webhook_url,
    finished,
    rotated,
)
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.problems import ProblemError

#: What is kept as the reason of a webhook that a person turned off.
BY_HAND = "Turned off by hand."


class NewSite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=63)
    name: str = Field("", max_length=200)


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/sites", sites)
    app.router.add_post("/api/sites", create)
    app.router.add_post("/api/sites/{site}/rotate-key", rotate_key)
    app.router.add_post("/api/sites/{site}/webhooks", add_webhook)
    webhook = "/api/sites/{site}/webhooks/{webhook}"
    app.router.add_post(f"{webhook}/remove", remove_webhook)
    app.router.add_post(f"{webhook}/enable", enable)
    app.router.add_post(f"{webhook}/disable", disable)
    app.router.add_post(f"{webhook}/rotate-secret", rotate_secret)
    app.router.add_post(f"{webhook}/finish-rotation", finish_rotation)


async def sites(request: web.Request) -> web.Response:
    """Every site with its webhooks; neither keys nor secrets."""
    store = request.app[STORE]
    return web.json_response(
        {
            "sites": [
                {
                    "id": site.id,
                    "name": site.name,
                    "created_at": site.created_at,
                    "policy": await store.policies.current_version(site.id),
                    "webhooks": [_webhook(one) for one in await store.sites.endpoints(site.id)],
                }
                for site in await store.sites.all()
            ]
        }
    )


async def create(request: web.Request) -> web.Response:
    """A site; its API key, shown this once."""
    body = await read_body(request, NewSite, seconds=request.app[CONFIG].body_timeout)
    try:
        key = await request.app[STORE].sites.create(body.id, body.name.strip() or body.id)
    except SiteError as error:
        raise _unfit(error, "#/id") from None
    await record(request, "site.create", body.id, body.id)
    return web.json_response({"id": body.id, "key": key})


async def rotate_key(request: web.Request) -> web.Response:
    """A new API key, shown this once; the old one stops working within seconds."""
    site = await site_of(request)
    key = await request.app[STORE].sites.rotate_key(site.id)
    await record(request, "site.rotate-key", site.id, site.id)
    return web.json_response({"id": site.id, "key": key})


async def add_webhook(request: web.Request) -> web.Response:
    """Sends the site's events there too; the secret that signs them, shown this once.

    Whether the address may be reached is the publisher's to say, each time it connects.
    """
    body = await read_body(request, NewWebhook, seconds=request.app[CONFIG].body_timeout)
    site = await site_of(request)
    try:
        check_webhook_url(body.url)
    except SiteError as error:
        raise _unfit(error, "#/url") from None
    endpoint = await request.app[STORE].sites.add_endpoint(site.id, body.url)
    await record(request, "webhook.add", site.id, endpoint.id, url=endpoint.url)
    return web.json_response(_webhook(endpoint) | {"secret": endpoint.secret})


async def remove_webhook(request: web.Request) -> web.Response:
    """Sends nothing more there; what is still due is dropped."""
    endpoint = await endpoint_of(request)
    site = request.match_info["site"]
    await request.app[STORE].sites.remove_endpoint(site, endpoint.id)
    await record(request, "webhook.remove", site, endpoint.id, url=endpoint.url)
    return web.Response(status=204)


async def enable(request: web.Request) -> web.Response:
    endpoint = await _change(request, "webhook.enable", lambda old: replace(old, disabled=""))
    return web.json_response(_webhook(endpoint))


async def disable(request: web.Request) -> web.Response:
    """Turns a webhook off: what is due to it becomes a dead letter, which can be replayed."""
    endpoint = await _change(request, "webhook.disable", lambda old: replace(old, disabled=BY_HAND))
    return web.json_response(_webhook(endpoint))


async def rotate_secret(request: web.Request) -> web.Response:
    """Signs with a new secret, shown this once, and with the one before until ``finish``."""
    endpoint = await _change(request, "webhook.rotate-secret", rotated)
    return web.json_response(_webhook(endpoint) | {"secret": endpoint.secret})


async def finish_rotation(request: web.Request) -> web.Response:
    """Signs with the newest secret alone."""
    endpoint = await _change(request, "webhook.finish-rotation", finished)
    return web.json_response(_webhook(endpoint))


async def site_of(request: web.Request) -> Site:
    """The site the path names; raises the problem where there is none."""
    name = request.match_info["site"]
    site = await request.app[STORE].sites.get(name)
    if site is None:
        raise ProblemError(404, "Not Found", f"There is no site {name!r}.")
    return site


async def endpoint_of(request: web.Request) -> Endpoint:
    """The webhook the path names; raises the problem where there is none."""
    site, name = request.match_info["site"], request.match_info["webhook"]
    for endpoint in await request.app[STORE].sites.endpoints(site):
        if endpoint.id == name:
            return endpoint
    raise _no_webhook(site, name)


async def record(
    request: web.Request, action: str, site: str, subject: str, **details: Detail
) -> None:
    await request.app[STORE].audit.record(
        by=request[SESSION].user.name, action=action, site=site, subject=subject, details=details
    )


async def _change(
    request: web.Request, action: str, change: Callable[[Endpoint], Endpoint]
) -> Endpoint:
    site, name = request.match_info["site"], request.match_info["webhook"]
    endpoint = await request.app[STORE].sites.change_endpoint(site, name, change)
    if endpoint is None:
        raise _no_webhook(site, name)
    await record(request, action, site, name)
    return endpoint


def _webhook(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "disabled": endpoint.disabled,
        "rotating": bool(endpoint.previous_secret),
    }


def _no_webhook(site: str, name: str) -> ProblemError:
    return ProblemError(404, "Not Found", f"Site {site!r} has no webhook {name!r}.")


def _unfit(error: SiteError, pointer: str) -> ProblemError:
    return ProblemError(
        422,
        "Unprocessable Content",
        str(error),
        errors=[{"pointer": pointer, "detail": str(error)}],
    )
