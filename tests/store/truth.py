"""What the comments themselves say about the queues, to hold every index against it."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from typing import Any

from moderato.domain.comment import State
from moderato.domain.scores import Scores
from moderato.store.records import Record
from moderato.store.store import Store
from moderato.store.views import INDEXED, Cursor, Facets, Filter, Page, Queue, Sort, View


@dataclass(frozen=True)
class Truth:
    """``records`` are all comments of ``sites``, erased ones included."""

    store: Store
    sites: list[str]
    records: list[Record]
    reporters: dict[str, int]
    letters: list[tuple[str, str]]

    def members(self, queue: Queue, by_policy: bool = False) -> list[Record]:
        return [record for record in self.records if self._is_in(record, queue, by_policy)]

    def _is_in(self, record: Record, queue: Queue, by_policy: bool) -> bool:
        state, last = record.comment.state, record.last
        match queue:
            case Queue.FLAGGED | Queue.ESCALATED:
                return record.place == queue.value
            case Queue.WAITING:
                return state is State.PENDING or record.place == "held"
            case Queue.REPORTED:
                return self.reporters[record.comment.id] > 0
            case Queue.APPROVED | Queue.REJECTED:
                assert last is not None or state.value != queue
                return state.value == queue and (last.actor == "policy") is by_policy  # type: ignore[union-attr]
            case Queue.DEAD:
                return any(comment == record.comment.id for _, comment in self.letters)

    def fitting(self, view: View) -> list[Record]:
        """What a view holds, in its order."""
        found = self.members(view.queue, view.by_policy)
        if view.queue in INDEXED:
            found = [record for record in found if fits(record, view.filter)]
        if view.sort is Sort.SCORE:
            found = [record for record in found if view.attribute in values(record)]
        return sorted(found, key=lambda r: order(r, view), reverse=view.descending)

    def facets(self, view: View) -> Facets:
        wanted = view.filter
        members = self.members(view.queue)
        left = [record for record in members if fits(record, wanted)]
        facets = Facets(total=len(left))
        for record in members:
            if fits(record, wanted, but="rules"):
                bump(facets.rules, rule(record))
            if fits(record, wanted, but="languages"):
                bump(facets.languages, language(record))
            for name, value in values(record).items():
                if fits(record, wanted, but=name):
                    bins = facets.attributes.setdefault(name, [0] * 20)
                    bins[min(19, int(value * 20))] += 1
        if left:
            received = [record.comment.received_at for record in left]
            facets.oldest, facets.newest = min(received), max(received)
        return facets


async def truth(store: Store, sites: list[str]) -> Truth:
    records: list[Record] = []
    reporters: dict[str, int] = {}
    letters = [(letter.id, letter.comment) for letter in await store.work.dead_letters(10_000)]
    redis: Any = store.redis
    for site in sites:
        shard = store.comments.shard(site)
        prefix = shard.comment(site, "")
        ids = [key.removeprefix(prefix) async for key in redis.scan_iter(f"{prefix}*", 1000)]
        for record in await store.comments.get_many(site, ids):
            assert record is not None
            records.append(record)
            key = shard.reporters(site, record.comment.id)
            reporters[record.comment.id] = await redis.scard(key)
    return Truth(store, sites, records, reporters, letters)


async def check(known: Truth) -> None:
    """Every queue, index and count says what the comments say, and nothing is left over."""
    for site in known.sites:
        counts = (await known.store.queues.counts([site]))[site]
        mine = [record for record in known.records if record.comment.site == site]
        alone = Truth(known.store, [site], mine, known.reporters, known.letters)
        assert {queue: len(alone.members(queue)) for queue in Queue} == {
            queue: counts[queue] for queue in Queue
        }
        pending = [record for record in mine if record.comment.state is State.PENDING]
        assert counts["pending"] == len(pending)
        for queue in INDEXED:
            await check_indexes(alone, site, queue)
    await check_discussions(known)


async def check_discussions(known: Truth) -> None:
    """Every comment stands among its article's, in its state and below what it answers."""
    redis: Any = known.store.redis
    for site in known.sites:
        shard = known.store.comments.shard(site)
        expected: dict[str, dict[str, float]] = {}
        for record in known.records:
            comment = record.comment
            if comment.site != site:
                continue
            for key in (
                shard.discussion(site, comment.article.id, comment.state),
                shard.below(site, comment.article.id, comment.parent or ""),
            ):
                expected.setdefault(key, {})[comment.id] = comment.received_at
        found: set[str] = set()
        for kind in ("discussion", "below"):
            prefix = shard.articles(site).replace(":articles:", f":{kind}:")
            found |= {key async for key in redis.scan_iter(f"{prefix}:*", 1000)}
        assert found == set(expected)
        for key, members in expected.items():
            assert dict(await redis.zrange(key, 0, -1, withscores=True)) == members, key


async def check_indexes(known: Truth, site: str, queue: Queue) -> None:
    """The keys there are below a queue, and what they hold, made anew from the comments."""
    shard = known.store.comments.shard(site)
    redis: Any = known.store.redis
    expected: dict[str, dict[str, float]] = {}
    names = set()
    for record in known.members(queue):
        comment = record.comment
        by_priority = priority(record)
        for kind, value, score in (
            ("age", None, comment.received_at),
            ("rule", rule(record), by_priority),
            ("language", language(record), by_priority),
            ("article", comment.article.id, by_priority),
            ("author", comment.author.id, by_priority),
            *(("score", name, value) for name, value in values(record).items()),
        ):
            part = kind if value is None else f"{kind}:{value}"
            expected.setdefault(part, {})[comment.id] = score
            if kind in {"rule", "language", "score"}:
                names.add(part)
    base = shard.queue(site, queue)
    there = {key.removeprefix(f"{base}:") async for key in redis.scan_iter(f"{base}:*", 1000)}
    columns = {part for part in there if part.startswith(("bits:", "values:"))}
    always = ["facts", "names", "slots", "ids", "columns"] if expected else []
    assert there - columns - ({"free"} if expected else set()) == {*expected, *always}
    await check_columns(known, redis, base, queue, columns)
    for part, members in expected.items():
        assert dict(await redis.zrange(f"{base}:{part}", 0, -1, withscores=True)) == members, part
    assert await redis.smembers(f"{base}:names") == names
    assert set(await redis.hkeys(f"{base}:facts")) == set(expected.get("age", {}))


