"""Colleagues' notes about the people who comment. Nobody outside the console ever sees one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from moderato.store import records
from moderato.store.part import Part

#: Notes about one author, at most.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Note:
    """``at`` is UTC ms by Redis's clock."""

    id: str
    by: str
    at: int
    text: str


class TooManyNotesError(Exception):
    """The author has MOST notes already."""


@dataclass(frozen=True, slots=True)
class AuthorNotes(Part):
    async def all(self, site: str, author: str) -> list[Note]:
        """The newest first."""
        lines: Any = await self.redis.hvals(self.shard(site).author_notes(site, author))
        notes = [Note(**json.loads(line)) for line in lines]
        return sorted(notes, key=lambda note: (note.at, note.id), reverse=True)

    async def get(self, site: str, author: str, note: str) -> Note | None:
        line: Any = await self.redis.hget(self.shard(site).author_notes(site, author), note)
        return Note(**json.loads(line)) if line else None

    async def counts(self, authors: Sequence[tuple[str, str]]) -> list[int]:
        """How many notes there are about each (site, author id), in the order asked for."""
        pipe = self.redis.pipeline(transaction=False)
        for site, author in authors:
            pipe.hlen(self.shard(site).author_notes(site, author))
        return [int(count) for count in await pipe.execute()] if authors else []

    async def add(self, site: str, author: str, *, by: str, text: str) -> Note:
        """Raises TooManyNotesError."""
        key = self.shard(site).author_notes(site, author)
        now = records.milliseconds(await self.redis.time())
        note = Note(secrets.token_hex(8), by, now, text)
        pipe = self.redis.pipeline(transaction=True)
        pipe.hset(key, note.id, json.dumps(asdict(note)))
        pipe.hlen(key)
        _, count = await pipe.execute()
        # Counted behind the writing, so that two at once cannot both be the last that fits.
        if int(count) > MOST:
            await self.redis.hdel(key, note.id)
            raise TooManyNotesError(f"There are {MOST} notes about this author; delete some.")
        return note

    async def remove(self, site: str, author: str, note: str) -> bool:
        """False where it is gone already."""
        return bool(await self.redis.hdel(self.shard(site).author_notes(site, author), note))
