"""What the publisher counts."""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from moderato.store.store import Store

PUBLISHED = Counter(
    "moderato_publisher_published",
    "Outbox entries dealt with, by what became of them.",
    ["effect"],
)
FAILED = Counter(
    "moderato_publisher_failed",
    "Outbox entries that could not be published and will be tried again.",
)
DELIVERIES = Counter(
    "moderato_publisher_deliveries",
    "Tries to deliver a webhook, by outcome.",
    ["outcome"],
)
SECONDS = Histogram(
    "moderato_publisher_delivery_seconds",
    "Seconds an endpoint took to answer, or not to.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30),
)
OUTBOX = Gauge("moderato_publisher_outbox_entries", "Decisions not yet published.")
HELD = Gauge("moderato_publisher_held", "Decisions that can still be undone.")
DUE = Gauge("moderato_publisher_deliveries_waiting", "Webhooks still to be delivered.")
DEAD = Gauge("moderato_publisher_deliveries_dead", "Webhooks given up and not replayed.")

#: Seconds between two looks at the gauges.
_EVERY = 5.0


async def measure(store: Store) -> float:
    """Sets the gauges from Redis; a round of a ``Loop``."""
    pipe = store.redis.pipeline(transaction=False)
    for shard in store.shards:
        pipe.xlen(shard.outbox)
        pipe.zcard(shard.held)
        pipe.zcard(shard.due)
        pipe.zcard(shard.dead_deliveries)
    sizes: list[Any] = await pipe.execute()
    for index, gauge in enumerate((OUTBOX, HELD, DUE, DEAD)):
        gauge.set(sum(sizes[index::4]))
    return _EVERY
