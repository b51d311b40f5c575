"""The application: its routes, made from the table of operations, and what surrounds them."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from moderato.config import Config
from moderato.health import add_health_routes
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.intake import docs
from services.intake.auth import Keys, authenticate
from services.intake.context import INTAKE, SITE, Intake
from services.intake.guard import Guard
from services.intake.middleware import add_headers, outermost
from services.intake.operations import OPERATIONS


def make_app(config: Config, store: Store, feed: Feed, guard: Guard) -> web.Application:
    """The API on ``store``. Whoever serves it also runs ``feed`` and ``guard``."""
    app = web.Application(middlewares=[outermost], client_max_size=config.max_body_bytes)
    app[INTAKE] = Intake(config, store, feed, guard, Keys(store.sites))
    for operation in OPERATIONS:
        # The default pattern of a path's variable takes no braces; an article's id may have them.
        path = operation.path.replace("{id}", "{id:[^/]+}")
        handler = _for_a_site(operation.handler)
        app.router.add_route(operation.method, path, handler, name=operation.id)
        if operation.method == "GET" and not operation.streams:
            app.router.add_route("HEAD", path, handler, name=f"{operation.id}_head")
    docs.add_routes(app, config)
    add_health_routes(app, {"redis": guard.check})
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_stop_waiting)
    return app


def _for_a_site(handler: Handler) -> Handler:
    async def secured(request: web.Request) -> web.StreamResponse:
        request[SITE] = await authenticate(request, request.app[INTAKE].keys)
        return await handler(request)

    return secured


async def _stop_waiting(app: web.Application) -> None:
    """Ends the live streams and the waits for decisions, so that the server can go."""
    app[INTAKE].stopping.set()
