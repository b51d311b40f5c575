"""Whether the store can take more, looked at each second."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from moderato.config import Config
from moderato.store.store import Store
from services.intake import kinds
from services.intake.metrics import MEMORY_SHARE
from services.intake.problems import Problem

log = structlog.get_logger(__name__)

_INTERVAL: Final = 1.0
#: Retry-After where the store is away, and where it is full: the first is usually over sooner.
SOON: Final = 2
LATER: Final = 30


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Redis refused a write because its memory is full: nothing was written then.

    Redis 6.2 hides that in the error of the script that met it.
    """
    return isinstance(error, OutOfMemoryError) or (
        isinstance(error, ResponseError) and "OOM command not allowed" in str(error)
    )


class Guard:
    """Prepares the store once it is there, and watches its memory from then on."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._limit = config.redis_memory_limit
        self._prepared = False
        self._share = 0.0
        self._trouble = "Redis has not answered yet"

    async def run(self) -> None:
        """Looks until cancelled; raises ConfigError where the settings do not fit the store."""
        while True:
            await self.look()
            await asyncio.sleep(_INTERVAL)

    async def look(self) -> None:
        """Looks once."""
        try:
            if not self._prepared:
                await self._store.prepare()
                self._prepared = True
                log.info("store_prepared")
            self._share = await self._store.memory_share()
        except (RedisError, OSError) as error:
            if not self._trouble:
                log.warning("redis_lost", error=str(error))
            self._trouble = f"Redis does not answer: {error}"
            return
        self._trouble = ""
        MEMORY_SHARE.set(self._share)

    def lost_streams(self) -> None:
        """The streams are gone, as after a flush: prepare them again."""
        self._prepared = False
        self._trouble = "The streams are gone and are made anew"

    async def check(self) -> None:
        """For /readyz: raises where a comment would be refused."""
        if self._trouble:
            raise RuntimeError(self._trouble)
        await self._store.redis.ping()
        if self._is_full:
            raise RuntimeError(self._fullness)

    def admit(self) -> None:
        """Raises Problem, 503, while nothing new may be stored."""
        if not self._prepared:
            raise Problem(
                kinds.UNAVAILABLE,
                "The store is not ready yet. Nothing was stored; send it again in a moment.",
                retry_after=SOON,
            )
        if self._is_full:
            raise Problem(
                kinds.NEARLY_FULL,
                f"{self._fullness}. Nothing was stored; send it again later.",
                retry_after=LATER,
            )

    @property
    def _is_full(self) -> bool:
        return self._share > self._limit

    @property
    def _fullness(self) -> str:
        return (
            f"Redis uses {self._share:.0%} of its memory, and intake stops above {self._limit:.0%}"
        )
