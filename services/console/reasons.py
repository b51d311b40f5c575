"""Why a moderator may reject: the list behind the keys 1 to 9, which an editor may set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from moderato.store.audit import Detail
from moderato.store.reasons import DEFAULT, Reason
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.problems import ProblemError

log = structlog.get_logger(__name__)

_Rule = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


def _words(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


class ReasonBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: _Rule
    label: Annotated[str, _words(60)]
    words: Annotated[str, _words(500)]


class ReasonsBody(BaseModel):
    """In the order of the keys 1 to 9."""

    model_config = ConfigDict(extra="forbid")

    reasons: list[ReasonBody] = Field(min_length=1, max_length=9)

    @field_validator("reasons")
    @classmethod
    def each_rule_once(cls, reasons: list[ReasonBody]) -> list[ReasonBody]:
        rules = [reason.rule for reason in reasons]
        if len(set(rules)) < len(rules):
            raise ValueError("Each rule may stand in the list once.")
        return reasons


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/reasons", show)
    app.router.add_put("/api/reasons/{site}", put)
    app.router.add_delete("/api/reasons/{site}", reset)


async def show(request: web.Request) -> web.Response:
    """The reasons of ``site``; without it, those of a site that has no own."""
    site = request.query.get("site")
    return await _answer(request, site) if site else _as_response("", DEFAULT, own=False)


async def put(request: web.Request) -> web.Response:
    """Gives a site a list of its own."""
    site = request.match_info["site"]
    await must_exist(request, site)
    body = await read_body(request, ReasonsBody, seconds=request.app[CONFIG].body_timeout)
    reasons = [Reason(**reason.model_dump()) for reason in body.reasons]
    await request.app[STORE].reasons.set(site, reasons)
    await _record(request, site, {"reasons": len(reasons)})
    return await _answer(request, site)


async def reset(request: web.Request) -> web.Response:
    """Goes back to the default list."""
    site = request.match_info["site"]
    await must_exist(request, site)
    await request.app[STORE].reasons.reset(site)
    await _record(request, site, {"reasons": "default"})
    return await _answer(request, site)


async def words_of(request: web.Request, site: str, rule: str, reason: str) -> tuple[str, str]:
    """The rule and the words to keep with a rejection; raises where ``rule`` is no reason."""
    found = await reason_of(request, site, rule)
    return found.rule, reason or found.words


async def reason_of(request: web.Request, site: str, rule: str) -> Reason:
    """The site's reason of that code, "" for that of all else; raises where there is none."""
    reasons, _ = await request.app[STORE].reasons.get(site)
    known = {one.rule: one for one in reasons}
    rule = rule or ("other" if "other" in known else reasons[-1].rule)
    if rule not in known:
        raise bad_rule(f"{rule!r} is not a reason; use one of {', '.join(known)}.")
    return known[rule]


def bad_rule(detail: str) -> ProblemError:
    return ProblemError(
        422, "Unprocessable Content", detail, errors=[{"pointer": "#/rule", "detail": detail}]
    )


async def must_exist(request: web.Request, site: str) -> None:
    if await request.app[STORE].sites.get(site) is None:
        raise ProblemError(404, "Not Found", f"There is no site {site!r}.")


async def _record(request: web.Request, site: str, details: Mapping[str, Detail]) -> None:
    by = request[SESSION].user.name
    log.info("reasons_set", site=site, by=by)
    audit = request.app[STORE].audit
    await audit.record(by=by, action="site.reasons", site=site, subject=site, details=details)


async def _answer(request: web.Request, site: str) -> web.Response:
    await must_exist(request, site)
    reasons, own = await request.app[STORE].reasons.get(site)
    return _as_response(site, reasons, own=own)


def _as_response(site: str, reasons: Sequence[Reason], *, own: bool) -> web.Response:
    listed = [{"key": str(key), **asdict(one)} for key, one in enumerate(reasons, start=1)]
    return web.json_response({"site": site, "own": own, "reasons": listed})
