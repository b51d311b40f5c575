"""How many of a queue fit a filter, counted in columns: a bit per comment for each thing asked.

A filter is then a few ANDs and a count of bits: 100,000 comments are 12.5 KB a column. Where the
columns come from: columns.lua.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderato.store import bits
from moderato.store.part import Part
from moderato.store.views import BINS, Facets, Filter, Queue, View

#: Comments read by name in one command.
_AT_ONCE: Final = 1_000
#: Comments brought into the columns by one script: Redis is busy for some ms.
_CAUGHT_UP: Final = 50


@dataclass(frozen=True, slots=True)
class _Asked:
    """The columns of what each part of a filter leaves."""

    all: int
    rules: int
    languages: int
    #: Article, author and time of receipt.
    rest: int
    scores: Mapping[str, int]

    def fit(self, but: str = "") -> int:
        """What all parts leave, or all but one: "rules", "languages" or a score's name."""
        left = self.all & self.rest
        if but != "rules":
            left &= self.rules
        if but != "languages":
            left &= self.languages
        for name, column in self.scores.items():
            if but != f"score:{name}":
                left &= column
        return left


@dataclass(frozen=True, slots=True)
class Columns(Part):
    async def total(self, site: str, view: View) -> int:
        """How many are in a view of an indexed queue."""
        _, fit = await self._fitting(site, view)
        return fit.bit_count()

    async def ids(self, site: str, view: View, most: int) -> list[str] | None:
        """Which are in a view, in no order; None where there are more than ``most``."""
        columns, fit = await self._fitting(site, view)
        if fit.bit_count() > most:
            return None
        key = self.shard(site).queue_part(site, view.queue, "ids")
        return await self._named(key, bits.slots(fit, columns.size))

    async def add_facets(self, facets: Facets, site: str, queue: Queue, wanted: Filter) -> None:
        """Adds one site's part of all facets."""
        names: Any = await self.redis.smembers(self.shard(site).queue_part(site, queue, "names"))
        by_kind: dict[str, list[str]] = {"rule": [], "language": [], "score": []}
        for kind, _, value in sorted(str(name).partition(":") for name in names):
            by_kind[kind].append(value)
        rules, languages, scores = by_kind.values()
        columns = await self._columns(site, queue, wanted, rules, languages, scores)
        asked = await self._asked(site, queue, wanted, columns)
        if fit := asked.fit():
            facets.total += fit.bit_count()
            oldest, newest = columns.received(fit)
            facets.oldest = min(facets.oldest or oldest, oldest)
            facets.newest = max(facets.newest or newest, newest)
        left = asked.fit("rules")
        for rule in rules:
            _add(facets.rules, rule, left & columns.bits(f"rule:{rule}"))
        left = asked.fit("languages")
        for language in languages:
            _add(facets.languages, language, left & columns.bits(f"language:{language}"))
        for name in scores:
            left = asked.fit(f"score:{name}")
            counts = [(left & columns.bits(one)).bit_count() for one in _bins(name)]
            if any(counts):
                known = facets.attributes.get(name, [0] * BINS)
                facets.attributes[name] = [a + b for a, b in zip(known, counts, strict=True)]

    async def catch_up(self, site: str, queue: Queue) -> None:
        """Brings in and takes out what an older release did, which keeps no columns."""
        shard = self.shard(site)
        slots, facts = (shard.queue_part(site, queue, part) for part in ("slots", "facts"))
        pipe = self.redis.pipeline(transaction=True)
        pipe.hlen(slots)
        pipe.hlen(facts)
        in_columns, in_queue = await pipe.execute()
        if in_columns == in_queue:
            return
        age = shard.queue_part(site, queue, "age")
        scans: list[AsyncIterator[Any]] = [
            self.redis.zscan_iter(age, count=_AT_ONCE),
            self.redis.hscan_iter(slots, count=_AT_ONCE),
        ]
        for scan in scans:
            some: list[str] = []
            async for comment, _ in scan:
                some.append(str(comment))
                if len(some) == _CAUGHT_UP:
                    await self.scripts.run("catch_up", [shard.queue(site, queue)], some)
                    some = []
            await self.scripts.run("catch_up", [shard.queue(site, queue)], some)

    async def forget(self, site: str, queue: Queue) -> None:
        """Whoever asks next has them filled again."""
        await self.scripts.run("forget_columns", [self.shard(site).queue(site, queue)], [])

    # -- reading ------------------------------------------------------------------------------
    async def _fitting(self, site: str, view: View) -> tuple[_Columns, int]:
        order = [view.attribute] if view.attribute else []
        columns = await self._columns(site, view.queue, view.filter, scores=order)
        left = (await self._asked(site, view.queue, view.filter, columns)).fit()
        # What has no such score has no place in an order by it.
        return columns, left & columns.any(_bins(view.attribute)) if order else left

    async def _columns(
        self,
        site: str,
        queue: Queue,
        wanted: Filter,
        rules: Iterable[str] = (),
        languages: Iterable[str] = (),
        scores: Iterable[str] = (),
    ) -> _Columns:
        """What a filter asks for and what is named besides, all of one moment."""
        await self.catch_up(site, queue)
        names = {"bits:all", "values:received"}
        names |= {f"bits:rule:{rule}" for rule in {*rules, *wanted.rules}}
        names |= {f"bits:language:{language}" for language in {*languages, *wanted.languages}}
        names |= {f"bits:{one}" for score in {*scores, *wanted.scores} for one in _bins(score)}
        names |= {f"values:score:{score}" for score in wanted.scores}
        ordered, shard = sorted(names), self.shard(site)
        keys = [shard.queue_part(site, queue, name) for name in ordered]
        redis: Any = self.redis
        raw = await redis.execute_command("MGET", *keys, NEVER_DECODE=True)
        return _Columns({name: one or b"" for name, one in zip(ordered, raw, strict=True)})

    async def _asked(self, site: str, queue: Queue, wanted: Filter, columns: _Columns) -> _Asked:
        everything = rest = columns.bits("all")
        shard = self.shard(site)
        for kind, value in (("article", wanted.article), ("author", wanted.author)):
            if value is not None:
                found = await self._having(site, queue, shard.queue_part(site, queue, kind, value))
                rest &= bits.of_slots(found, columns.size)
        start, end = wanted.received_from, wanted.received_to
        if start is not None or end is not None:
            least = -math.inf if start is None else start
            most = math.inf if end is None else end
            rest &= columns.between("received", least, most)

        def either(kind: str, values: Iterable[str]) -> int:
            names = [f"{kind}:{one}" for one in values]
            return columns.any(names) if names else everything

        return _Asked(
            all=everything,
            rules=either("rule", wanted.rules),
            languages=either("language", wanted.languages),
            rest=rest,
            scores={name: columns.scored(name, *ends) for name, ends in wanted.scores.items()},
        )

    async def _having(self, site: str, queue: Queue, key: str) -> list[int]:
        """The slots of what is in a sorted set."""
        found = [member async for member, _ in self.redis.zscan_iter(key, count=_AT_ONCE)]
        slots = await self._named(self.shard(site).queue_part(site, queue, "slots"), found)
        return [int(slot) for slot in slots]

    async def _named(self, key: str, fields: list[Any]) -> list[str]:
        """What a hash has at those fields that it has."""
        found: list[str] = []
        for start in range(0, len(fields), _AT_ONCE):
            reply: Any = await self.redis.hmget(key, fields[start : start + _AT_ONCE])
            found += [str(one) for one in reply if one is not None]
        return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of one moment, as Redis has them, by name: see columns.lua."""

    raw: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """In bytes; no column is longer than that of all."""
        return len(self.raw["bits:all"])

    def bits(self, name: str) -> int:
        return bits.of_bytes(self.raw[f"bits:{name}"], self.size)

    def any(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self.bits(name)
        return found

    def between(self, name: str, least: float, most: float) -> int:
        """Where a value is in a range, and where it means nothing."""
        return bits.between(self.raw[f"values:{name}"], least, most, self.size)

    def received(self, column: int) -> tuple[int, int]:
        """When the oldest and the newest of a column were received, UTC ms."""
        oldest, newest = bits.span(self.raw["values:received"], column, self.size)
        return int(oldest), int(newest)

    def scored(self, name: str, least: float, most: float) -> int:
        """Of the bins at both ends some may fit; those between them fit as they are."""
        low, high = (min(BINS - 1, int(end * BINS)) for end in (least, most))
        names = _bins(name)
        ends = self.any({names[low], names[high]})
        within = ends & self.between(f"score:{name}", least, most)
        return self.any(names[low + 1 : high]) | within


def _bins(score: str) -> list[str]:
    return [f"score:{score}:{number}" for number in range(BINS)]


def _add(counts: dict[str, int], name: str, column: int) -> None:
    if column:
        counts[name] = counts.get(name, 0) + column.bit_count()
