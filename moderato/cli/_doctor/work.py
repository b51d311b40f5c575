"""The work in Redis: is it all there, does somebody do it, and did any of it get stuck?"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

from moderato.cli._doctor import streams
from moderato.cli._doctor.finding import Finding, broken, look, ok
from moderato.cli._store import redis_now
from moderato.cli._table import age
from moderato.config import Config
from moderato.domain.policy import PolicyError, attributes_asked
from moderato.policies import load_default
from moderato.store import keys, outbox, work
from moderato.store.keys import Shard
from moderato.store.store import Store

#: Seconds something may be overdue before somebody should look.
_LATE = 30.0


async def examine(store: Store, config: Config) -> list[Finding]:
    """``store`` follows the deployment's number of shards, ``config`` is what was asked for."""
    made_with: Any = await store.redis.hget(keys.META, "shards")
    if made_with is None:
        return [
            broken(
                "nothing was ever made here: no stream, no consumer group",
                "Start the services once, with `moderato up` or your containers.",
            )
        ]
    findings = [_shards(int(made_with), config)]
    for shard in store.shards:
        findings += [
            await streams.examine(store.redis, shard.work, work.GROUP, "scorer", config.lease),
            await streams.examine(store.redis, shard.quick, work.GROUP, "scorer", config.lease),
            await streams.examine(
                store.redis, shard.outbox, outbox.GROUP, "publisher", config.lease
            ),
        ]
        findings += [finding async for finding in _overdue(store, shard)]
    findings += [finding async for finding in _waiting(store, config)]
    findings += [finding async for finding in _dead_letters(store)]
    findings += [finding async for finding in _accounts(store)]
    findings += [finding async for finding in _policies(store)]
    return findings


def _shards(made_with: int, config: Config) -> Finding:
    if "MODERATO_SHARDS" in os.environ and config.shards != made_with:
        return broken(
            f"MODERATO_SHARDS={config.shards}, but the deployment was made with {made_with}",
            f"Set MODERATO_SHARDS={made_with}; the number cannot be changed later.",
        )
    return ok(f"the deployment has {made_with} shard{'s' if made_with > 1 else ''}")


async def _overdue(store: Store, shard: Shard) -> AsyncIterator[Finding]:
    """Decisions nobody releases, webhooks nobody sends."""
    limit = int((await redis_now(store.redis) - _LATE) * 1000)
    for key, what in ((shard.held, "decisions to release"), (shard.due, "webhooks to deliver")):
        late: Any = await store.redis.zcount(key, "-inf", limit)
        if late:
            yield broken(
                f"{late} {what} are overdue by more than {_LATE:g} s",
                "Is a publisher running, and does it keep up? Look at its log, or start another.",
            )


async def _waiting(store: Store, config: Config) -> AsyncIterator[Finding]:
    now = await redis_now(store.redis)
    for site in await store.sites.all():
        oldest = await store.queues.oldest_pending(site.id)
        if oldest is not None and (waited := now - oldest / 1000) > config.unscored_after:
            yield look(
                f"the oldest comment of {site.id} has waited {age(waited)} to be scored",
                "See `moderato queue`; start more scorers where the backlog grows.",
            )


async def _dead_letters(store: Store) -> AsyncIterator[Finding]:
    comments = (await store.work.backlog())["dead"]
    counts: list[Any] = [await store.redis.zcard(s.dead_deliveries) for s in store.shards]
    webhooks = sum(map(int, counts))
    if comments or webhooks:
        yield look(
            f"dead letters: {comments} comments, {webhooks} webhooks",
            "See why with `moderato deadletters list`; then `moderato deadletters replay`.",
        )
    else:
        yield ok("there are no dead letters")


async def _accounts(store: Store) -> AsyncIterator[Finding]:
    sites = await store.sites.all()
    users = int(await store.redis.hlen(keys.USERS))
    if not sites:
        yield look("there is no site: nobody can post", "`moderato site add ID`.")
    if not users:
        yield look("there is no user: nobody can moderate", "`moderato user add NAME`.")
    if sites and users:
        yield ok(f"sites: {len(sites)}; users: {users}")
    for site in sites:
        for endpoint in await store.sites.endpoints(site.id):
            if endpoint.disabled:
                yield look(
                    f"webhook {endpoint.url} of {site.id} is off: {endpoint.disabled}",
                    f"Once it works: `moderato site webhook enable {site.id} {endpoint.id}`.",
                )


async def _policies(store: Store) -> AsyncIterator[Finding]:
    """Rules that can never hold, because another model came into use since they were written."""
    model = await store.models.in_use()
    for site in await store.sites.all() if model else ():
        version = await store.policies.current_version(site.id)
        try:
            policy = await store.policies.get(site.id, version) if version else None
        except PolicyError as error:
            yield broken(
                f"the policy of {site.id} cannot be read, so the default decides: {error}",
                f"`moderato policy push FILE --site {site.id}`.",
            )
            continue
        asked = attributes_asked(policy or load_default())
        if model and (lacking := [name for name in asked if name not in model.attributes]):
            yield look(
                f"the policy of {site.id} asks for {', '.join(lacking)}, which {model} does not "
                "score: rules that ask for it never hold",
                "Change the policy, or the model: `moderato policy check FILE` names the lines.",
            )
