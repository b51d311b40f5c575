"""How much a site may send, told with every answer (RateLimit header fields, draft 10)."""

from __future__ import annotations

import math

from aiohttp import web

from services.intake import kinds
from services.intake.context import INTAKE, SITE, Intake
from services.intake.problems import Problem

#: What a request has left, kept until its answer's headers are written.
RATE_HEADERS = web.RequestKey("RATE_HEADERS", dict[str, str])


async def spend(request: web.Request) -> None:
    """Takes one request from the site's allowance. Raises Problem, 429, when it has none left."""
    intake = request.app[INTAKE]
    per_minute, burst = intake.config.rate_per_minute, intake.config.rate_burst
    left = await intake.store.limits.take(request[SITE], per_minute=per_minute, burst=burst)
    request[RATE_HEADERS] = {
        "RateLimit-Policy": policy(intake),
        "RateLimit": f'"default";r={left.remaining};t={math.ceil(left.full_in)}',
    }
    if not left.allowed:
        seconds = max(1, math.ceil(left.retry_in))
        raise Problem(
            kinds.RATE_LIMITED,
            f"This site may send {per_minute} requests a minute, and {burst} at once. "
            f"Nothing was stored; send it again in {seconds} s.",
            retry_after=seconds,
        )


def policy(intake: Intake) -> str:
    """The allowance: a bucket of ``rate_burst`` that is full again after ``w`` seconds."""
    per_minute, burst = intake.config.rate_per_minute, intake.config.rate_burst
    return f'"default";q={burst};w={math.ceil(burst * 60 / per_minute)}'
