"""Which sorted set to walk, and from where to where, to see a view of one site's queue.

No filter, or one whose own index is already in the order asked for, is read straight from that
index. What leaves few comments is cut out into a sorted set of its own, in that order; the columns
say how many it leaves. What leaves many is walked in the order asked for, and each comment looked
at: a page is soon full.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from moderato.store.columns import Columns
from moderato.store.keys import Shard
from moderato.store.part import Part
from moderato.store.views import Cursor, Filter, Sort, View

#: So many comments a filter may leave to be cut out: Redis is busy for some ms with 5000.
NARROW = 5_000
#: Comments given to Redis in one command.
_AT_ONCE = 1_000
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
    @property
    def columns(self) -> Columns:
        return Columns(self.redis, self.scripts, self.shards)

    @asynccontextmanager
    async def of(self, site: str, view: View) -> AsyncIterator[Stretch]:
        """Where to walk to see ``view`` in its order; what it cut out is dropped at the end."""
        shard = self.shard(site)
        order = _order(shard, site, view)
        parts = await self._counted(_parts(shard, site, view))
        # The order itself, or one of the indexes that are by priority, too.
        known = [part for part in parts if part.keys == (order,) or _is_by_priority(part, view)]
        best = min(known, key=lambda part: part.count, default=_Part((order,)))
        facts = shard.queue_part(site, view.queue, "facts")
        stretch = best.of(Stretch(site, best.keys[0], view.descending, facts))
        if parts in ([], [best]):
            yield stretch
            return
        is_wide = len(parts) == 1 and parts[0].count > NARROW
        ids = None if is_wide else await self.columns.ids(site, view, NARROW)
        if ids is None:
            yield replace(stretch, filter=view.filter)
        else:
            token = shard.view(secrets.token_hex(8))
            await self._cut(token, ids, order)
            try:
                # Looked at once more: a slot may be another's since the columns were read.
                yield Stretch(site, token, view.descending, facts, filter=view.filter)
            finally:
                await self.redis.unlink(token)

    async def narrowest(self, site: str, view: View) -> Stretch:
        """The least that must be walked, in any order, to see all of ``view``."""
        shard = self.shard(site)
        facts = shard.queue_part(site, view.queue, "facts")
        parts = await self._counted(_parts(shard, site, view))
        single = [part for part in parts if len(part.keys) == 1]
        part = min(single, key=lambda part: part.count, default=None)
        part = part or _Part((shard.queue(site, view.queue),))
        return part.of(Stretch(site, part.keys[0], True, facts, filter=view.filter))

    async def total(self, site: str, view: View) -> int:
        """How many are in ``view``: from the sizes of the indexes where one of them tells."""
        parts = await self._counted(_parts(self.shard(site), site, view))
        if not parts:
            return int(await self.redis.zcard(_order(self.shard(site), site, view)))
        if len(parts) == 1 or any(part.count == 0 for part in parts):
            return min(part.count for part in parts)
        return await self.columns.total(site, view)

    async def _counted(self, parts: list[_Part]) -> list[_Part]:
        if not parts:
            return []
        pipe = self.redis.pipeline(transaction=False)
        for part in parts:
            for key in part.keys:
                pipe.zcount(key, part.least, part.most)
        counts = iter(await pipe.execute())
        return [replace(p, count=sum(int(next(counts)) for _ in p.keys)) for p in parts]

    async def _cut(self, token: str, ids: Sequence[str], order: str) -> None:
        """Makes ``token`` what these comments are in ``order``."""
        pipe: Any = self.redis.pipeline(transaction=False)
        for start in range(0, len(ids), _AT_ONCE):
            pipe.zadd(token, dict.fromkeys(ids[start : start + _AT_ONCE], 0))
        pipe.zinterstore(token, {token: 0, order: 1})
        pipe.expire(token, _TTL)
        await pipe.execute()


def _is_by_priority(part: _Part, view: View) -> bool:
    return view.sort is Sort.PRIORITY and len(part.keys) == 1 and not part.is_range


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
