"""Putting every comment there is among its article's and its author's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moderato.store.keys import Shard
from moderato.store.part import Part, comment_keys

_SCAN: Final = 1_000
#: Comments mended in one round trip, so that others are served in between.
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Shelving(Part):
    async def mend(self) -> int:
        """Puts each comment of all sites where it belongs; how many those are.

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
                    done += await self._shelve(shard, some)
                    some = []
            done += await self._shelve(shard, some)
        return done

    async def _shelve(self, shard: Shard, comments: Sequence[str]) -> int:
        """``comments`` are "site:id", as their keys end."""
        named = [comment.partition(":") for comment in comments]
        calls: list[tuple[list[str], list[str | int | float]]] = [
            (comment_keys(shard, site, comment, ""), []) for site, _, comment in named
        ]
        answers = await self.scripts.run_many("shelve", calls) if calls else []
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return sum(map(int, answers))
