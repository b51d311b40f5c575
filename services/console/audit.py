"""Reading the audit log: filtered, by pages, and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderato.store.audit import Audit, Filter, Line
from moderato.store.users import Role, normal
from services.console.body import from_validation
from services.console.context import SESSION, STORE
from services.console.problems import ProblemError
from services.console.times import iso

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_COLUMNS: Final = ("id", "at", "by", "action", "site", "subject", "details")


class Wanted(BaseModel):
    """``since`` and ``until`` are UTC ms. A moderator reads of their own account alone."""

    model_config = ConfigDict(extra="forbid")

    person: str = Field("", max_length=200)
    action: str = Field("", max_length=64)
    site: str = Field("", max_length=64)
    since: int = Field(0, ge=0, le=2**53)
    until: int | None = Field(None, ge=0, le=2**53)


class PageQuery(Wanted):
    """``before`` is the ``next`` of the page before."""

    before: str = Field("", pattern=r"^(\d{1,16}-\d{1,16})?$")
    limit: int = Field(50, ge=1, le=200)


class ExportQuery(Wanted):
    format: Literal["jsonl", "csv"] = "jsonl"


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/audit", read)
    app.router.add_get("/api/audit/export", export)


async def read(request: web.Request) -> web.Response:
    """A page of the log, newest first; ``everybody`` says whether it may be of other people."""
    query = _query(request, PageQuery)
    page = await request.app[STORE].audit.find(
        _filter(request, query), before=query.before, limit=query.limit
    )
    return web.json_response(
        {
            "lines": [asdict(line) for line in page.lines],
            "next": page.next,
            "everybody": _reads_all(request),
        }
    )


async def export(request: web.Request) -> web.StreamResponse:
    """Every line that fits, newest first, as a file; the export itself becomes a line."""
    query = _query(request, ExportQuery)
    wanted = _filter(request, query)
    audit = request.app[STORE].audit
    await audit.record(
        by=request[SESSION].user.name,
        action="audit.export",
        details={"format": query.format} | query.model_dump(exclude_defaults=True),
    )
    kind = "text/csv" if query.format == "csv" else "application/jsonl"
    name = f"moderato-audit-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.{query.format}"
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    await response.prepare(request)
    if query.format == "csv":
        await response.write(_csv(_COLUMNS))
    async for lines in _pages(audit, wanted):
        if query.format == "csv":
            await response.write(b"".join(_csv(_cells(line)) for line in lines))
        else:
            await response.write(b"".join(_json(line) for line in lines))
    await response.write_eof()
    return response


async def _pages(audit: Audit, wanted: Filter) -> AsyncIterator[list[Line]]:
    before = ""
    while True:
        page = await audit.find(wanted, before=before, limit=1_000)
        if page.lines:
            yield list(page.lines)
        if page.next is None:
            return
        before = page.next


def _query(request: web.Request, model: type[Any]) -> Any:
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None


def _filter(request: web.Request, query: Wanted) -> Filter:
    person = normal(query.person)
    if not _reads_all(request):
        me = request[SESSION].user.name
        if person not in {"", me}:
            raise ProblemError(
                403, "Forbidden", "A moderator reads the lines about their own account alone."
            )
        person = me
    return Filter(person, query.action, query.site, query.since, query.until)


def _reads_all(request: web.Request) -> bool:
    return request[SESSION].user.role.covers(Role.EDITOR)


def _json(line: Line) -> bytes:
    return json.dumps(asdict(line) | {"at": iso(line.at)}, ensure_ascii=False).encode() + b"\n"


def _cells(line: Line) -> list[str]:
    details = json.dumps(dict(line.details), ensure_ascii=False) if line.details else ""
    return [line.id, iso(line.at), line.by, line.action, line.site, line.subject, details]


def _csv(cells: Any) -> bytes:
    """A line of CSV. What a spreadsheet would run as a formula gets an apostrophe in front."""
    row = io.StringIO()
    csv.writer(row, quoting=csv.QUOTE_ALL).writerow(
        [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    )
    return row.getvalue().encode()
