"""Errors as ``application/problem+json`` (RFC 9457): which field, what was wrong, what is right."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from redis.exceptions import OutOfMemoryError, RedisError

from moderato.store.outcomes import NotDurableError

log = structlog.get_logger(__name__)

#: Seconds a client should wait before it asks again when Redis is away.
RETRY_AFTER = 2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    type: str = "about:blank",  # noqa: A002 - the member's name in RFC 9457
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> web.Response:
    """A problem as a response. ``errors`` are ``{"pointer": "#/field", "detail": "..."}``."""
    body: dict[str, Any] = {"type": type, "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return web.Response(
        status=status,
        body=json.dumps(body | extra).encode(),
        content_type="application/problem+json",
        headers=headers,
    )


class ProblemError(Exception):
    """Raised in a handler, becomes that problem. Takes what ``problem`` takes."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self._given = (detail, more)
        self.status = status
        self.response = problem(status, title, detail, **more)

    def with_status(self, status: int, title: str) -> ProblemError:
        """The same problem under another status; one that asks to wait (429) stays as it is."""
        detail, more = self._given
        return self if self.status == 429 else ProblemError(status, title, detail, **more)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns whatever a handler raises into a problem; what nobody foresaw is logged, as a 500."""
    try:
        return await handler(request)
    except ProblemError as error:
        return error.response
    except web.HTTPException as error:
        return error if error.status < 400 else _from_http(error)
    except NotDurableError as error:
        return _unavailable(
            f"Whether this was kept is unknown ({error}) Send the same request again."
        )
    except OutOfMemoryError:
        return _unavailable("Redis is full: nothing was kept. Send the same request again later.")
    except (RedisError, OSError) as error:
        if isinstance(error, ConnectionResetError):  # the client went away: nobody to answer
            raise
        log.warning("redis_unreachable", path=request.path, error=str(error))
        return _unavailable("Redis does not answer. Send the same request again.")
    except Exception:
        log.exception("request_failed", method=request.method, path=request.path)
        return problem(500, "Internal Server Error", "Something failed here; it has been logged.")


def _from_http(error: web.HTTPException) -> web.Response:
    """What aiohttp raises itself: unknown paths, wrong methods, bodies too large."""
    kept = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
    phrase = HTTPStatus(error.status).phrase
    return problem(error.status, phrase, f"{error.text or phrase}", headers=kept)


def _unavailable(detail: str) -> web.Response:
    return problem(503, "Service Unavailable", detail, headers={"Retry-After": str(RETRY_AFTER)})
