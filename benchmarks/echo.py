"""The least an aiohttp service can do: reads JSON, answers 202. ``python -m benchmarks.echo PORT``.

What intake needs beyond this is what it does for its money.
"""

from __future__ import annotations

import sys

from aiohttp import web


async def accept(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"id": "0" * 32, "state": "pending"}, status=202)


async def alive(_request: web.Request) -> web.Response:
    return web.Response()


def make_app() -> web.Application:
    app = web.Application()
    app.router.add_post("/v1/comments", accept)
    app.router.add_get("/readyz", alive)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
