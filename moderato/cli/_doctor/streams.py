"""One stream of work: can it be read, is it read, and is what was read going on?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from moderato.cli._doctor.finding import Finding, broken, look, ok
from moderato.cli._store import redis_now
from moderato.cli._table import age

#: Seconds an entry may wait unread before somebody should be reading.
_UNREAD = 10.0


async def examine(redis: Redis, stream: str, group: str, who: str, lease: float) -> Finding:
    """``who`` is the worker whose ``group`` reads it; ``lease`` in seconds."""
    found = await _group(redis, stream, group)
    if found is None:
        return broken(
            f"{stream} has no group {group!r}: nobody can read it",
            f"Start a {who}: it makes the group, and what is in the stream is kept.",
        )
    waiting = int(await redis.xlen(stream))
    waited = await _unread_for(redis, stream, found)
    consumers: Any = await redis.xinfo_consumers(stream, group)
    # Before Redis 7.2 a reader that found nothing leaves no trace, so only unread work tells.
    if waited > _UNREAD and all(one["idle"] > lease * 1000 for one in consumers):
        return broken(
            f"no {who} reads {stream}: {waiting} entries wait, the oldest for {age(waited)}",
            f"Start one: `python -m workers.{who}`, `moderato up`, or your containers.",
        )
    stuck: Any = await redis.xpending_range(
        stream, group, min="-", max="+", count=1, idle=int(lease * 3000)
    )
    if stuck:
        idle = age(stuck[0]["time_since_delivered"] / 1000)
        return look(
            f"work in {stream} shows no sign of life for {idle}",
            f"A {who} should have taken it over after {lease:g} s: is one running? See its log.",
        )
    return ok(f"{stream}: {waiting} waiting or under way")


async def _group(redis: Redis, stream: str, group: str) -> Mapping[str, Any] | None:
    try:
        groups: Any = await redis.xinfo_groups(stream)
    except ResponseError:  # there is no such key
        return None
    return next((one for one in groups if one["name"] == group), None)


async def _unread_for(redis: Redis, stream: str, group: Mapping[str, Any]) -> float:
    """Seconds the oldest entry that nobody was given has waited; 0 where there is none."""
    after = f"({group['last-delivered-id']}"
    oldest: Any = await redis.xrange(stream, min=after, count=1)
    if not oldest:
        return 0.0
    added_at = int(oldest[0][0].partition("-")[0]) / 1000
    return await redis_now(redis) - added_at
