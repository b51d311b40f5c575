"""Who looks at which comment: it tells colleagues, and never keeps anybody from deciding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderato.store.part import Part


@dataclass(frozen=True, slots=True)
class Viewer:
    """Since when and until when (UTC ms) somebody looks at a comment."""

    name: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Leases(Part):
    async def take(self, site: str, comment: str, *, by: str, seconds: float) -> list[Viewer]:
        """Says, or says again, that ``by`` looks at a comment; everybody who does, first first."""
        return await self._run(site, comment, by, max(1, int(seconds * 1000)))

    async def leave(self, site: str, comment: str, *, by: str) -> list[Viewer]:
        """Says that ``by`` has left; who still looks at it."""
        return await self._run(site, comment, by, 0)

    async def viewers(self, comments: Sequence[tuple[str, str]]) -> list[list[Viewer]]:
        """Who looks at each of the (site, comment id) pairs, first come first."""
        if not comments:
            return []
        pipe = self.redis.pipeline(transaction=False)
        pipe.time()
        for site, comment in comments:
            pipe.hgetall(self.shard(site).leases(site, comment))
        (seconds, micros), *hashes = await pipe.execute()
        now = seconds * 1000 + micros // 1000
        found = []
        for fields in hashes:
            people = [Viewer(name, *map(int, times.split())) for name, times in fields.items()]
            people = [person for person in people if person.until > now]
            found.append(sorted(people, key=lambda person: (person.since, person.name)))
        return found

    async def _run(self, site: str, comment: str, by: str, ms: int) -> list[Viewer]:
        shard = self.shard(site)
        reply: Any = await self.scripts.run(
            "lease", [shard.leases(site, comment), shard.feed], [by, ms, site, comment]
        )
        rows = zip(reply[::3], reply[1::3], reply[2::3], strict=True)
        return [Viewer(name, int(since), int(until)) for name, since, until in rows]
