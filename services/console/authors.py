"""The author's page: who somebody is, what they wrote, and what colleagues ruled and noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderato.domain.comment import State
from moderato.store.audit import Detail
from moderato.store.records import AuthorRecord, milliseconds
from moderato.store.users import Role
from moderato.store.views import Cursor
from services.console import views
from services.console.body import from_validation
from services.console.context import SESSION, STORE
from services.console.guard import FORBIDDEN
from services.console.problems import ProblemError
from services.console.query import CursorText
from services.console.reasons import must_exist
from services.console.roles import may
from services.console.standing_rights import longest, possible

#: The type of the problem that nobody of that id has commented there.
NO_AUTHOR: Final = "urn:moderato:problem:no-author"


class AuthorQuery(BaseModel):
    """Who. An author's id may be anything, ".." too, so it stands in no path."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(min_length=1, max_length=63)
    id: str = Field(min_length=1, max_length=256)


class CommentsQuery(AuthorQuery):
    """``before`` is the ``next`` of the page before."""

    state: State | None = None
    before: CursorText | None = None
    limit: int = Field(20, ge=1, le=100)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/author", show)
    app.router.add_get("/api/author/comments", comments)


async def show(request: web.Request) -> web.Response:
    """Everything about an author but their comments."""
    site, author = who(request)
    store = request.app[STORE]
    record = await record_of(request, site, author)
    counts = await store.author_comments.counts(site, author)
    span = await store.author_comments.span(site, author)
    decided = record.approved + record.rejected
    role, now = request[SESSION].user.role, milliseconds(await store.redis.time())
    return web.json_response(
        {
            "site": site,
            "id": author,
            "names": await store.author_comments.names(site, author),
            "first_seen": span.first if span else None,
            "last_seen": span.last if span else None,
            "received": record.received,
            "counts": {state.value: count for state, count in counts.items()},
            "rejected_share": round(record.rejected / decided, 4) if decided else None,
            "reports": await store.authors.reports(site, author),
            **views.standing(record),
            "version": record.rulings,
            "history": [asdict(one) for one in await store.authors.rulings(site, author)][::-1],
            "notes": [asdict(one) for one in await store.author_notes.all(site, author)],
            "may": possible(role, record.ruling, now),
            "longest": longest(role),
        }
    )


async def comments(request: web.Request) -> web.Response:
    """A page of what an author wrote, in every state or in one, the newest first."""
    try:
        query = CommentsQuery.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None
    await record_of(request, query.site, query.id)
    store = request.app[STORE]
    page = await store.author_comments.page(
        query.site,
        query.id,
        [query.state] if query.state else tuple(State),
        limit=query.limit,
        before=Cursor.parse(query.before) if query.before else None,
    )
    items = await views.items(store, [(query.site, comment) for comment in page.comments])
    return web.json_response({"items": items, "next": str(page.next) if page.next else None})


def who(request: web.Request) -> tuple[str, str]:
    """The site and the id of the author that the address names."""
    try:
        query = AuthorQuery.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from None
    return query.site, query.id


async def record_of(request: web.Request, site: str, author: str) -> AuthorRecord:
    """Raises the problem where nobody of that id has commented."""
    await must_exist(request, site)
    (record,) = await request.app[STORE].authors.records([(site, author)])
    if not record.received:
        raise missing(site, author)
    return record


def missing(site: str, author: str) -> ProblemError:
    detail = f"Nobody of the id {author!r} has commented on {site!r}."
    return ProblemError(404, "Not Found", detail, type=NO_AUTHOR)


def need(request: web.Request, least: Role, what: str) -> None:
    """Raises the problem where the role of who asks does not reach; ``what`` begins its words."""
    if not may(request, least):
        mine = request[SESSION].user.role.value
        detail = f"{what} needs the role {least.value}; yours is {mine}."
        raise ProblemError(403, "Forbidden", detail, type=FORBIDDEN)


async def record(
    request: web.Request,
    action: str,
    site: str,
    author: str,
    details: Mapping[str, Detail],
    *,
    once: bool = False,
) -> None:
    """The line never holds the words of a note or a reason: those stay with the author."""
    await request.app[STORE].audit.record(
        by=request[SESSION].user.name,
        action=action,
        site=site,
        subject=author,
        details=details,
        once=once,
    )
