"""What readers see: an article's released comments, and the stream of changes to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moderato.domain.comment import Article
from moderato.store import records
from moderato.store.part import Part


@dataclass(frozen=True, slots=True)
class ThreadHead:
    """``revision`` grows with every change to the thread; ``comments`` counts those in it."""

    article: Article
    revision: int
    comments: int


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """``id`` is the Redis stream id, fit for Last-Event-ID; ``kind`` released or retracted."""

    id: str
    kind: str
    comment: str


class UnknownCursorError(Exception):
    """The cursor names no comment of this thread."""


@dataclass(frozen=True, slots=True)
class Threads(Part):
    async def head(self, site: str, article: str) -> ThreadHead | None:
        """The article as far as it is known; None before its first comment."""
        pipe = self.redis.pipeline(transaction=False)
        pipe.hgetall(self.shard(site).article(site, article))
        pipe.time()
        fields, time = await pipe.execute()
        if not fields:
            return None
        return ThreadHead(
            article=records.article(article, fields, records.milliseconds(time)),
            revision=int(fields.get("revision", 0)),
            comments=int(fields.get("comments", 0)),
        )

    async def page(
        self,
        site: str,
        article: str,
        *,
        newest_first: bool,
        limit: int,
        after: str | None = None,
        parent: str | None = None,
    ) -> tuple[list[str], bool]:
        """Ids of released comments by the time they were written, and whether more follow.

        ``after`` is the last id of the page before; UnknownCursorError where it is not in the
        thread. ``parent`` narrows to the replies to one comment ("" to the article itself).
        Retracted comments stay in their place: the caller shows them as gaps.
        """
        shard = self.shard(site)
        key = (
            shard.thread(site, article) if parent is None else shard.replies(site, article, parent)
        )
        start = 0
        if after is not None:
            rank: Any = await (
                self.redis.zrevrank(key, after) if newest_first else self.redis.zrank(key, after)
            )
            if rank is None:
                raise UnknownCursorError(after)
            start = int(rank) + 1
        ids: Any = await self.redis.zrange(key, start, start + limit, desc=newest_first)
        return list(ids[:limit]), len(ids) > limit

    async def reply_counts(self, site: str, article: str, comments: list[str]) -> list[int]:
        """How many replies each comment has had released."""
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for comment in comments:
            pipe.zcard(shard.replies(site, article, comment))
        return [int(n) for n in await pipe.execute()] if comments else []

    async def last_event_id(self, site: str, article: str) -> str:
        """The id of the newest live event; "0-0" before the first."""
        reply: Any = await self.redis.xrevrange(self.shard(site).live(site, article), count=1)
        return str(reply[0][0]) if reply else "0-0"

    async def events_after(
        self, site: str, article: str, last: str, count: int = 100
    ) -> list[LiveEvent]:
        """The live events after id ``last``, oldest first."""
        reply: Any = await self.redis.xrange(
            self.shard(site).live(site, article), min=f"({last}", count=count
        )
        return [LiveEvent(i, fields["event"], fields["id"]) for i, fields in reply]

    async def is_trimmed(self, site: str, article: str, last: str) -> bool:
        """Whether events after ``last`` have been dropped: the reader must load the thread anew."""
        key = self.shard(site).live(site, article)
        if last == "0-0":
            # Each revision added one event; the revision first, so that one in between counts.
            revision: Any = await self.redis.hget(
                self.shard(site).article(site, article), "revision"
            )
            return int(revision or 0) > int(await self.redis.xlen(key))
        kept: Any = await self.redis.xrange(key, count=1)
        return bool(kept) and _order(last) < _order(kept[0][0])


def _order(stream_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = stream_id.partition("-")
    return int(milliseconds), int(sequence or 0)
