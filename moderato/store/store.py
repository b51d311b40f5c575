"""The whole store, put together once per process."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from moderato.config import Config, ConfigError
from moderato.store import keys, outbox, work
from moderato.store.alikes import Alikes
from moderato.store.articles import Articles
from moderato.store.audit import Audit
from moderato.store.author_comments import AuthorComments
from moderato.store.author_notes import AuthorNotes
from moderato.store.authors import Authors
from moderato.store.bulks import Bulks
from moderato.store.comments import Comments
from moderato.store.consumer import ensure_group
from moderato.store.deliveries import Deliveries
from moderato.store.discussions import Discussions
from moderato.store.invitations import Invitations
from moderato.store.keys import Shard
from moderato.store.leases import Leases
from moderato.store.limits import Limits
from moderato.store.models import Models
from moderato.store.numbers import Numbers
from moderato.store.outbox import Outbox
from moderato.store.policies import Policies
from moderato.store.queues import Queues
from moderato.store.reasons import Reasons
from moderato.store.rescoring import Rescoring
from moderato.store.script import Scripts
from moderato.store.sessions import Sessions
from moderato.store.shelving import Shelving
from moderato.store.sites import Sites
from moderato.store.threads import Threads
from moderato.store.users import Users
from moderato.store.views import INDEXED
from moderato.store.work import Work

#: Which indexes the desk's queues, the articles and the authors have; another number builds them
#: anew.
_DESK, _SHELVES = "1", "1"


class Store:
    """Everything Redis holds, by what it is about. Making one sends nothing."""

    def __init__(self, redis: Redis, config: Config) -> None:
        self.redis = redis
        self.scripts = Scripts(redis, {"NUMBERS_DAYS": config.numbers_days})
        self.shards = [Shard(number) for number in range(config.shards)]
        part = (redis, self.scripts, config.shards)
        self.comments = Comments(*part, config)
        self.alikes = Alikes(*part, config, self.comments)
        self.queues = Queues(*part)
        self.threads = Threads(*part)
        self.articles = Articles(*part)
        self.discussions = Discussions(*part)
        self.work = Work(*part)
        self.rescoring = Rescoring(*part)
        self.outbox = Outbox(*part)
        self.deliveries = Deliveries(*part)
        self.sites = Sites(*part)
        self.policies = Policies(*part)
        self.models = Models(*part)
        self.limits = Limits(*part)
        self.authors = Authors(*part)
        self.author_comments = AuthorComments(*part)
        self.author_notes = AuthorNotes(*part)
        self.shelving = Shelving(*part)
        self.bulks = Bulks(*part, config)
        self.leases = Leases(*part)
        self.numbers = Numbers(*part)
        self.reasons = Reasons(*part)
        self.audit = Audit(*part, config)
        self.users = Users(*part)
        self.invitations = Invitations(*part, config, self.users)
        self.sessions = Sessions(*part, config)

    async def prepare(self) -> None:
        """Makes what must exist before the first comment: streams with their groups.

        Raises ConfigError where the deployment was made with another number of shards: its
        comments would not be found.
        """
        count = len(self.shards)
        await self.redis.hsetnx(keys.META, "shards", str(count))
        made_with: Any = await self.redis.hget(keys.META, "shards")
        if int(made_with) != count:
            raise ConfigError(
                f"MODERATO_SHARDS={count}, but this deployment was made with {made_with} shards. "
                f"Set MODERATO_SHARDS={made_with}."
            )
        await self.numbers.begin()
        for shard in self.shards:
            await ensure_group(self.redis, shard.work, work.GROUP)
            await ensure_group(self.redis, shard.quick, work.GROUP)
            await ensure_group(self.redis, shard.outbox, outbox.GROUP)

    async def upgrade(self) -> None:
        """Brings what an older release left up to date, once; safe beside everything else."""
        if await self.redis.hget(keys.META, "desk") != _DESK:
            for site in await self.sites.all():
                await self.queues.mend(site.id)
            await self.redis.hset(keys.META, "desk", _DESK)
        for site in await self.sites.all():
            for queue in INDEXED:
                await self.queues.columns.catch_up(site.id, queue)
        if await self.redis.hget(keys.META, "shelves") != _SHELVES:
            await self.shelving.mend()
            await self.redis.hset(keys.META, "shelves", _SHELVES)

    async def memory_share(self) -> float:
        """How much of Redis's maxmemory is used, 0 where it has none."""
        info: Any = await self.redis.info("memory")
        limit = int(info.get("maxmemory") or 0)
        return int(info["used_memory"]) / limit if limit else 0.0
