"""Around every request: its id, its numbers, and a problem document for whatever goes wrong."""

from __future__ import annotations

import secrets
import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from services.intake import kinds
from services.intake.context import REQUEST_ID
from services.intake.guard import LATER, SOON, is_out_of_memory
from services.intake.metrics import REFUSED, REQUESTS, SECONDS
from services.intake.problems import Problem
from services.intake.ratelimit import RATE_HEADERS

log = structlog.get_logger(__name__)


@web.middleware
async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Names the request, counts it, and answers with a problem instead of an exception."""
    request[REQUEST_ID] = secrets.token_hex(8)
    route = request.match_info.route.name or "none"
    began = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request=request[REQUEST_ID]):
        try:
            response = await handler(request)
        except Exception as error:
            response = await _answer(request, _problem(request, error))
    REQUESTS.labels(route, request.method, response.status).inc()
    if response.content_type != "text/event-stream":
        SECONDS.labels(route).observe(time.perf_counter() - began)
    return response


async def _answer(request: web.Request, problem: Problem) -> web.Response:
    response = problem.response(request[REQUEST_ID])
    REFUSED.labels(problem.kind.name).inc()
    if problem.hang_up:
        # aiohttp would go on reading the body to be polite, for another ten seconds.
        await response.prepare(request)
        await response.write_eof()
        request.protocol.force_close()
    return response


def _problem(request: web.Request, error: Exception) -> Problem:
    """What to answer for ``error``."""
    match error:
        case Problem():
            problem = error
        case web.HTTPNotFound():
            problem = Problem(
                kinds.NOT_FOUND, "Nothing stands at this address; /docs lists what does."
            )
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            problem = Problem(
                kinds.METHOD_NOT_ALLOWED,
                f"This address takes {allowed}, not {request.method}.",
                headers={"Allow": allowed},
            )
        case _ if is_out_of_memory(error):
            problem = Problem(
                kinds.NEARLY_FULL,
                "Redis has no memory left. Nothing was stored; send it again later.",
                retry_after=LATER,
            )
        case RedisError() | OSError():
            log.warning("redis_failed", error=str(error), kind=type(error).__name__)
            problem = Problem(
                kinds.UNAVAILABLE,
                "The store does not answer. Send it again in a moment.",
                retry_after=SOON,
            )
        case _:
            log.exception("request_failed", path=request.path, exc_info=error)
            problem = Problem(
                kinds.INTERNAL,
                "Something is broken here, and it is in the log. Sending it again may help.",
            )
    return problem


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """What every answer carries; called before its headers are written."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    if REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    if RATE_HEADERS in request:
        response.headers.update(request[RATE_HEADERS])
