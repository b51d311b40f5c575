"""Comments of a site that say nearly the same: copies under other articles, waves of spam."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.text import ALIKE, bands, likeness
from moderato.store.comments import Comments
from moderato.store.part import Part
from moderato.store.records import Record

#: Comments that are compared, those most likely alike first: reading takes some ms.
COMPARED: Final = 200
#: So many found means that there may be more: alikes.lua lists 100 of a day, this one included.
MANY: Final = 99


@dataclass(frozen=True, slots=True)
class Similar:
    """``records`` are the newest of ``total`` comments; ``at_least``: there may be more."""

    records: list[Record] = field(default_factory=list)
    total: int = 0
    rejected: int = 0
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Alikes(Part):
    config: Config
    comments: Comments

    async def of(self, site: str, comment: str, *, limit: int) -> Similar:
        """What says nearly the same as a comment, its own left out, received in the last
        ``similar_days`` days. Nothing where it is unknown, erased, or older than this index.
        """
        shard, days = self.shard(site), self.config.similar_days
        mine: Any = await self.redis.hget(shard.comment(site, comment), "likeness")
        if not mine or not days:
            return Similar()
        found: Any = await self.scripts.run(
            "similar", [shard.alikes(site)], [days, COMPARED + 1, *bands(mine)]
        )
        ids = [str(one) for one in found if one != comment]
        pipe = self.redis.pipeline(transaction=False)
        for one in ids:
            pipe.hmget(shard.comment(site, one), "likeness", "state", "received_at")
        alike = [
            (int(received_at), one, state)
            for one, (theirs, state, received_at) in zip(
                ids, await pipe.execute() if ids else [], strict=True
            )
            if theirs and likeness(mine, theirs) >= ALIKE
        ]
        alike.sort(reverse=True)
        records = await self.comments.get_many(site, [one for _, one, _ in alike[:limit]])
        return Similar(
            records=[record for record in records if record is not None],
            total=len(alike),
            rejected=sum(state == State.REJECTED for _, _, state in alike),
            at_least=len(alike) >= MANY,
        )
