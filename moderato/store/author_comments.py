"""Everything that an author wrote: counted, and by pages, from sets that each step keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moderato.domain.comment import State
from moderato.store.part import Part
from moderato.store.views import Cursor
from moderato.store.walking import walk

#: The names an author used are looked for in so many of their newest comments.
NAMED: Final = 100


@dataclass(frozen=True, slots=True)
class Span:
    """When the oldest and the newest comment were received, UTC ms."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Written:
    """Ids of comments, the newest first; ``next`` is where to read on, None at the end."""

    comments: list[str]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class AuthorComments(Part):
    async def counts(self, site: str, author: str) -> dict[State, int]:
        """How many comments of the author are in each state."""
        pipe = self.redis.pipeline(transaction=True)
        for state in State:
            pipe.zcard(self._key(site, author, state))
        return dict(zip(State, map(int, await pipe.execute()), strict=True))

    async def span(self, site: str, author: str) -> Span | None:
        """None for an author without comments."""
        pipe = self.redis.pipeline(transaction=True)
        for state in State:
            for end in (0, -1):
                pipe.zrange(self._key(site, author, state), end, end, withscores=True)
        times = [int(score) for reply in await pipe.execute() for _, score in reply]
        return Span(min(times), max(times)) if times else None

    async def page(
        self,
        site: str,
        author: str,
        states: Sequence[State] = tuple(State),
        *,
        limit: int,
        before: Cursor | None = None,
    ) -> Written:
        """At most ``limit`` comments in one of ``states``, older than what stands at ``before``."""
        keys = [self._key(site, author, state) for state in states]
        found = await walk(self.scripts, keys, after=before, limit=limit + 1, descending=True)
        shown = found[:limit]
        more = len(found) > limit
        return Written([place.member for place in shown], shown[-1] if more else None)

    async def names(self, site: str, author: str) -> list[str]:
        """The names on the author's newest comments, each once, the newest first.

        They are kept with the comments alone, so that erasing a comment erases the name on it.
        """
        newest = await self.page(site, author, limit=NAMED)
        pipe = self.redis.pipeline(transaction=False)
        for comment in newest.comments:
            pipe.hget(self.shard(site).comment(site, comment), "author_name")
        names = await pipe.execute() if newest.comments else []
        return list(dict.fromkeys(name for name in names if name))

    def _key(self, site: str, author: str, state: State) -> str:
        return self.shard(site).author_comments(site, author, state.value)
