"""Redis itself: does it keep what it acknowledges, and has it room for more?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from moderato.cli._doctor.finding import Finding, broken, look, ok
from moderato.cli._store import redis_now
from moderato.config import Config
from moderato.embedded import OLDEST

Info = Mapping[str, Any]

#: Redis's own settings that decide whether an acknowledged comment can be lost, and to what.
_DURABLE = {
    "appendonly": ("yes", "comments are lost whenever Redis ends"),
    "appendfsync": ("always", "a power cut loses the last second of acknowledged comments"),
    "no-appendfsync-on-rewrite": ("no", "while the AOF is rewritten nothing is durable"),
    "maxmemory-policy": ("noeviction", "a full Redis drops comments on its own"),
}
#: Seconds between the two clocks that are worth a look, and that break logins and webhooks.
_SKEW_LOOK, _SKEW_BROKEN = 2.0, 60.0


async def examine(redis: Redis, config: Config) -> list[Finding]:
    """Raises what Redis raises where it does not answer."""
    info: Any = await redis.info()
    settings = await _settings(redis)
    return [
        _version(info),
        *_durability(settings),
        *_writes(info),
        _memory(info, config.redis_memory_limit),
        *_replication(info, config.replicas),
        await _clock(redis),
    ]


async def _settings(redis: Redis) -> Mapping[str, str] | None:
    """None where this user may not read them, as with most hosted Redis."""
    found: dict[str, str] = {}
    try:
        for name in _DURABLE:
            reply: Any = await redis.config_get(name)
            found.update(reply)
    except ResponseError:
        return None
    return found


def _version(info: Info) -> Finding:
    name = "Valkey" if info.get("server_name") == "valkey" else "Redis"
    said = str(info.get("valkey_version") or info["redis_version"])
    oldest = ".".join(map(str, OLDEST))
    # Valkey reports here which Redis it is compatible with.
    if tuple(int(part) for part in str(info["redis_version"]).split(".")[:2]) < OLDEST:
        return broken(
            f"{name} {said} is too old", f"Install {oldest} or newer; 8 is best for production."
        )
    return ok(f"{name} {said} answers")


def _durability(settings: Mapping[str, str] | None) -> Iterator[Finding]:
    if settings is None:
        yield look(
            "Redis does not let this user read its settings",
            "Make sure of these yourself: "
            + ", ".join(f"{name} {right}" for name, (right, _) in _DURABLE.items())
            + ".",
        )
        return
    wrong = False
    for name, (right, harm) in _DURABLE.items():
        if (found := settings.get(name, "")) != right:
            wrong = True
            yield broken(
                f"{name} is {found!r}: {harm}",
                f"`redis-cli CONFIG SET {name} {right}`, and `{name} {right}` in redis.conf.",
            )
    if not wrong:
        yield ok("every comment is on disk before it is acknowledged, and none is evicted")


def _writes(info: Info) -> Iterator[Finding]:
    """Whether the last writes to disk worked."""
    failing = [
        field
        for field in ("aof_last_write_status", "aof_last_bgrewrite_status")
        if info.get(field, "ok") != "ok"
    ]
    # A failed snapshot only stops writes where snapshots are on: hence the count of changes.
    if info.get("rdb_last_bgsave_status", "ok") != "ok":
        failing.append("rdb_last_bgsave_status")
    for field in failing:
        yield broken(
            f"Redis could not write to its disk ({field}: {info[field]})",
            "Look at its log and at the free space and permissions of its data folder.",
        )
    if not failing:
        yield ok("its last writes to disk worked")


def _memory(info: Info, limit: float) -> Finding:
    used = int(info["used_memory"])
    most = int(info.get("maxmemory") or 0)
    if not most:
        machine = int(info.get("total_system_memory") or 0)
        if machine and used > machine / 2:
            return broken(
                f"{_mib(used)} in use, over half of its machine, and no maxmemory",
                "Give it more memory, and set maxmemory so that intake can refuse in time.",
            )
        return ok(f"{_mib(used)} in use; no maxmemory is set")
    share = used / most
    said = f"{_mib(used)} in use, {share:.0%} of its maxmemory"
    if share >= limit:
        return broken(
            f"{said}: intake refuses new comments from {limit:.0%} on",
            "Raise maxmemory (`redis-cli CONFIG SET maxmemory ...` and redis.conf).",
        )
    if share >= limit * 0.8:
        return look(
            said, f"Raise maxmemory before {limit:.0%}, where intake begins to refuse comments."
        )
    return ok(said)


def _replication(info: Info, wanted: int) -> Iterator[Finding]:
    if info.get("role") in {"slave", "replica"}:
        yield broken(
            "this is a replica: it takes no writes", "Point MODERATO_REDIS_URL at its primary."
        )
    if not wanted:
        return
    online = sum(
        1 for i in range(wanted + 16) if info.get(f"slave{i}", {}).get("state") == "online"
    )
    if online < wanted:
        yield broken(
            f"{online} of {wanted} replicas are online: intake answers 503",
            "Start the replicas, or lower MODERATO_REPLICAS and know what that risks.",
        )
    else:
        yield ok(f"{online} replicas are online, {wanted} wanted")


async def _clock(redis: Redis) -> Finding:
    before = time.time()
    theirs = await redis_now(redis)
    skew = theirs - (before + time.time()) / 2
    said = f"its clock and this machine's are {abs(skew):.1f} s apart"
    fix = "Run a time service, such as chrony, on both machines."
    if abs(skew) >= _SKEW_BROKEN:
        return broken(said, fix)
    if abs(skew) >= _SKEW_LOOK:
        return look(said, fix)
    return ok(said)


def _mib(count: int) -> str:
    return f"{count / 2**20:.0f} MiB"
