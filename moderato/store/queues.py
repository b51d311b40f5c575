"""What waits for people and for the model: counts, pages and facets of the queues."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from moderato.domain.comment import State
from moderato.store.columns import Columns
from moderato.store.part import Part, comment_keys
from moderato.store.stretches import Stretch, Stretches, further
from moderato.store.views import INDEXED, Cursor, Facets, Page, Queue, Row, View

#: Comments looked at in one script: Redis does nothing else for a few ms.
CHUNK = 500

#: Comments mended in one round trip, so that others are served in between.
_AT_ONCE = 50

_Found = tuple[float, str, str]  # score, member, site

#: queue -> the sorted sets it is made of. "pending" is the part of "waiting" no model has seen.
_SETS: dict[str, tuple[str, ...]] = {
    Queue.FLAGGED: ("flagged",),
    Queue.ESCALATED: ("escalated",),
    Queue.WAITING: ("pending", "held"),
    Queue.REPORTED: ("reported",),
    Queue.APPROVED: ("approved:people",),
    Queue.REJECTED: ("rejected:people",),
    Queue.DEAD: ("dead",),
    "pending": ("pending",),
}


@dataclass(slots=True)
class _Read:
    """What was read from a place on, and how many stand on either side of the place."""

    found: list[_Found] = field(default_factory=list)
    before: int = 0
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class _Sifted:
    """What sift.lua said; ``on`` is the place to go on behind, None at the end."""

    found: list[_Found]
    before: int
    ahead: int
    on: Cursor | None


@dataclass(frozen=True, slots=True)
class Queues(Part):
    columns: Columns = field(init=False)
    _stretches: Stretches = field(init=False)

    def __post_init__(self) -> None:
        part = (self.redis, self.scripts, self.shards)
        object.__setattr__(self, "columns", Columns(*part))
        object.__setattr__(self, "_stretches", Stretches(*part))

    async def counts(self, sites: Sequence[str]) -> dict[str, dict[str, int]]:
        """site -> queue -> how many are in it, counted from the queues themselves."""
        pipe = self.redis.pipeline(transaction=False)
        for site in sites:
            for names in _SETS.values():
                for name in names:
                    pipe.zcard(self.shard(site).queue(site, name))
        replies = iter(await pipe.execute() if sites else [])
        return {
            site: {
                str(queue): sum(int(next(replies)) for _ in names) for queue, names in _SETS.items()
            }
            for site in sites
        }

    async def page(
        self,
        sites: Sequence[str],
        view: View,
        *,
        limit: int,
        offset: int = 0,
        after: Cursor | None = None,
        before: Cursor | None = None,
        around: Cursor | None = None,
    ) -> Page:
        """At most ``limit`` rows: from the start or ``offset``, or next to a cursor."""
        anchor = after or before or around
        back = 0 if not anchor or after else limit if before else limit // 2
        async with AsyncExitStack() as stack:
            stretches = [s for site in sites for s in await self._open(stack, site, view)]
            earlier = _Read()
            if back:
                reverse = [stretch.reversed() for stretch in stretches]
                earlier = await self._merged(reverse, back, not view.descending, anchor, past=True)
            later, wanted = _Read(), 0 if before else limit - len(earlier.found)
            if wanted:
                most = offset + wanted + 1
                past = after is not None
                later = await self._merged(stretches, most, view.descending, anchor, past=past)
        chosen = [*earlier.found[::-1], *later.found[offset : offset + wanted]]
        more = earlier.before > 0 if before else len(later.found) > offset + wanted
        stood = earlier.ahead if back else later.before
        position = stood + offset - len(earlier.found)
        rows = [_row(view.queue, one) for one in chosen]
        return Page(
            rows=rows,
            position=max(0, position),
            next=rows[-1].cursor if rows and more else None,
            previous=rows[0].cursor if rows and position > 0 else None,
        )

    async def total(self, sites: Sequence[str], view: View) -> int:
        """How many are in a view, of all its pages."""
        total = 0
        for site in sites:
            if view.queue not in INDEXED:
                keys = [self.shard(site).queue(site, name) for name in _sets(view)]
                total += sum([int(await self.redis.zcard(key)) for key in keys])
                continue
            total += await self._stretches.total(site, view)
        return total

    async def facets(self, sites: Sequence[str], view: View) -> Facets:
        """What is in an indexed view: see the console's API for what each part leaves out."""
        facets = Facets()
        for site in sites:
            await self.columns.add_facets(facets, site, view.queue, view.filter)
        return facets

    async def oldest_pending(self, site: str) -> int | None:
        """When the oldest comment still to be scored was received, UTC ms."""
        reply: Any = await self.redis.zrange(
            self.shard(site).queue(site, State.PENDING.value), 0, 0, withscores=True
        )
        return int(reply[0][1]) if reply else None

    async def mend(self, site: str, progress: Callable[[int], None] = lambda _: None) -> int:
        """Sets the indexes of a site's queues anew from its comments; how many are indexed.

        For deployments made before there were indexes, and after an older release ran beside
        this one. ``progress`` is told how many more were looked at. May run at any time.
        """
        shard, done = self.shard(site), 0
        for queue in sorted(INDEXED):
            await self.columns.forget(site, queue)
            # What is indexed but not in the queue was left by an older release.
            for key in (shard.queue(site, queue), shard.queue_part(site, queue, "age")):
                some: list[str] = []
                async for member, _ in self.redis.zscan_iter(key, count=CHUNK):
                    some.append(str(member))
                    if len(some) == CHUNK:
                        done += await self._reindex(site, queue, some, progress)
                        some = []
                done += await self._reindex(site, queue, some, progress)
        await self._mend_dead(site)
        return done // 2

    # -- pages --------------------------------------------------------------------------------
    async def _open(self, stack: AsyncExitStack, site: str, view: View) -> list[Stretch]:
        if view.queue in INDEXED:
            return [await stack.enter_async_context(self._stretches.of(site, view))]
        shard = self.shard(site)
        return [
            Stretch(site, shard.queue(site, name), view.descending, shard.none)
            for name in _sets(view)
        ]

    async def _merged(
        self,
        stretches: Sequence[Stretch],
        count: int,
        descending: bool,
        place: Cursor | None,
        *,
        past: bool,
    ) -> _Read:
        """The first ``count`` of all stretches together, from a place on; None: the start."""
        read = _Read()
        for stretch in stretches:
            await self._read(read, stretch, count, place, past=past)
        read.found.sort(key=lambda one: one[:2], reverse=descending)
        del read.found[count:]
        return read

    async def _read(
        self, read: _Read, stretch: Stretch, count: int, place: Cursor | None, *, past: bool
    ) -> None:
        """Adds the first ``count`` of one stretch.

        Where the place is and what stands there is one step, and a longer way goes on behind what
        was looked at last: by rank, what others decide meanwhile would shift it over comments.
        """
        part = await self._sift(stretch, place, past=past, wanted=count)
        read.before += part.before
        read.ahead += part.ahead
        found = part.found
        while len(found) < count and part.on:
            part = await self._sift(stretch, part.on, wanted=count - len(found))
            found += part.found
        read.found += found

    async def _sift(
        self, stretch: Stretch, place: Cursor | None, *, past: bool = True, wanted: int
    ) -> _Sifted:
        wanted_json = stretch.filter.as_json() if stretch.filter else ""
        most = CHUNK if stretch.filter else min(wanted, CHUNK)
        answer = await self.scripts.run(
            "sift",
            [stretch.key, stretch.facts],
            [*stretch.walk(place, past=past, most=most), wanted_json, wanted],
        )
        raw: dict[str, Any] = json.loads(answer)
        found = raw["found"] or []  # an empty table of Lua is an object in JSON
        pairs = zip(found[::2], found[1::2], strict=True)
        return _Sifted(
            found=[(float(score), member, stretch.site) for member, score in pairs],
            before=int(raw["before"]),
            ahead=int(raw["ahead"]),
            on=further(raw["score"], raw["member"]),
        )

    # -- mending ------------------------------------------------------------------------------
    async def _reindex(
        self, site: str, queue: Queue, comments: Sequence[str], progress: Callable[[int], None]
    ) -> int:
        if not comments:
            return 0
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=False)
        for comment in comments:
            pipe.hget(shard.comment(site, comment), "author")
        authors = await pipe.execute()
        calls: list[tuple[list[str], list[str | int | float]]] = []
        for comment, author in zip(comments, authors, strict=True):
            keys = comment_keys(shard, site, comment, author or "")
            calls.append(([*keys, shard.reporters(site, comment)], [queue, comment]))
        answers: list[Any] = []
        for start in range(0, len(calls), _AT_ONCE):
            answers += await self.scripts.run_many("reindex", calls[start : start + _AT_ONCE])
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        progress(len(comments))
        return sum(map(int, answers))

    async def _mend_dead(self, site: str) -> None:
        shard = self.shard(site)
        key, there = shard.queue(site, "dead"), set()
        entries: Any = await self.redis.xrange(shard.dead)
        for letter, fields in entries:
            if fields["site"] == site:
                member = f"{letter} {fields['id']}"
                there.add(member)
                await self.redis.zadd(key, {member: int(fields["at"])})
        members: Any = await self.redis.zrange(key, 0, -1)
        for member in members:
            if member not in there:
                await self.redis.zrem(key, member)


def _sets(view: View) -> tuple[str, ...]:
    if view.by_policy and view.queue in {Queue.APPROVED, Queue.REJECTED}:
        return (f"{view.queue}:policy",)
    return _SETS[view.queue]


def _row(queue: Queue, found: _Found) -> Row:
    score, member, site = found
    letter, _, comment = member.rpartition(" ") if queue is Queue.DEAD else ("", "", member)
    return Row(site, comment, Cursor(score, member), letter)
