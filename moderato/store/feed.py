"""Watching changes as they happen: one reader per process, however many watch."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
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
#: So many changes are told again to a watcher who comes back; beyond that it looks anew.
REPLAYED = 2_000
#: Entries a feed keeps at least; see prelude.lua.
KEPT = 10_000
#: Kinds that concern nobody but moderators.
OF_THE_DESK = frozenset({"lease", "bulk", "article", "author"})
_MORE = ("viewers", "total", "done")
_BLOCK_MS = 2_000
_RECONNECT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """``kind`` is the step ("receive", "decide", ...), "released" or "retracted"; or "lease",
    "bulk", "article" (its settings changed) and "author" (somebody ruled: ``id`` is the author's,
    ``state`` the standing, ``version`` the ruling's), which are for the desk alone; the first two
    have their own fields in ``more``.

    ``feed`` and ``entry`` say where it stands: the shard's stream and the entry's id.
    """

    kind: str
    site: str
    id: str
    article: str
    before: str
    state: str
    version: int
    place: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    feed: str = ""
    entry: str = ""


class Watch(asyncio.Queue[Change]):
    """The changes to what is watched. ``lost``: it was slow, and the oldest fell out."""

    lost = False


#: Where somebody is in the feeds: stream -> id of the last entry that was seen.
Position = dict[str, str]


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
    #: How far it has read; empty until Redis answered for the first time.
    position: Position = field(default_factory=dict)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _watchers: dict[Topic, set[Watch]] = field(default_factory=lambda: defaultdict(set))

    @contextmanager
    def watch(self, *topics: Topic) -> Iterator[Watch]:
        """A queue of the changes to any of ``topics`` while the context lasts."""
        queue = Watch(BEHIND)
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
        self.position.update(await self._start())
        self._ready.set()
        while True:
            try:
                reply: Any = await self.blocking.xread(
                    dict(self.position),  # type: ignore[arg-type]
                    block=_BLOCK_MS,
                    count=500,
                )
            except (RedisError, OSError) as error:
                log.warning("feed_interrupted", error=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)
                continue
            for stream, entries in reply or []:
                for entry_id, fields in entries:
                    self.position[stream] = entry_id
                    self._hand_out(_change(stream, entry_id, fields))

    async def ready(self) -> None:
        """Returns once ``position`` is known."""
        await self._ready.wait()

    async def missed(self, since: Position, until: Position) -> list[Change] | None:
        """What came after ``since``, up to ``until``, in the order of time.

        None where that cannot be told: some of it is not kept any more, or it is too much.
        """
        found: list[Change] = []
        for shard in self.shards:
            stream, last = shard.feed, since.get(shard.feed)
            if last is None or order(last) > order(until[stream]):
                return None
            if await self._is_trimmed(stream, last):
                return None
            reply: Any = await self.blocking.xrange(
                stream, min=f"({last}", max=until[stream], count=REPLAYED + 1
            )
            found += [_change(stream, entry, fields) for entry, fields in reply]
        if len(found) > REPLAYED:
            return None
        return sorted(found, key=lambda change: order(change.entry))

    async def _is_trimmed(self, stream: str, last: str) -> bool:
        """Whether entries after ``last`` were dropped."""
        if await self.blocking.xlen(stream) < KEPT:
            return False  # nothing ever was
        first: Any = await self.blocking.xrange(stream, count=1)
        return bool(first) and order(last) < order(first[0][0])

    async def _start(self) -> Position:
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
        topics: tuple[Topic, ...] = (ALL,)
        if change.kind not in OF_THE_DESK:
            topics = (
                comment_topic(change.site, change.id),
                article_topic(change.site, change.article),
                site_topic(change.site),
                ALL,
            )
        for topic in topics:
            for queue in self._watchers.get(topic, ()):
                if queue.full():
                    queue.lost = True
                    with suppress(asyncio.QueueEmpty):
                        queue.get_nowait()
                queue.put_nowait(change)


def order(entry: str) -> tuple[int, int]:
    """Of a stream's ids; raises ValueError on what is none."""
    milliseconds, _, sequence = entry.partition("-")
    return int(milliseconds), int(sequence)


def _change(stream: str, entry: str, fields: dict[str, str]) -> Change:
    return Change(
        kind=fields["kind"],
        site=fields["site"],
        id=fields["id"],
        article=fields["article"],
        before=fields["from"],
        state=fields["state"],
        version=int(fields["version"]),
        place=fields.get("place", ""),
        more={name: fields[name] for name in _MORE if name in fields},
        feed=stream,
        entry=entry,
    )
