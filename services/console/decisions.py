"""Approve, reject, undo: each on the version somebody saw, none over somebody else's head."""

from __future__ import annotations

from typing import Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from moderato.domain.comment import State
from moderato.domain.decision import Event
from moderato.domain.lifecycle import Step
from moderato.http.body import read_body
from moderato.http.problems import ProblemError
from moderato.store.outcomes import Conflict, Done, Missing, Released
from moderato.store.records import Record
from services.console import views
from services.console.context import CONFIG, SESSION, STORE
from services.console.queue import missing
from services.console.reasons import BY_RULE

log = structlog.get_logger(__name__)

#: The type of the problem that tells what happened meanwhile.
CONFLICT: Final = "urn:moderato:problem:conflict"
RELEASED: Final = "urn:moderato:problem:released"


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
    config, store, name = request.app[CONFIG], request.app[STORE], request[SESSION].user.name
    body = await read_body(request, DecisionBody, seconds=config.body_timeout)
    rule, reason = _why(body)
    site, comment = request.match_info["site"], request.match_info["id"]
    outcome = await store.comments.decide(
        site,
        comment,
        version=body.version,
        approve=body.action == "approve",
        by=name,
        rule=rule,
        reason=reason,
    )
    if isinstance(outcome, Missing):
        raise missing(site, comment)
    record = await store.comments.get(site, comment)
    last = record.last if record else None
    if isinstance(outcome, Conflict):
        step = Step.APPROVE if body.action == "approve" else Step.REJECT
        if not _was_mine(last, step, body.version, name):
            raise _conflict(record)
        assert last is not None
        outcome = Done(last.state, last.version)
    else:
        log.info("decided", site=site, comment=comment, action=body.action, by=name, rule=rule)
    # Somebody may have been quick enough to take another step since; then there is no undo.
    held = last is not None and last.version == outcome.version
    until = last.at + int(config.undo_window * 1000) if last and held else None
    return web.json_response(
        {"state": outcome.state, "version": outcome.version, "undo_until": until}
    )


async def undo(request: web.Request) -> web.Response:
    """Takes a decision back while it is held; the comment returns to where it was."""
    config, store, name = request.app[CONFIG], request.app[STORE], request[SESSION].user.name
    body = await read_body(request, UndoBody, seconds=config.body_timeout)
    site, comment = request.match_info["site"], request.match_info["id"]
    outcome = await store.comments.undo(site, comment, version=body.version, by=name)
    match outcome:
        case Missing():
            raise missing(site, comment)
        case Released():
            raise ProblemError(
                410,
                "Gone",
                "The time to undo is over and the decision is out. Decide anew instead.",
                type=RELEASED,
            )
        case Conflict():
            record = await store.comments.get(site, comment)
            last = record.last if record else None
            if not _was_mine(last, Step.UNDO, body.version, name):
                raise _conflict(record)
            assert last is not None
            outcome = Done(last.state, last.version)
        case Done():
            log.info("undone", site=site, comment=comment, by=name)
    return web.json_response({"state": outcome.state, "version": outcome.version})


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


def _was_mine(last: Event | None, step: Step, version: int, name: str) -> bool:
    """Whether the newest step is this very request's, done before its answer was lost."""
    return (
        last is not None
        and last.step == step.value
        and last.by == name
        and last.version == version + 1
    )


def _conflict(record: Record | None) -> ProblemError:
    """What happened meanwhile: who took which step, when and why."""
    meanwhile: dict[str, Any] | None = None
    state, version = State.ERASED.value, 0
    if record is not None:
        state, version = record.comment.state.value, record.comment.version
        meanwhile = views.event(record.last) if record.last else None
    who = f"{meanwhile['by']} ({meanwhile['step']})" if meanwhile else "somebody"
    return ProblemError(
        409,
        "Conflict",
        f"The comment has changed since you opened it, by {who}; it is {state} now.",
        type=CONFLICT,
        conflict={"state": state, "version": version, "meanwhile": meanwhile},
    )
