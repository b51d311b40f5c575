"""All comments of an article, whatever their state: what moderators see of a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderato.domain.comment import State
from moderato.store.part import Part
from moderato.store.views import Cursor
from moderato.store.walking import walk


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of comments; ``next`` is where to read on, None at the end."""

    comments: list[str]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Discussions(Part):
    async def counts(self, site: str, articles: Sequence[str]) -> list[dict[State, int]]:
        """How many comments each article has in each state, in the order asked for."""
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for article in articles:
            for state in State:
                pipe.zcard(shard.discussion(site, article, state))
        replies = iter(await pipe.execute() if articles else [])
        return [{state: int(next(replies)) for state in State} for _ in articles]

    async def page(
        self,
        site: str,
        article: str,
        *,
        states: Sequence[State] = tuple(State),
        newest_first: bool = True,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page:
        """Its comments in any of ``states``, by the time of receipt."""
        shard = self.shard(site)
        keys = [shard.discussion(site, article, state) for state in states]
        return await self._merged(keys, newest_first, after, limit)

    async def below(
        self,
        site: str,
        article: str,
        parent: str,
        *,
        newest_first: bool = False,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page:
        """All that reply to ``parent`` ("": to the article), by the time of receipt."""
        key = self.shard(site).below(site, article, parent)
        return await self._merged([key], newest_first, after, limit)

    async def reply_counts(self, site: str, article: str, comments: Sequence[str]) -> list[int]:
        """How many replies each has, in whatever state."""
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for comment in comments:
            pipe.zcard(shard.below(site, article, comment))
        return [int(count) for count in await pipe.execute()] if comments else []

    async def _merged(
        self, keys: Sequence[str], newest_first: bool, after: Cursor | None, limit: int
    ) -> Page:
        places = await walk(
            self.scripts, keys, after=after, limit=limit + 1, descending=newest_first
        )
        chosen = places[:limit]
        more = len(places) > limit
        return Page([place.member for place in chosen], chosen[-1] if more else None)
