"""The audit log: who did what, when and to what. It never holds the text of a comment."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from moderato.config import Config
from moderato.store import keys
from moderato.store.part import Part

#: Whose acts from the command line are: no account can have this name.
COMMAND_LINE: Final = "(command line)"
#: Lines one call of ``find`` looks at, at most; it says where to go on.
SCANNED: Final = 20_000
_CHUNK: Final = 500
#: Longest value kept, characters: what others sent, such as a user agent, may be long.
_LONGEST: Final = 300

Detail = str | int | bool


@dataclass(frozen=True, slots=True)
class Line:
    """An act. ``action`` is "family.act", as "site.rotate-key"; ``subject`` is what it was done
    to: an account, a comment's id, a webhook's. ``site`` is "" where it concerns none. ``at`` is
    UTC ms by Redis's clock. ``id`` orders the lines.
    """

    id: str
    at: int
    by: str
    action: str
    site: str
    subject: str
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines: all that are given must fit.

    ``person``: acts of that account, and those done to it. ``action``: one, or a family of them.
    ``since`` and ``until``: UTC ms, both included.
    """

    person: str = ""
    action: str = ""
    site: str = ""
    since: int = 0
    until: int | None = None

    def fits(self, line: Line) -> bool:
        return (
            (not self.person or self.person == line.by or self._is_about(line))
            and (not self.action or f"{line.action}.".startswith(f"{self.action}."))
            and (not self.site or self.site == line.site)
        )

    def _is_about(self, line: Line) -> bool:
        # Of a site, the subject is a comment, an author, a webhook: never an account.
        return line.site == "" and line.subject == self.person


@dataclass(frozen=True, slots=True)
class Page:
    """``next`` is what ``before`` must be to read on; None where there is nothing older."""

    lines: Sequence[Line]
    next: str | None


@dataclass(frozen=True, slots=True)
class Audit(Part):
    """One stream for the deployment; lines older than MODERATO_AUDIT_DAYS are let go."""

    config: Config

    async def record(
        self,
        *,
        by: str,
        action: str,
        site: str = "",
        subject: str = "",
        details: Mapping[str, Detail] | None = None,
        once: bool = False,
    ) -> None:
        """Adds a line. ``by`` is the account's name, or COMMAND_LINE.

        ``once``: not where the same line was written lately, because the request may be one
        that was sent again.
        """
        fields: dict[Any, Any] = {
            "by": by,
            "action": action,
            "site": site,
            "subject": subject[:_LONGEST],
            "details": json.dumps({k: _short(v) for k, v in (details or {}).items()}),
        }
        if once:
            newest: Any = await self.redis.xrevrange(keys.AUDIT, count=_CHUNK)
            if any(entry == fields for _, entry in newest):
                return
        await self.redis.xadd(keys.AUDIT, fields, minid=self._oldest(), approximate=True)

    async def find(self, wanted: Filter, *, before: str = "", limit: int = 50) -> Page:
        """The lines that fit, newest first, at most ``limit``, older than the id ``before``.

        Looks at SCANNED lines at most: a page may hold fewer than ``limit``, or none, and still
        have a ``next``.
        """
        lowest = f"{max(wanted.since, self._oldest())}"
        highest = f"({before}" if before else "+" if wanted.until is None else f"{wanted.until}"
        found: list[Line] = []
        for _ in range(SCANNED // _CHUNK):
            entries: Any = await self.redis.xrevrange(keys.AUDIT, highest, lowest, count=_CHUNK)
            for entry_id, fields in entries:
                line = _line(entry_id, fields)
                if not wanted.fits(line):
                    continue
                found.append(line)
                if len(found) == limit:
                    return Page(found, line.id)
            if len(entries) < _CHUNK:
                return Page(found, None)
            before = entries[-1][0]
            highest = f"({before}"
        return Page(found, before)

    def _oldest(self) -> int:
        """UTC ms before which lines are let go; 0 where they are kept for good."""
        days = self.config.audit_days
        return int((time.time() - days * 86_400) * 1000) if days else 0


def _line(entry_id: str, fields: Mapping[str, str]) -> Line:
    return Line(
        id=entry_id,
        at=int(entry_id.partition("-")[0]),
        by=fields["by"],
        action=fields["action"],
        site=fields["site"],
        subject=fields["subject"],
        details=json.loads(fields["details"]),
    )


def _short(value: Detail) -> Detail:
    return value[:_LONGEST] if isinstance(value, str) else value
