"""Connections to Redis."""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from moderato.config import Config

#: Connections a client opens at most; more commands at once wait for one of them. Redis works
#: through one command at a time: more connections would only hold more replies.
CONNECTIONS = 64


def connect(config: Config, *, blocking: float | None = None) -> Redis:
    """A client for ``config.redis_url``; nothing is sent before its first command.

    The client's own retries are off: it repeats writes whose reply was lost, which turns one
    command into several. Our scripts are idempotent, and whoever calls them decides to resend.

    ``blocking``: seconds its reads may block; give such reads a client of their own, so that
    they never hold the connections that acknowledgements need.
    """
    # The client's own pool raises when it is empty: a burst of requests would look like an outage.
    pool = BlockingConnectionPool.from_url(
        config.redis_url,
        max_connections=CONNECTIONS,
        timeout=config.redis_timeout,
        decode_responses=True,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=config.redis_timeout + (blocking or 0.0),
        socket_connect_timeout=config.redis_timeout,
        health_check_interval=0,
        client_name="moderato",
    )
    return Redis.from_pool(pool)
