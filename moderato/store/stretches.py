"""Which sorted set to walk, and from where to where, to see a view of one site's queue.

No filter, or one whose own index is already in the order asked for, is read straight from that
index. A narrow filter is cut out into a sorted set of its own, in that order. A wide one is
walked in the order asked for, and each comment looked at: a page is soon full.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from moderato.store.keys import Shard
from moderato.store.part import Part
from moderato.store.views import Cursor, Filter, Sort, View

#: So many comments a filter may leave to be cut out: Redis is busy for some ms with 5000.
NARROW = 5_000
#: Comments counted in one script.
COUNTED = 1_000
#: Seconds a cut-out is kept should its reader die.
_TTL = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a sorted set has between two scores, both as ZCOUNT takes them, from its highest score
    where ``descending``. ``filter`` is what is still to be looked at; None: all fit.

    It has no ranks: they shift while it is walked. ``count`` is how long it was when it was chosen.
    """

    site: str
    key: str
    descending: bool
    facts: str
    least: float | str = "-inf"
    most: float | str = "+inf"
    count: int = 0
    filter: Filter | None = None

    def reversed(self) -> Stretch:
        return replace(self, descending=not self.descending)

    def walk(
        self, place: Cursor | None, *, past: bool = True, most: int
    ) -> list[str | int | float]:
        """How to walk ``most`` of it from a place on, as walks.lua reads it; None: from the start.

        ``past``: what stands at the place itself is left out.
        """
        at = (repr(place.score), place.member) if place else ("", "")
        return [int(self.descending), self.least, self.most, *at, int(past), most]


def further(score: str, member: str) -> Cursor | None:
    """The place that a walk goes on behind, as a script gave it; None at the end."""
    return Cursor(float(score), member) if member else None


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part of a filter leaves: all of ``keys`` together, or a range of the only one."""

    keys: tuple[str, ...]
    least: float | str = "-inf"
    most: float | str = "+inf"
    count: int = 0

    @property
    def is_range(self) -> bool:
        return (self.least, self.most) != ("-inf", "+inf")

    def of(self, stretch: Stretch) -> Stretch:
        """Narrowed to this part's scores."""
        return replace(stretch, least=self.least, most=self.most, count=self.count)


@dataclass(frozen=True, slots=True)
class Stretches(Part):
    @asynccontextmanager
    async def of(self, site: str, view: View) -> AsyncIterator[Stretch]:
        """Where to walk to see ``view`` in its order; what it cut out is dropped at the end."""
        shard = self.shard(site)
        order = _order(shard, site, view)
        parts = await self._counted(_parts(shard, site, view))
        facts = shard.queue_part(site, view.queue, "facts")
        narrowest = min(parts, key=lambda part: part.count, default=None)
        still = view.filter if len(parts) > 1 else None
        whole = Stretch(site, order, view.descending, facts, filter=still)
        by_priority = view.sort is Sort.PRIORITY
        if narrowest is None:
            yield whole
        elif narrowest.keys == (order,):
            yield narrowest.of(whole)
        elif by_priority and len(narrowest.keys) == 1 and not narrowest.is_range:
            yield replace(whole, key=narrowest.keys[0])
        elif narrowest.count <= NARROW:
            token = shard.view(secrets.token_hex(8))
            await self._cut(token, narrowest, order)
            try:
                yield replace(whole, key=token)
            finally:
                await self.redis.unlink(token)
        else:
            own = next((part for part in parts if part.keys == (order,)), _Part((order,)))
            yield own.of(replace(whole, filter=view.filter))

    async def narrowest(self, site: str, view: View) -> Stretch:
        """The least that must be walked, in any order, to see all of ``view``."""
        return (await self._narrowest(site, view))[0]

    async def total(self, site: str, view: View) -> int:
        """How many are in ``view``: from the sizes of the indexes where one of them tells."""
        shard = self.shard(site)
        parts = await self._counted(_parts(shard, site, view))
        if not parts:
            return int(await self.redis.zcard(_order(shard, site, view)))
        if len(parts) == 1 or any(part.count == 0 for part in parts):
            return min(part.count for part in parts)
        stretch, others = await self._narrowest(site, view)
        keys = [stretch.key, *(key for part in others for key in part.keys)]
        ends = [end for part in others for end in (len(part.keys), part.least, part.most)]
        total, place, at_end = 0, None, False
        while not at_end:
            args = [*stretch.walk(place, most=COUNTED), *ends]
            count, *stopped = await self.scripts.run("count", keys, args)
            total, place = total + int(count), further(*stopped)
            at_end = place is None
        return total

    async def _narrowest(self, site: str, view: View) -> tuple[Stretch, list[_Part]]:
        """The shortest stretch that holds all of ``view``, and the parts it does not assure."""
        shard = self.shard(site)
        facts = shard.queue_part(site, view.queue, "facts")
        parts = await self._counted(_parts(shard, site, view))
        single = [part for part in parts if len(part.keys) == 1]
        part = min(single, key=lambda part: part.count, default=None)
        if part is None:
            key = shard.queue(site, view.queue)
            part = _Part((key,), count=int(await self.redis.zcard(key)))
        stretch = Stretch(site, part.keys[0], True, facts, filter=view.filter)
        return part.of(stretch), [other for other in parts if other is not part]

    async def _counted(self, parts: list[_Part]) -> list[_Part]:
        if not parts:
            return []
        pipe = self.redis.pipeline(transaction=False)
        for part in parts:
            for key in part.keys:
                pipe.zcount(key, part.least, part.most)
        counts = iter(await pipe.execute())
        return [replace(p, count=sum(int(next(counts)) for _ in p.keys)) for p in parts]

    async def _cut(self, token: str, part: _Part, order: str) -> None:
        """Makes ``token`` what ``part`` leaves, scored as in ``order``."""
        pipe: Any = self.redis.pipeline(transaction=True)
        source = part.keys[0]
        if part.is_range:
            pipe.zrangestore(token, source, part.least, part.most, byscore=True)
            source = token
        elif len(part.keys) > 1:
            pipe.zunionstore(token, part.keys)
            source = token
        pipe.zinterstore(token, {source: 0, order: 1})
        pipe.expire(token, _TTL)
        await pipe.execute()


def _order(shard: Shard, site: str, view: View) -> str:
    match view.sort:
        case Sort.PRIORITY:
            return shard.queue(site, view.queue)
        case Sort.SCORE:
            return shard.queue_part(site, view.queue, "score", view.attribute)
        case _:
            return shard.queue_part(site, view.queue, "age")


def _parts(shard: Shard, site: str, view: View) -> list[_Part]:
    wanted = view.filter

    def exact(kind: str, *values: str) -> _Part:
        return _Part(tuple(shard.queue_part(site, view.queue, kind, v) for v in values))

    parts = []
    if wanted.rules:
        parts.append(exact("rule", *sorted(wanted.rules)))
    if wanted.languages:
        parts.append(exact("language", *sorted(wanted.languages)))
    if wanted.article is not None:
        parts.append(exact("article", wanted.article))
    if wanted.author is not None:
        parts.append(exact("author", wanted.author))
    for name, (least, most) in wanted.scores.items():
        parts.append(_Part(exact("score", name).keys, least, most))
    start, end = wanted.received_from, wanted.received_to
    if start is not None or end is not None:
        age = (shard.queue_part(site, view.queue, "age"),)
        parts.append(_Part(age, "-inf" if start is None else start, "+inf" if end is None else end))
    if view.sort is Sort.SCORE and view.attribute not in wanted.scores:
        # What has no such score has no place in the order.
        parts.append(exact("score", view.attribute))
    return parts
