"""Everything that an author wrote: counted, and by pages, from sets that each step keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from moderato.domain.comment import State
from moderato.store.part import Part, comment_keys
from moderato.store.views import Cursor

#: The names an author used are looked for in so many of their newest comments.
NAMED: Final = 100
_SCAN: Final = 1_000
_AT_ONCE: Final = 50


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
        place = (repr(before.score), before.member) if before else ("", "")
        reply = await self.scripts.run(
            "author_page", keys, [1, "-inf", "+inf", *place, 1, limit + 1]
        )
        found = [
            (float(score), str(member))
            for member, score in zip(reply[::2], reply[1::2], strict=True)
        ]
        found.sort(reverse=True)
        shown = found[:limit]
        more = len(found) > limit
        return Written([comment for _, comment in shown], Cursor(*shown[-1]) if more else None)

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

    async def mend(self) -> int:
        """Sets the sets anew from the comments of all sites; how many those are.

        For comments from before there were such sets, and after an older release ran beside this
        one. It walks through every key of Redis, a few at a time. May run at any time.
        """
        done = 0
        for shard in self.all_shards():
            prefix = shard.comment("", "").removesuffix(":")
            some: list[str] = []
            async for key in self.redis.scan_iter(match=f"{prefix}*", count=_SCAN):
                some.append(str(key).removeprefix(prefix))
                if len(some) == _AT_ONCE:
                    done += await self._index(some)
                    some = []
            done += await self._index(some)
        return done

    def _key(self, site: str, author: str, state: State) -> str:
        return self.shard(site).author_comments(site, author, state.value)

    async def _index(self, comments: Sequence[str]) -> int:
        """``comments`` are "site:id", as their keys end."""
        named = [(site, comment) for site, _, comment in (c.partition(":") for c in comments)]
        pipe = self.redis.pipeline(transaction=False)
        for site, comment in named:
            pipe.hget(self.shard(site).comment(site, comment), "author")
        authors: list[Any] = await pipe.execute() if named else []
        states: list[str | int | float] = [state.value for state in State]
        calls = [
            (comment_keys(self.shard(site), site, comment, author), states)
            for (site, comment), author in zip(named, authors, strict=True)
            if author is not None
        ]
        answers = await self.scripts.run_many("index_author", calls) if calls else []
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return sum(map(int, answers))
