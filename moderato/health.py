"""What an orchestrator asks a process: is it alive, can it work, what does it count?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

#: Returns where all is well, raises where it is not; the message is shown at /readyz.
Check = Callable[[], Awaitable[None]]

#: Seconds a check may take before it counts as failed.
CHECK_TIMEOUT = 2.0


def health_app(checks: Mapping[str, Check]) -> web.Application:
    """An application with nothing but the health routes, for a worker."""
    app = web.Application()
    add_health_routes(app, checks)
    return app


def add_health_routes(app: web.Application, checks: Mapping[str, Check]) -> None:
    """Add three routes to ``app``.

    /healthz: 200 while the event loop turns. /readyz: 200 where every check passes, else 503,
    naming what fails and why. /metrics: Prometheus's text format.
    """

    async def readyz(_request: web.Request) -> web.Response:
        outcomes = await asyncio.gather(*map(_outcome, checks.values()))
        failing = {name: trouble for name, trouble in zip(checks, outcomes, strict=True) if trouble}
        return web.json_response(
            {"status": "not ready" if failing else "ready", "failing": failing},
            status=503 if failing else 200,
            headers={"Cache-Control": "no-store"},
        )

    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", _metrics)


async def _outcome(check: Check) -> str | None:
    """What is wrong, or None."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            await check()
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT:g} s"
    except Exception as error:
        return str(error) or type(error).__name__
    return None


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def _metrics(request: web.Request) -> web.Response:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return web.Response(body=encode(REGISTRY), headers={"Content-Type": content_type})
