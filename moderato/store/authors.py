"""What is known about the people who comment, and what colleagues ruled about them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderato.domain.author import Ruling, Standing
from moderato.store import records
from moderato.store.outcomes import Missing, RuledMeanwhile
from moderato.store.part import Part
from moderato.store.records import AUTHOR_FIELDS, AuthorRecord, author_record


@dataclass(frozen=True, slots=True)
class Authors(Part):
    async def records(self, authors: Sequence[tuple[str, str]]) -> list[AuthorRecord]:
        """The records of (site, author id) pairs, in the order asked for; zeros for nobody."""
        if not authors:
            return []
        pipe = self.redis.pipeline(transaction=False)
        pipe.time()
        for site, author in authors:
            pipe.hmget(self.shard(site).author(site, author), AUTHOR_FIELDS)
        time, *replies = await pipe.execute()
        now = records.milliseconds(time)
        return [author_record(reply, now) for reply in replies]

    async def reports(self, site: str, author: str) -> int:
        """How often readers objected to the author's comments."""
        value: Any = await self.redis.hget(self.shard(site).author(site, author), "reports")
        return int(value or 0)

    async def rulings(self, site: str, author: str) -> list[Ruling]:
        """Every ruling about the author, oldest first."""
        lines: Any = await self.redis.lrange(self.shard(site).rulings(site, author), 0, -1)
        return [records.ruling(line) for line in lines]

    async def set_standing(
        self,
        site: str,
        author: str,
        standing: Standing,
        *,
        version: int,
        by: str,
        seconds: int | None = None,
        rule: str = "",
        reason: str = "",
        note: str = "",
    ) -> Ruling | RuledMeanwhile | Missing:
        """A person rules about an author, on the last ruling's ``version`` they saw (0 for none).

        It holds for ``seconds``, for good where that is None. See ``Ruling`` for the rest.
        """
        shard = self.shard(site)
        ruling = {"standing": standing, "by": by, "rule": rule, "reason": reason, "note": note}
        answer = await self.scripts.run(
            "set_standing",
            [shard.author(site, author), shard.rulings(site, author), shard.feed],
            [
                version,
                json.dumps(ruling),
                "" if seconds is None else seconds * 1000,
                site,
                author,
            ],
        )
        match answer[0]:
            case "done":
                return records.ruling(answer[1])
            case "conflict":
                return RuledMeanwhile(records.ruling(answer[1]) if answer[1] else None)
            case _:
                return Missing()
