"""What every part of the store shares."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from moderato.store.keys import Shard, shard_of
from moderato.store.script import Scripts


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the store: its Redis, the scripts on it, and how many shards there are."""

    redis: Redis
    scripts: Scripts
    shards: int

    def shard(self, site: str) -> Shard:
        """The keys of the shard ``site`` belongs to."""
        return Shard(shard_of(site, self.shards))

    def all_shards(self) -> list[Shard]:
        return [Shard(number) for number in range(self.shards)]


def comment_keys(shard: Shard, site: str, comment: str, author: str) -> list[str]:
    """KEYS 1-8 of every script that takes a step; see prelude.lua."""
    return [
        shard.comment(site, comment),
        shard.history(site, comment),
        shard.queue(site, "pending"),
        shard.queue(site, "flagged"),
        shard.author(site, author),
        shard.outbox,
        shard.held,
        shard.feed,
    ]
