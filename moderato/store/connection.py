"""Connections to Redis."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from moderato.config import Config


def connect(config: Config, *, blocking: float | None = None) -> Redis:
    """A client for ``config.redis_url``; nothing is sent before its first command.

    The client's own retries are off: it repeats writes whose reply was lost, which turns one
    command into several. Our scripts are idempotent, and whoever calls them decides to resend.

    ``blocking``: seconds its reads may block; give such reads a client of their own, so that
    they never hold the connections that acknowledgements need.
    """
    return Redis.from_url(
        config.redis_url,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=config.redis_timeout + (blocking or 0.0),
        socket_connect_timeout=config.redis_timeout,
        health_check_interval=0,
        client_name="moderato",
    )
