"""Ruling about an author: on the last ruling somebody saw, within what their role may rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderato.domain.author import ENDS, MAY_END, REFUSED, Ruling, Standing
from moderato.store.audit import Detail
from moderato.store.outcomes import Missing, RuledMeanwhile
from moderato.store.records import AuthorRecord, milliseconds
from services.console.authors import missing, need, record, record_of, who
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.problems import ProblemError
from services.console.reasons import reason_of
from services.console.standing_rights import YEAR, least_for

log = structlog.get_logger(__name__)

#: The type of the problem that tells what a colleague ruled meanwhile.
RULED_MEANWHILE: Final = "urn:moderato:problem:ruled-meanwhile"


class StandingBody(BaseModel):
    """``version`` is that of the last ruling seen, 0 for none. ``rule`` is a code of
    GET /api/reasons; ``reason`` replaces its label as what the site and the author are told.
    """

    model_config = ConfigDict(extra="forbid")

    standing: Standing
    version: int = Field(ge=0)
    seconds: int | None = Field(None, ge=60, le=YEAR)
    rule: str = Field("", max_length=64)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/author/standing", rule)


async def rule(request: web.Request) -> web.Response:
    """The ruling; sent again after a lost answer, it answers as the first time."""
    site, author = who(request)
    body = await read_body(request, StandingBody, seconds=request.app[CONFIG].body_timeout)
    known = await record_of(request, site, author)
    _check(body)
    code, words = await _told(request, site, body)
    outcome = await _rule(request, known, body, code, words)
    match outcome:
        case Ruling():
            made, again = outcome, False
        case RuledMeanwhile(Ruling() as last) if _is_same(request, last, body, code):
            made, again = last, True
        case RuledMeanwhile(last):
            raise _ruled_meanwhile(last)
        case _:
            raise missing(site, author)
    log.info("ruled", site=site, standing=made.standing.value, by=made.by)
    details: dict[str, Detail] = {"standing": made.standing.value, "version": made.version}
    details |= {"rule": code} if code else {}
    details |= {"seconds": body.seconds} if body.seconds else {}
    await record(request, "author.standing", site, author, details, once=again)
    return web.json_response(asdict(made))


async def _rule(
    request: web.Request, known: AuthorRecord, body: StandingBody, code: str, words: str
) -> Ruling | RuledMeanwhile | Missing:
    # Who may rule depends on the last ruling, so it must be the one that is replaced.
    if known.rulings != body.version:
        return RuledMeanwhile(known.ruling)
    store, (site, author) = request.app[STORE], who(request)
    now = milliseconds(await store.redis.time())
    least = least_for(body.standing, body.seconds, known.ruling, now)
    need(request, least, "Ruling this about this author")
    return await store.authors.set_standing(
        *(site, author, body.standing),
        version=body.version,
        by=request[SESSION].user.name,
        seconds=body.seconds,
        rule=code,
        reason=words,
        note=body.note,
    )


def _check(body: StandingBody) -> None:
    """Raises the problem where a field does not go with the standing."""
    if body.standing in ENDS and body.seconds is None:
        raise _wrong("seconds", "Say for how long.")
    if body.seconds is not None and body.standing not in MAY_END:
        raise _wrong("seconds", f"{body.standing.value} has no end.")
    for field, given in (("rule", body.rule), ("reason", body.reason)):
        if given and body.standing not in REFUSED:
            raise _wrong(field, "Nobody is told of this: say why in the note.")


async def _told(request: web.Request, site: str, body: StandingBody) -> tuple[str, str]:
    """The code and the words that the site gets when it posts for the author."""
    if body.standing not in REFUSED:
        return "", ""
    reason = await reason_of(request, site, body.rule)
    return reason.rule, body.reason or f"{reason.label.rstrip('.')}."


def _is_same(request: web.Request, last: Ruling, body: StandingBody, code: str) -> bool:
    """Whether this very request was done before its answer was lost and it was sent again."""
    asked = (request[SESSION].user.name, body.version + 1, body.standing, code, body.note)
    return (last.by, last.version, last.standing, last.rule, last.note) == asked


def _wrong(field: str, detail: str) -> ProblemError:
    return ProblemError(
        422, "Unprocessable Content", detail, errors=[{"pointer": f"#/{field}", "detail": detail}]
    )


def _ruled_meanwhile(last: Ruling | None) -> ProblemError:
    who = f"{last.by} ruled {last.standing.value}" if last else "Nobody has ruled"
    return ProblemError(
        409,
        "Conflict",
        f"{who} about this author since you looked.",
        type=RULED_MEANWHILE,
        ruling=asdict(last) if last else None,
    )
