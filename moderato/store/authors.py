"""What is known about the people who comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderato.store.part import Part
from moderato.store.work import AuthorRecord


@dataclass(frozen=True, slots=True)
class Authors(Part):
    async def records(self, authors: Sequence[tuple[str, str]]) -> list[AuthorRecord]:
        """The records of (site, author id) pairs, in the order asked for; zeros for nobody."""
        pipe = self.redis.pipeline(transaction=False)
        for site, author in authors:
            key = self.shard(site).author(site, author)
            pipe.hmget(key, ["approved", "rejected", "received"])
        replies = await pipe.execute() if authors else []
        return [AuthorRecord(*(int(value or 0) for value in reply)) for reply in replies]
