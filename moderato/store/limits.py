"""How much a site may post: a token bucket in Redis, the same for every intake process."""

from __future__ import annotations

from dataclasses import dataclass

from moderato.store.part import Part


@dataclass(frozen=True, slots=True)
class Allowance:
    """``remaining`` tokens; seconds until the bucket is full, and until there is a token."""

    allowed: bool
    remaining: int
    full_in: float
    retry_in: float


@dataclass(frozen=True, slots=True)
class Limits(Part):
    async def take(self, site: str, *, per_minute: int, burst: int) -> Allowance:
        """Takes one token from the site's bucket, if there is one."""
        allowed, remaining, full, wait = await self.scripts.run(
            "limit", [self.shard(site).rate(site)], [per_minute, burst]
        )
        return Allowance(bool(allowed), int(remaining), int(full) / 1000, int(wait) / 1000)
