"""Lets decisions go out once they can no longer be undone."""

from __future__ import annotations

from dataclasses import dataclass

from moderato.store.keys import Shard
from moderato.store.store import Store

_BATCH = 100
#: Seconds after which a decision held meanwhile is noticed.
_LONGEST = 1.0


@dataclass(frozen=True, slots=True)
class Releaser:
    store: Store
    shard: Shard

    async def round(self) -> float:
        """Moves what is due into the outbox; seconds until more is."""
        moved, wait = await self.store.outbox.release(self.shard, _BATCH)
        if moved == _BATCH:
            return 0.0
        return _LONGEST if wait is None else min(wait, _LONGEST)
