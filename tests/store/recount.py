"""The numbers again, from the comments' own histories, and a night that passes at once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from moderato.domain.numbers import DAY, Count, count
from moderato.store.store import Store


async def counted(store: Store, site: str) -> dict[Count, int]:
    """What the scripts have counted, of all days."""
    shard, redis = store.numbers.shard(site), store.redis
    prefix = shard.numbers(site, 0).removesuffix("0")
    found: dict[Count, int] = {}
    async for key in redis.scan_iter(f"{prefix}*", 1000):
        fields: Any = await redis.hgetall(key)
        day = int(key.removeprefix(prefix))
        found |= {(day, name): int(value) for name, value in fields.items()}
    return found


async def recounted(store: Store, site: str) -> dict[Count, int]:
    """What the comments' histories say."""
    shard = store.numbers.shard(site)
    prefix = shard.history(site, "")
    counts: Counter[Count] = Counter()
    async for key in store.redis.scan_iter(f"{prefix}*", 1000):
        counts += count(await store.comments.history(site, key.removeprefix(prefix)))
    return dict(counts)


async def let_a_day_pass(store: Store, site: str) -> None:
    """As if all that happened had happened a day earlier."""
    shard, redis = store.numbers.shard(site), store.redis
    prefix = shard.comment(site, "")
    async for key in redis.scan_iter(f"{prefix}*", 1000):
        history = shard.history(site, key.removeprefix(prefix))
        await redis.hincrby(key, "received_at", -DAY)
        for name in ("decision", "undo_decision"):
            line: Any = await redis.hget(key, name)
            if line:
                await redis.hset(key, name, _earlier(line))
        lines: Any = await redis.lrange(history, 0, -1)
        for index, line in enumerate(lines):
            await redis.lset(history, index, _earlier(line))
    prefix = shard.numbers(site, 0).removesuffix("0")
    days = [int(key.removeprefix(prefix)) async for key in redis.scan_iter(f"{prefix}*", 1000)]
    for day in sorted(days):
        await redis.rename(shard.numbers(site, day), shard.numbers(site, day - 1))


def _earlier(line: str) -> str:
    raw = json.loads(line)
    return json.dumps(raw | {"at": raw["at"] - DAY})
