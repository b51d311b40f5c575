"""Approve, reject, keep, undo: each on the version somebody saw, none over somebody else's head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from moderato.domain.comment import State
from moderato.domain.decision import Event
from moderato.domain.lifecycle import Step
from moderato.store.audit import Detail
from moderato.store.comments import PLACES
from moderato.store.outcomes import (
    Conflict,
    Done,
    Escalated,
    Missing,
    Proposed,
    Released,
    SecondPerson,
)
from moderato.store.records import Record
from moderato.store.users import Role
from services.console import views
from services.console.body import read_body
from services.console.context import CONFIG, SESSION, STORE
from services.console.metrics import DECISIONS
from services.console.problems import ProblemError
from services.console.queue import missing
from services.console.reasons import bad_rule, words_of
from services.console.roles import may

log = structlog.get_logger(__name__)

Outcome = Done | Conflict | Released | Missing | Escalated | Proposed | SecondPerson

#: The type of the problem that tells what happened meanwhile.
CONFLICT: Final = "urn:moderato:problem:conflict"
RELEASED: Final = "urn:moderato:problem:released"
ESCALATED: Final = "urn:moderato:problem:escalated"
SECOND_PERSON: Final = "urn:moderato:problem:second-person"
_ESCALATED: Final = "It was escalated: an editor decides. Whoever escalated it may return it."
_SECOND: Final = "You decided first; another person must decide, too."
_MOVES: Final = {step.value: step for step in PLACES}
#: Steps that one of two people takes instead of the decision.
_OPINIONS: Final = frozenset({Step.PROPOSE, Step.ESCALATE})
_LATE: Final = "The time to undo is over and the decision is out. Decide anew instead."


class Why(BaseModel):
    """``rule`` is a code of GET /api/reasons; ``reason`` replaces that code's words."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["approve", "reject"]
    rule: str = Field("", max_length=64)
    reason: str = Field("", max_length=500)


class DecisionBody(Why):
    """``version`` is the one that was seen. "keep" is for what readers reported."""

    action: Literal["approve", "reject", "keep"]  # type: ignore[assignment]
    version: int = Field(ge=1)


class MoveBody(BaseModel):
    """``note`` is for colleagues; its author never sees it."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""


class UndoBody(BaseModel):
    """``version`` is the one the decision made."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)


def add_routes(app: web.Application) -> None:
    app.router.add_post("/api/comments/{site}/{id}/decision", decide)
    app.router.add_post("/api/comments/{site}/{id}/undo", undo)
    for name in _MOVES:
        app.router.add_post(f"/api/comments/{{site}}/{{id}}/{name}", move)


async def decide(request: web.Request) -> web.Response:
    """Approves, rejects or keeps; sent again after a lost answer, it answers as the first time."""
    config = request.app[CONFIG]
    body = await read_body(request, DecisionBody, seconds=config.body_timeout)
    rule, outcome = await _decided(request, body)
    done, record = await _settle(request, outcome, Step(body.action), seen=body.version, rule=rule)
    last = record.last
    if isinstance(outcome, Proposed) or last.step in _OPINIONS:
        answer = {"state": "flagged", "version": done.version, "undo_until": None}
        return web.json_response(answer | {"opinion": views.opinion(record.record)}, status=202)
    # Somebody may have been quick enough to take another step since; then there is no undo.
    until = last.at + int(config.undo_window * 1000) if last.version == done.version else None
    return web.json_response({"state": done.state, "version": done.version, "undo_until": until})


async def _decided(request: web.Request, body: DecisionBody) -> tuple[str | None, Outcome]:
    """The rule that is kept with it, and what came of it. Keeping leaves the rule there was."""
    comments, by = request.app[STORE].comments, request[SESSION].user.name
    site, comment = request.match_info["site"], request.match_info["id"]
    if body.action == "keep":
        if body.rule or body.reason:
            raise bad_rule("What is kept keeps its rule and its reason.")
        return None, await comments.keep(site, comment, version=body.version, by=by)
    rule, reason = await why(request, site, body)
    return rule, await comments.decide(
        site,
        comment,
        version=body.version,
        approve=body.action == "approve",
        by=by,
        rule=rule,
        reason=reason,
        editor=may(request, Role.EDITOR),
    )


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


async def move(request: web.Request) -> web.Response:
    """Escalates, holds or returns a flagged comment."""
    step = _MOVES[request.path.rpartition("/")[2]]
    body = await read_body(request, MoveBody, seconds=request.app[CONFIG].body_timeout)
    if step is Step.ESCALATE and not body.note:
        detail = "Say in a note why an editor should look."
        raise ProblemError(
            422, "Unprocessable Content", detail, errors=[{"pointer": "#/note", "detail": detail}]
        )
    outcome = await request.app[STORE].comments.move(
        request.match_info["site"],
        request.match_info["id"],
        version=body.version,
        step=step,
        by=request[SESSION].user.name,
        note=body.note,
        editor=may(request, Role.EDITOR),
    )
    done, _ = await _settle(request, outcome, step, seen=body.version)
    return web.json_response(
        {"state": done.state, "version": done.version, "place": PLACES[step].value}
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """A comment with its newest step, which there is."""

    record: Record
    last: Event


async def _settle(
    request: web.Request,
    outcome: Outcome,
    step: Step,
    *,
    seen: int,
    rule: str | None = None,
) -> tuple[Done, _Settled]:
    """What came of a step, and the comment after it; or raises the problem it met."""
    site, comment = request.match_info["site"], request.match_info["id"]
    name = request[SESSION].user.name
    record = await request.app[STORE].comments.get(site, comment)
    last = record.last if record else None
    # This very request, done before its answer was lost and it was sent again?
    again = (
        last is not None
        and (last.by, last.version) == (name, seen + 1)
        and ((last.step == step.value and rule in {None, last.rule}) or last.proposed == step.value)
    )
    repeated = isinstance(outcome, Conflict)
    match outcome:
        case Conflict() if last is not None and again:
            outcome = Done(last.state, last.version)
        case Proposed():
            outcome = Done(State.FLAGGED, outcome.version)
    if isinstance(outcome, Done):
        log.info("decided", site=site, comment=comment, step=step.value, by=name, rule=rule)
    DECISIONS.labels(step.value, type(outcome).__name__.lower()).inc()
    match outcome:
        case Done() if record is not None and last is not None:
            # The first of two people, or the second who disagrees, did something else.
            did = Step(last.step) if last.proposed and last.version == outcome.version else step
            await _record(request, did, outcome.version, rule, once=repeated)
            return outcome, _Settled(record, last)
        case Released():
            raise ProblemError(410, "Gone", _LATE, type=RELEASED)
        case Escalated():
            raise ProblemError(403, "Forbidden", _ESCALATED, type=ESCALATED)
        case SecondPerson():
            raise ProblemError(403, "Forbidden", _SECOND, type=SECOND_PERSON)
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


async def why(request: web.Request, site: str, body: Why) -> tuple[str, str]:
    """The rule and the words to keep with a decision."""
    if body.action == "reject":
        return await words_of(request, site, body.rule, body.reason)
    if body.rule:
        raise bad_rule("Only a rejection has a rule.")
    return "", body.reason


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
