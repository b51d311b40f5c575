"""Webhook deliveries: which are due, what came of each try, which were given up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from moderato.domain.decision import Event
from moderato.store import records
from moderato.store.keys import Shard
from moderato.store.part import Part

#: Seconds a delivery that succeeded is kept to be looked at.
KEEP_DELIVERED = 7 * 86_400
#: How many of a site's newest deliveries can be listed.
NEWEST = 1_000
#: The type of a delivery that only asks whether the endpoint answers.
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Delivery:
    """``type`` is the event's, such as "comment.approved"; ``attempts`` are those already made.

    ``decision`` is the step the event is about. Times are UTC ms.
    """

    id: str
    site: str
    comment: str
    version: int
    type: str
    endpoint: str
    state: str
    attempts: int
    created_at: int
    decision: Event | None
    status: str = ""
    error: str = ""
    tried_at: int = 0


@dataclass(frozen=True, slots=True)
class Deliveries(Part):
    async def claim(
        self, shard: Shard, count: int, lease: float
    ) -> tuple[list[tuple[Delivery, str]], float | None]:
        """Takes up to ``count`` due deliveries, each with the token that ``settle`` asks for.

        The second value is the seconds until the next one is due; None: there is none.
        """
        reply: Any = await self.scripts.run("claim", [shard.due], [count, int(lease * 1000)])
        wait = None if int(reply[0]) < 0 else int(reply[0]) / 1000
        taken: list[tuple[Delivery, str]] = []
        for delivery, token in zip(reply[1::2], reply[2::2], strict=True):
            found = await self._get(shard, delivery)
            if found is None:  # its hash was lost: nothing to send, and nothing to keep
                await self.redis.zrem(shard.due, delivery)
            else:
                taken.append((found, token))
        return taken, wait

    async def settle(
        self,
        shard: Shard,
        delivery: Delivery,
        token: str,
        outcome: str,
        *,
        retry_in: float = 0.0,
        status: str = "",
        error: str = "",
    ) -> bool:
        """Records a try: "delivered", "retry" (in ``retry_in`` seconds) or "dead".

        "dropped" ends one that nobody could ever deliver; "later" puts one off for ``retry_in``
        seconds without counting a try. False when another publisher has taken the delivery over
        meanwhile.
        """
        answer = await self.scripts.run(
            "settle",
            [shard.due, shard.delivery(delivery.id), shard.dead_deliveries],
            [
                delivery.id,
                token,
                outcome,
                int(retry_in * 1000),
                status,
                error[:500],
                KEEP_DELIVERED,
            ],
        )
        return str(answer) == "settled"

    async def dead(self, count: int = 100) -> list[Delivery]:
        """The deliveries given up last, newest first."""
        found: list[Delivery] = []
        for shard in self.all_shards():
            ids: Any = await self.redis.zrange(shard.dead_deliveries, 0, count - 1, desc=True)
            found += [d for d in [await self._get(shard, i) for i in ids] if d is not None]
        return sorted(found, key=lambda delivery: delivery.tried_at, reverse=True)[:count]

    async def newest(self, site: str, *, endpoint: str = "", count: int = 50) -> list[Delivery]:
        """A site's deliveries, the newest first, of those that can still be listed."""
        shard = self.shard(site)
        ids: Any = await self.redis.zrange(shard.deliveries(site), 0, -1, desc=True)
        found: list[Delivery] = []
        for delivery in ids:
            # An id ends with its endpoint's.
            if endpoint and not delivery.endswith(f".{endpoint}"):
                continue
            one = await self._get(shard, delivery)
            if one is None:  # it ended well, long ago
                await self.redis.zrem(shard.deliveries(site), delivery)
                continue
            found.append(one)
            if len(found) == count:
                break
        return found

    async def dead_of(self, site: str, *, endpoint: str = "", count: int = 50) -> list[Delivery]:
        """A site's deliveries that were given up, the newest first."""
        shard = self.shard(site)
        ids: Any = await self.redis.zrange(shard.dead_deliveries, 0, -1, desc=True)
        found: list[Delivery] = []
        for delivery in ids:
            if endpoint and not delivery.endswith(f".{endpoint}"):
                continue
            one = await self._get(shard, delivery)
            if one is not None and one.site == site:
                found.append(one)
            if len(found) == count:
                break
        return found

    async def get(self, site: str, delivery: str) -> Delivery | None:
        found = await self._get(self.shard(site), delivery)
        return found if found is not None and found.site == site else None

    async def test(self, site: str, endpoint: str) -> str:
        """Has the publisher send ``endpoint`` a test; the delivery's id.

        It takes the same way as every other: signed, to checked addresses only. It is tried once.
        """
        shard, subject = self.shard(site), f"test-{secrets.token_hex(8)}"
        delivery = f"{subject}.0.{endpoint}"
        await self.scripts.run(
            "probe",
            [shard.due, shard.delivery(delivery), shard.deliveries(site)],
            [delivery, site, subject, TEST, endpoint, NEWEST],
        )
        return delivery

    async def replay(self, delivery: Delivery) -> bool:
        """Makes a given-up delivery due again; False when it is not among those any more."""
        shard = self.shard(delivery.site)
        answer = await self.scripts.run(
            "redeliver",
            [shard.due, shard.delivery(delivery.id), shard.dead_deliveries],
            [delivery.id],
        )
        return str(answer) == "due"

    async def waiting(self) -> int:
        """Deliveries not yet made, all shards together."""
        return sum([int(await self.redis.zcard(shard.due)) for shard in self.all_shards()])

    async def _get(self, shard: Shard, delivery: str) -> Delivery | None:
        fields: Any = await self.redis.hgetall(shard.delivery(delivery))
        if not fields.get("site"):
            return None
        return Delivery(
            id=delivery,
            site=fields["site"],
            comment=fields["comment"],
            version=int(fields["version"]),
            type=fields["type"],
            endpoint=fields["endpoint"],
            state=fields["state"],
            attempts=int(fields["attempts"]),
            created_at=int(fields["created_at"]),
            decision=records.event(fields["decision"]) if fields.get("decision") else None,
            status=fields.get("status", ""),
            error=fields.get("error", ""),
            tried_at=int(fields.get("tried_at") or 0),
        )
