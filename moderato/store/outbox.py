"""The publisher's side: from a decision in the outbox to what readers see and sites hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderato.store.consumer import Consumer, Entry
from moderato.store.deliveries import NEWEST as NEWEST_DELIVERIES
from moderato.store.keys import Shard
from moderato.store.part import Part, comment_keys

GROUP = "publishers"
#: Events an article's live stream keeps for readers who reconnect.
LIVE_LENGTH = 1_000


@dataclass(frozen=True, slots=True)
class Outbox(Part):
    async def release(self, shard: Shard, count: int = 100) -> tuple[int, float | None]:
        """Moves held decisions whose undo window is over into the outbox.

        Returns how many, and the seconds until the next one is due (None: there is none).
        """
        moved, wait = await self.scripts.run("release", [shard.held, shard.outbox], [count])
        return int(moved), None if int(wait) < 0 else int(wait) / 1000

    async def publish(self, consumer: Consumer, entry: Entry, endpoints: Sequence[str]) -> str:
        """Makes a decision public, with a delivery for each of the site's ``endpoints`` (ids).

        Returns "released", "retracted", "announced", "nothing", "superseded", "gone" or "lost".
        """
        site, comment = entry.fields["site"], entry.fields["id"]
        version = entry.fields["version"]
        shard = self.shard(site)
        author, article, parent = await self._whose(shard, site, comment)
        deliveries = [delivery_id(comment, version, endpoint) for endpoint in endpoints]
        args: list[str | int | float] = [
            consumer.group,
            consumer.name,
            entry.id,
            entry.times_delivered,
            version,
            LIVE_LENGTH,
            NEWEST_DELIVERIES,
        ]
        for endpoint, delivery in zip(endpoints, deliveries, strict=True):
            args += [endpoint, delivery]
        answer = await self.scripts.run(
            "publish",
            [
                *comment_keys(shard, site, comment, author),
                shard.thread(site, article),
                shard.live(site, article),
                shard.article(site, article),
                shard.due,
                shard.replies(site, article, parent),
                shard.deliveries(site),
                *(shard.delivery(delivery) for delivery in deliveries),
            ],
            args,
        )
        return str(answer[1] if answer[0] == "published" else answer[0])

    async def _whose(self, shard: Shard, site: str, comment: str) -> tuple[str, str, str]:
        fields = ["author", "article", "parent"]
        reply: Any = await self.redis.hmget(shard.comment(site, comment), fields)
        return reply[0] or "", reply[1] or "", reply[2] or ""


def delivery_id(comment: str, version: str | int, endpoint: str) -> str:
    return f"{comment}.{version}.{endpoint}"


def webhook_id(comment: str, version: str | int) -> str:
    """The decision's id: the same on every try and for every endpoint, so receivers can tell."""
    return f"msg_{comment}_{version}"
