"""Puts a scorer together and runs it."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog
from prometheus_client import Gauge
from redis.exceptions import RedisError

from moderato.config import Config
from moderato.health import health_app
from moderato.runtime import serving
from moderato.store.connection import connect
from moderato.store.consumer import Consumer
from moderato.store.store import Store
from moderato.store.work import GROUP
from workers.scorer.engines import Engine
from workers.scorer.judge import Judge
from workers.scorer.model import Model, ModelDownError
from workers.scorer.policies import PolicyCache
from workers.scorer.scorer import Scorer

log = structlog.get_logger(__name__)

_READ_SECONDS = 2.0
_REDIS_PAUSE = 0.5

HELD = Gauge("moderato_scorer_held_comments", "Comments this scorer holds on lease.")


async def serve(config: Config, load: Callable[[], Engine], stop: asyncio.Event) -> None:
    """Scores until ``stop`` is set. ``load`` makes the engine; it runs in the model's thread."""
    async with AsyncExitStack() as stack:
        redis = connect(config)
        stack.push_async_callback(redis.aclose)
        store = Store(redis, config)
        model = Model(load)
        stack.callback(model.close)

        async def redis_answers() -> None:
            await redis.ping()

        async def model_works() -> None:
            if model.trouble:
                raise ModelDownError(model.trouble)

        checks = {"redis": redis_answers, "model": model_works}
        await stack.enter_async_context(
            serving(health_app(checks), config.host, config.scorer_port)
        )
        if not await _prepared(store, stop):
            return

        name = f"{socket.gethostname()}-{secrets.token_hex(6)}"
        consumers = []
        for _ in ("quick", "work"):
            blocking = connect(config, blocking=_READ_SECONDS)
            stack.push_async_callback(blocking.aclose)
            consumers.append(Consumer(redis, blocking, store.scripts, GROUP, name, config.lease))
        scorer = Scorer(
            config=config,
            store=store,
            quick=consumers[0],
            work=consumers[1],
            model=model,
            judge=Judge(PolicyCache(store.policies)),
        )
        HELD.set_function(lambda: scorer.held)
        try:
            await model.start()
        except ModelDownError:
            log.exception("model_not_loaded", engine=config.engine, model=config.model)
        log.info("scoring", consumer=name, engine=config.engine, model=config.model)
        await scorer.run(stop)


async def _prepared(store: Store, stop: asyncio.Event) -> bool:
    """Waits for Redis; False when asked to stop before it came."""
    while not stop.is_set():
        try:
            await store.prepare()
        except (RedisError, OSError) as error:
            log.warning("redis_unavailable", error=str(error) or type(error).__name__)
            await asyncio.sleep(_REDIS_PAUSE)
        else:
            return True
    return False
