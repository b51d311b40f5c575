"""Deciding on many comments at once: previewed, fenced by version, kept back, taken back whole."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.decision import Actor, Decision
from moderato.domain.lifecycle import Step, sources
from moderato.store import records
from moderato.store.keys import Shard
from moderato.store.part import Part, comment_keys
from moderato.store.queues import CHUNK
from moderato.store.stretches import Stretches, further
from moderato.store.views import Filter, View

#: Seconds a preview is kept, and a bulk that has ended.
PREVIEWED, ENDED = 3_600, 7 * 86_400
#: Comments decided in one script: Redis does nothing else meanwhile.
PORTION = 10


class BulkState(StrEnum):
    PREVIEW = "preview"
    RUNNING = "running"
    HELD = "held"  # all decided, released when the undo window is over
    RELEASING = "releasing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


#: States in which nothing more happens by itself.
RESTING: Final = frozenset({BulkState.PREVIEW, BulkState.DONE, BulkState.UNDONE})


@dataclass(frozen=True, slots=True)
class Met:
    """A comment that somebody else had decided; how it stands, and by which step of whom."""

    id: str
    state: str
    version: int
    by: str
    step: str


@dataclass(frozen=True, slots=True)
class Bulk:
    """``decided``, ``conflicts`` and ``second`` (needs two people) add up to ``total`` when it
    has run. Times are UTC ms.
    """

    id: str
    site: str
    state: BulkState
    by: str
    action: str
    rule: str
    reason: str
    created_at: int
    total: int
    decided: int
    conflicts: int
    second: int
    undone: int
    released: int
    undo_until: int | None
    met: list[Met] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bulks(Part):
    config: Config

    async def preview(self, site: str, what: View | Sequence[str], *, by: str) -> Bulk:
        """Fixes what a bulk is about: a view of one site, or comments by id, as they are now."""
        shard, bulk = self.shard(site), f"b{secrets.token_hex(10)}"
        job = shard.bulk(site, bulk)
        seconds, micros = await self.redis.time()
        created = seconds * 1000 + micros // 1000
        fields: dict[Any, Any] = {"state": BulkState.PREVIEW.value, "by": by, "created_at": created}
        await self.redis.hset(job, mapping=fields)
        await self.redis.expire(job, PREVIEWED)
        keys = [*comment_keys(shard, site, "", ""), shard.none, shard.none, job]
        keys.append(shard.bulk(site, bulk, "todo"))
        if isinstance(what, View):
            stretches = Stretches(self.redis, self.scripts, self.shards)
            stretch = await stretches.narrowest(site, what)
            keys[8:10] = [stretch.key, stretch.facts]
            wanted = (stretch.filter or Filter()).as_json()
            place, at_end = None, False
            while not at_end:
                walk = stretch.walk(place, most=CHUNK)
                place = further(*await self.scripts.run("bulk_take", keys, ["walk", *walk, wanted]))
                at_end = place is None
        else:
            await self.scripts.run("bulk_take", keys, ["ids", *what])
        found = await self.get(site, bulk)
        assert found is not None
        return found

    async def get(self, site: str, bulk: str) -> Bulk | None:
        shard = self.shard(site)
        pipe = self.redis.pipeline(transaction=True)
        pipe.hgetall(shard.bulk(site, bulk))
        pipe.zcard(shard.bulk(site, bulk, "todo"))
        pipe.lrange(shard.bulk(site, bulk, "met"), 0, -1)
        fields, left, met = await pipe.execute()
        if not fields:
            return None
        counted = ("decided", "conflicts", "second", "undone", "released")
        return Bulk(
            id=bulk,
            site=site,
            state=BulkState(fields["state"]),
            by=fields["by"],
            action=fields.get("action", ""),
            rule=fields.get("rule", ""),
            reason=fields.get("reason", ""),
            created_at=int(fields["created_at"]),
            total=int(fields.get("total", left)),
            undo_until=int(fields["until"]) if "until" in fields else None,
            met=[Met(**json.loads(line)) for line in met],
            **{name: int(fields.get(name, 0)) for name in counted},
        )

    async def start(
        self, site: str, bulk: str, *, approve: bool, rule: str, reason: str, by: str, editor: bool
    ) -> str:
        """Sets a preview going: "started", "missing", or the state it was in already."""
        shard = self.shard(site)
        step = Step.APPROVE if approve else Step.REJECT
        state = State.APPROVED if approve else State.REJECTED
        decision = Decision(state, rule, reason, message="" if approve else reason)
        answer = await self.scripts.run(
            "bulk_start",
            [*self._keys(shard, site, bulk), shard.bulks],
            [
                site,
                bulk,
                step.value,
                rule,
                reason,
                by,
                records.decision_json(step, Actor.MODERATOR, by, decision, None, bulk=bulk),
                state.value,
                ",".join(sorted(sources(step))),
                int(self.config.undo_window * 1000),
                int(editor),
                self.config.second_opinion,
            ],
        )
        return str(answer)

    async def undo(self, site: str, bulk: str, *, by: str) -> str:
        """Has the whole taken back: "undoing", or why not: "late", "missing" or "preview"."""
        decision = Decision(state=State.FLAGGED, rule="", reason="")
        line = records.decision_json(Step.UNDO, Actor.MODERATOR, by, decision, None, bulk=bulk)
        keys = self._keys(self.shard(site), site, bulk)
        return str(await self.scripts.run("bulk_undo", keys, [site, bulk, line]))

    async def work(self, site: str, bulk: str) -> tuple[BulkState | None, float]:
        """Takes a bulk a portion further: its state (None: gone), and seconds until the next.

        Any process may call this at any time, also several at once.
        """
        shard = self.shard(site)
        state, wait = await self.scripts.run(
            "bulk_work",
            [
                *comment_keys(shard, site, "", ""),
                shard.reporters(site, ""),
                *(shard.bulk(site, bulk, part) for part in ("job", "todo", "kept", "met")),
                shard.bulks,
                shard.work,
            ],
            [PORTION, site, bulk, ENDED],
        )
        return None if state == "missing" else BulkState(state), int(wait) / 1000

    async def under_way(self) -> list[tuple[str, str]]:
        """(site, bulk id) of all that wait to be taken further."""
        found: list[tuple[str, str]] = []
        for shard in self.all_shards():
            for member in await self.redis.zrange(shard.bulks, 0, -1):
                site, _, bulk = str(member).partition(" ")
                found.append((site, bulk))
        return found

    def _keys(self, shard: Shard, site: str, bulk: str) -> list[str]:
        parts: list[Any] = [shard.bulk(site, bulk, part) for part in ("job", "todo")]
        return [*comment_keys(shard, site, "", ""), *parts]
