"""Watching changes as they happen: one reader per process, however many watch."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderato.store.keys import Shard

log = structlog.get_logger(__name__)

#: Changes a slow watcher may fall behind before it loses the oldest.
BEHIND = 256
_BLOCK_MS = 2_000
_RECONNECT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """``kind`` is the step ("receive", "decide", ...), "released" or "retracted"."""

    kind: str
    site: str
    id: str
    article: str
    before: str
    state: str
    version: int


#: What to watch: a comment, an article, a site, or everything.
Topic = tuple[str, ...]


def comment_topic(site: str, comment: str) -> Topic:
    return "comment", site, comment


def article_topic(site: str, article: str) -> Topic:
    return "article", site, article


def site_topic(site: str) -> Topic:
    return "site", site


ALL: Topic = ("all",)


@dataclass(slots=True)
class Feed:
    """Reads the shards' feeds and hands each change to whoever watches its topic.

    ``blocking`` is a client of its own (see ``connect``). A watcher must look at the state
    itself after it began to watch, and may lose changes when it is slow: the feed is a bell,
    never the record.
    """

    blocking: Redis
    shards: list[Shard]
    _watchers: dict[Topic, set[asyncio.Queue[Change]]] = field(
        default_factory=lambda: defaultdict(set)
    )

    @contextmanager
    def watch(self, *topics: Topic) -> Iterator[asyncio.Queue[Change]]:
        """A queue of the changes to any of ``topics`` while the context lasts."""
        queue: asyncio.Queue[Change] = asyncio.Queue(BEHIND)
        for topic in topics:
            self._watchers[topic].add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._watchers[topic].discard(queue)
                if not self._watchers[topic]:
                    del self._watchers[topic]

    async def run(self) -> None:
        """Reads until cancelled; survives a Redis that goes away."""
        last = await self._start()
        while True:
            try:
                reply: Any = await self.blocking.xread(last, block=_BLOCK_MS, count=500)
            except (RedisError, OSError) as error:
                log.warning("feed_interrupted", error=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)
                continue
            for stream, entries in reply or []:
                for entry_id, fields in entries:
                    last[stream] = entry_id
                    self._hand_out(_change(fields))

    async def _start(self) -> dict[Any, Any]:
        # "$" would be taken anew on each call and lose what came between two of them.
        while True:
            try:
                return {shard.feed: await self._newest(shard) for shard in self.shards}
            except (RedisError, OSError) as error:
                log.warning("feed_interrupted", error=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _newest(self, shard: Shard) -> str:
        newest: Any = await self.blocking.xrevrange(shard.feed, count=1)
        return str(newest[0][0]) if newest else "0-0"

    def _hand_out(self, change: Change) -> None:
        topics = (
            comment_topic(change.site, change.id),
            article_topic(change.site, change.article),
            site_topic(change.site),
            ALL,
        )
        for topic in topics:
            for queue in self._watchers.get(topic, ()):
                if queue.full():
                    with suppress(asyncio.QueueEmpty):
                        queue.get_nowait()
                queue.put_nowait(change)


def _change(fields: dict[str, str]) -> Change:
    return Change(
        kind=fields["kind"],
        site=fields["site"],
        id=fields["id"],
        article=fields["article"],
        before=fields["from"],
        state=fields["state"],
        version=int(fields["version"]),
    )