async def check_columns(known: Truth, redis: Any, base: str, queue: Queue, there: set[str]) -> None:
    """Each comment has a slot, no two the same, and the columns say of it what it says."""
    slots = await redis.hgetall(f"{base}:slots")
    assert {slot: comment for comment, slot in slots.items()} == await redis.hgetall(f"{base}:ids")
    free = await redis.lrange(f"{base}:free", 0, -1)
    taken = sorted(map(int, [*slots.values(), *free]))
    assert taken == list(range(len(taken)))
    assert there == await redis.smembers(f"{base}:columns")
    bits: dict[str, set[str]] = {}
    for record in known.members(queue):
        comment = record.comment.id
        numbers: dict[str, float] = {"received": record.comment.received_at}
        parts = ["all", f"rule:{rule(record)}", f"language:{language(record)}"]
        for name, value in values(record).items():
            parts.append(f"score:{name}:{min(19, int(value * 20))}")
            numbers[f"score:{name}"] = value
        for part in parts:
            bits.setdefault(f"bits:{part}", set()).add(comment)
        for name, value in numbers.items():
            at = 8 * int(slots[comment])
            raw = await redis.execute_command(
                *("GETRANGE", f"{base}:values:{name}", at, at + 7), NEVER_DECODE=True
            )
            assert raw == struct.pack("<d", value), name
    assert set(bits) <= there
    names = {"all", "received", *await redis.smembers(f"{base}:names")}
    groups = tuple(f"{kind}:{name}" for kind in ("bits", "values") for name in names)
    for name in there:
        assert name.startswith(groups), name
        if name.startswith("bits:"):
            has = {one for one, slot in slots.items() if await redis.getbit(f"{base}:{name}", slot)}
            assert has == bits.get(name, set()), name
            assert await redis.bitcount(f"{base}:{name}") == len(has), name


async def check_view(known: Truth, view: View, limit: int) -> None:
    """All pages of a view, forwards and backwards, hold what the comments say, in order."""
    queues = known.store.queues
    wanted = [record.comment.id for record in known.fitting(view)]
    assert await queues.total(known.sites, view) == len(wanted)
    found: list[str] = []
    page = await queues.page(known.sites, view, limit=limit)
    assert page.previous is None
    while True:
        assert len(page.rows) <= limit
        found += ids(page)
        if page.next is None:
            break
        page = await queues.page(known.sites, view, limit=limit, after=page.next)
    assert found == wanted
    back: list[str] = []
    while page.previous is not None:
        page = await queues.page(known.sites, view, limit=limit, before=page.previous)
        back = [*ids(page), *back]
    assert back == wanted[: len(back)]
    assert len(back) == len(wanted) - len(wanted[len(back) :])
    for place, comment in itertools.islice(enumerate(wanted), 0, None, 3):
        record = next(r for r in known.records if r.comment.id == comment)
        cursor = Cursor(order(record, view)[0], comment)
        around = await queues.page(known.sites, view, limit=limit, around=cursor)
        assert comment in ids(around)
        start = max(0, place - limit // 2)
        assert ids(around) == wanted[start : start + len(around.rows)]
    some = await queues.page(known.sites, view, limit=limit, offset=2)
    assert ids(some) == wanted[2 : 2 + limit]


def ids(page: Page) -> list[str]:
    return [row.comment for row in page.rows]


def fits(record: Record, wanted: Filter, but: str = "") -> bool:
    comment, scores = record.comment, values(record)
    checks = {
        "rules": not wanted.rules or rule(record) in wanted.rules,
        "languages": not wanted.languages or language(record) in wanted.languages,
        "article": wanted.article in {None, comment.article.id},
        "author": wanted.author in {None, comment.author.id},
        "from": comment.received_at >= (wanted.received_from or 0),
        "to": wanted.received_to is None or comment.received_at <= wanted.received_to,
        **{
            name: name in scores and least <= scores[name] <= most
            for name, (least, most) in wanted.scores.items()
        },
    }
    return all(fine for name, fine in checks.items() if name != but)


def order(record: Record, view: View) -> tuple[float, str]:
    match view.sort:
        case Sort.PRIORITY:
            return priority(record), record.comment.id
        case Sort.SCORE:
            return values(record)[view.attribute], record.comment.id
        case _:
            return record.comment.received_at, record.comment.id


def priority(record: Record) -> float:
    assert record.last is not None
    thousandths = int(record.last.priority * 1000)
    return thousandths * 10**10 + 9_999_999_999 - record.comment.received_at // 1000


def rule(record: Record) -> str:
    assert record.last is not None
    return record.last.rule


def language(record: Record) -> str:
    scored: Scores | None = record.scores
    return record.comment.language or (scored.language if scored else None) or "und"


def values(record: Record) -> dict[str, float]:
    return dict(record.scores.values) if record.scores else {}


def bump(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
