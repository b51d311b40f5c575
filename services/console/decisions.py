"""Approve, reject, undo: each on the version somebody saw, none over somebody else's head."""

from __future__ import annotations

from typing import Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.domain.decision import Event
from moderato.domain.lifecycle import Step
from moderato.store.audit import Detail
from moderato.store.outcomes import Conflict, Done, Missing, Released
from moderato.store.records import Record
from services.console import views
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.metrics import DECISIONS
from services.console.problems import ProblemError
from services.console.queue import missing
from services.console.reasons import BY_RULE

log = structlog.get_logger(__name__)

#: The type of the problem that tells what happened meanwhile.
CONFLICT: Final = "urn:moderato:problem:conflict"
RELEASED: Final = "urn:moderato:problem:released"
_LATE: Final = "The time to undo is over and the decision is out. Decide anew instead."


class DecisionBody(BaseModel):
    """``rule`` is a code of GET /api/reasons; ``reason`` replaces that code's words."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["approve", "reject"]
    version: int = Field(ge=1)
    rule: str = Field("", max_length=64)
    reason: str = Field("", max_length=500)


class UndoBody(BaseModel):
    """``version`` is the one the decision made."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/comments/{site}/{id}/decision", decide)
    app.router.add_post("/api/comments/{site}/{id}/undo", undo)


async def decide(request: web.Request) -> web.Response:
    """Approves or rejects; sent again after a lost answer, it answers as the first time."""
    config, store = request.app[CONFIG], request.app[STORE]
    body = await read_body(request, DecisionBody, seconds=config.body_timeout)
    rule, reason = _why(body)
    outcome = await store.comments.decide(
        request.match_info["site"],
        request.match_info["id"],
        version=body.version,
        approve=body.action == "approve",
        by=request[SESSION].user.name,
        rule=rule,
        reason=reason,
    )
    step = Step(body.action)
    done, last = await _settle(request, outcome, step, seen=body.version, rule=rule)
    # Somebody may have been quick enough to take another step since; then there is no undo.
    until = last.at + int(config.undo_window * 1000) if last.version == done.version else None
    return web.json_response({"state": done.state, "version": done.version, "undo_until": until})


async def undo(request: web.Request) -> web.Response:
    """Takes a decision back while it is held; the comment returns to where it was."""
    body = await read_body(request, UndoBody, seconds=request.app[CONFIG].body_timeout)
    outcome = await request.app[STORE].comments.undo(
        request.match_info["site"],
        request.match_info["id"],
        version=body.version,
        by=request[SESSION].user.name,
    )
    done, _ = await _settle(request, outcome, Step.UNDO, seen=body.version)
    return web.json_response({"state": done.state, "version": done.version})


async def _settle(
    request: web.Request,
    outcome: Done | Conflict | Released | Missing,
    step: Step,
    *,
    seen: int,
    rule: str | None = None,
) -> tuple[Done, Event]:
    """What came of a step, and the comment's newest one; or raises the problem it met."""
    site, comment = request.match_info["site"], request.match_info["id"]
    name = request[SESSION].user.name
    record = await request.app[STORE].comments.get(site, comment)
    last = record.last if record else None
    # This very request, done before its answer was lost and it was sent again?
    again = (
        last is not None
        and (last.step, last.by, last.version) == (step.value, name, seen + 1)
        and rule in {None, last.rule}
    )
    repeated = isinstance(outcome, Conflict)
    match outcome:
        case Conflict() if last is not None and again:
            outcome = Done(last.state, last.version)
        case Done():
            log.info("decided", site=site, comment=comment, step=step.value, by=name, rule=rule)
    DECISIONS.labels(step.value, type(outcome).__name__.lower()).inc()
    match outcome:
        case Done() if last is not None:
            await _record(request, step, outcome.version, rule, once=repeated)
            return outcome, last
        case Released():
            raise ProblemError(410, "Gone", _LATE, type=RELEASED)
        case Conflict() if record is not None:
            raise _conflict(record)
        case _:
            raise missing(site, comment)


async def _record(
    request: web.Request, step: Step, version: int, rule: str | None, *, once: bool
) -> None:
    """The line points at the comment, whose history has the rest; words stay there."""
    details: dict[str, Detail] = {"version": version}
    if rule:
        details["rule"] = rule
    await request.app[STORE].audit.record(
        by=request[SESSION].user.name,
        action=f"comment.{step.value}",
        site=request.match_info["site"],
        subject=request.match_info["id"],
        details=details,
        once=once,
    )


def _why(body: DecisionBody) -> tuple[str, str]:
    """The rule and the words to keep with a decision."""
    if body.action == "approve":
        if body.rule:
            raise _bad_rule("Only a rejection has a rule.")
        return "", body.reason
    rule = body.rule or "other"
    if rule not in BY_RULE:
        raise _bad_rule(f"{rule!r} is not a reason; use one of {', '.join(BY_RULE)}.")
    return rule, body.reason or BY_RULE[rule].words


def _bad_rule(detail: str) -> ProblemError:
    return ProblemError(
        422, "Unprocessable Content", detail, errors=[{"pointer": "#/rule", "detail": detail}]
    )


def _conflict(record: Record) -> ProblemError:
    """What happened meanwhile: who took which step, when and why."""
    state, last = record.comment.state.value, record.last
    who = f", by {last.by} ({last.step})" if last else ""
    return ProblemError(
        409,
        "Conflict",
        f"The comment has changed since you opened it{who}; it is {state} now.",
        type=CONFLICT,
        conflict={
            "state": state,
            "version": record.comment.version,
            "meanwhile": views.event(last) if last else None,
        },
    )
