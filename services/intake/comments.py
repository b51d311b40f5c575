"""Comments: taking them in, showing how they stand, reports, erasure."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web
from redis.exceptions import RedisError

from moderato.domain.author import Ruling
from moderato.domain.comment import State
from moderato.store.comments import UnpreparedError
from moderato.store.feed import comment_topic
from moderato.store.outcomes import (
    Accepted,
    ArticleClosed,
    BadParent,
    KeyReused,
    Missing,
    NotDurableError,
    Refused,
)
from moderato.store.records import Record
from services.intake import bodies, headers, kinds, views
from services.intake.answers import Comment, ReportReceived
from services.intake.checks import is_comment_id
from services.intake.context import INTAKE, SITE, Intake
from services.intake.guard import SOON, is_out_of_memory
from services.intake.metrics import ACCEPTED, REPLAYED
from services.intake.problems import FieldError, Problem, invalid
from services.intake.ratelimit import spend
from services.intake.replies import answer
from services.intake.requests import PostedComment, PostedReport
from services.intake.waiting import ring

log = structlog.get_logger(__name__)


async def post(request: web.Request) -> web.Response:
    """Takes a comment in; 202 once it is durable, 200 when its decision was waited for."""
    intake, site = request.app[INTAKE], request[SITE]
    intake.guard.admit()
    await spend(request)
    key = headers.idempotency_key(request)
    seconds = headers.wait_preference(request, intake.config.max_wait)
    posted = await bodies.read(request, PostedComment, intake.config)
    outcome = await _accept(intake, site, posted, key, quick=seconds > 0)
    (REPLAYED if outcome.known else ACCEPTED).inc()
    log.info("comment_accepted", comment=outcome.id, site=site, replayed=outcome.known)
    body = views.accepted(outcome.id, posted.article.id)
    extra = {"Location": body.links.self}
    if outcome.known:
        extra["Idempotency-Replayed"] = "true"
    if seconds and (decided := await _decided(intake, site, outcome.id, seconds)):
        return answer(decided, 200, {**extra, "Preference-Applied": "wait"})
    return answer(body, 202, extra)


async def get(request: web.Request) -> web.Response:
    """How a comment stands."""
    found = await _whole(request.app[INTAKE], request[SITE], _id(request))
    if found is None:
        raise _missing()
    return answer(found)


async def delete(request: web.Request) -> web.Response:
    """Erases a comment; erasing it again changes nothing."""
    intake, site, comment = request.app[INTAKE], request[SITE], _id(request)
    outcome = await intake.store.comments.erase(
        site, comment, by=site, reason="The site erased this comment."
    )
    if isinstance(outcome, Missing):
        raise _missing()
    log.info("comment_erased", comment=comment, site=site)
    return web.Response(status=204)


async def report(request: web.Request) -> web.Response:
    """A reader objects to a comment."""
    intake, site, comment = request.app[INTAKE], request[SITE], _id(request)
    intake.guard.admit()
    await spend(request)
    posted = await bodies.read(request, PostedReport, intake.config)
    outcome = await intake.store.comments.report(site, comment, by=posted.reporter)
    record = await intake.store.comments.get(site, comment)
    if record is None:
        raise _missing()
    if isinstance(outcome, Missing):
        raise Problem(kinds.NOT_FOUND, "This comment was erased: there is nothing to report.")
    log.info("comment_reported", comment=comment, site=site, reports=record.reports)
    return answer(ReportReceived(reports=record.reports, state=record.comment.state), 202)


async def _accept(
    intake: Intake, site: str, posted: PostedComment, key: str | None, *, quick: bool
) -> Accepted:
    try:
        outcome = await intake.store.comments.accept(
            posted.for_site(site),
            body_hash=posted.fingerprint(),
            idempotency_key=key,
            quick=quick,
        )
    except UnpreparedError:
        intake.guard.lost_streams()
        raise Problem(
            kinds.UNAVAILABLE,
            "The store lost its streams and is making them anew. Nothing was stored; send it "
            "again in a moment.",
            retry_after=SOON,
        ) from None
    except (RedisError, OSError, NotDurableError) as error:
        if is_out_of_memory(error):
            raise  # the outcome is known: nothing was stored
        log.warning("outcome_unknown", site=site, error=str(error), kind=type(error).__name__)
        raise _outcome_unknown(posted, key) from error
    match outcome:
        case Accepted():
            return outcome
        case KeyReused(key="external", id=comment):
            raise Problem(
                kinds.EXTERNAL_ID_TAKEN,
                f"external_id {posted.external_id!r} belongs to comment {comment}, which says "
                "something else. Give each comment an external_id of its own.",
                comment=comment,
            )
        case KeyReused(id=comment):
            raise Problem(
                kinds.KEY_REUSED,
                f"This Idempotency-Key stands for comment {comment}, which says something else. "
                "Use a new key for each new comment.",
                comment=comment,
            )
        case ArticleClosed(until):
            raise _closed(posted.article.id, until)
        case Refused(ruling):
            log.info("author_refused", site=site, standing=ruling.standing.value)
            raise _may_not_post(ruling)
        case BadParent(why):
            raise invalid(_bad_parent(why, posted, intake.config.max_depth))


def _may_not_post(ruling: Ruling) -> Problem:
    until = None if ruling.until is None else views.moment(ruling.until)
    kind = kinds.AUTHOR_BANNED if until is None else kinds.AUTHOR_SUSPENDED
    what = "was banned" if until is None else f"is suspended until {until}"
    detail = f"This author {what}. Nothing was stored. {ruling.reason}".strip()
    return Problem(kind, detail, until=until, reason=ruling.rule, message=ruling.reason)


def _outcome_unknown(posted: PostedComment, key: str | None) -> Problem:
    if key:
        how = "Send the same request again with the same Idempotency-Key until you get a 202."
    elif posted.external_id:
        how = "Send the same request again until you get a 202: its external_id keeps it single."
    else:
        how = (
            "Sending it again may post it twice, because it has neither an Idempotency-Key nor "
            "an external_id: send one of them with every comment."
        )
    return Problem(
        kinds.OUTCOME_UNKNOWN,
        f"The store stopped answering: the comment may be stored or not. {how}",
        retry_after=SOON,
    )


def _closed(article: str, until: int | None) -> Problem:
    when = None if until is None else views.moment(until)
    how = f" until {when}" if when else ""
    return Problem(
        kinds.ARTICLE_CLOSED,
        f"Article {article!r} takes no comments{how}. Nothing was stored; tell your reader.",
        until=when,
    )


def _bad_parent(why: str, posted: PostedComment, deepest: int) -> FieldError:
    match why:
        case "other-article":
            what = "`parent` is a comment under another article."
            fix = f"Send the id of a comment under {posted.article.id!r}."
        case "too-deep":
            what = f"`parent` is {deepest} replies deep, and no reply goes deeper."
            fix = "Reply to a comment further up, as the one `parent` itself replies to."
        case _:
            what = f"`parent` is {posted.parent}, and there is no such comment."
            fix = "Send the `id` that Moderato gave to the comment it replies to."
    return FieldError(part="body", field="/parent", what=what, fix=fix)


async def _decided(intake: Intake, site: str, comment: str, seconds: float) -> Comment | None:
    """The comment once it is decided; None where that took longer than ``seconds``."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    try:
        with intake.feed.watch(comment_topic(site, comment)) as bell:
            while not _is_decided(await intake.store.comments.get(site, comment)):
                if not await ring(bell, intake.stopping, deadline - loop.time()):
                    return None
        return await _whole(intake, site, comment)
    except (RedisError, OSError) as error:
        # The comment is durable, whatever happens to the wait.
        log.warning("wait_interrupted", comment=comment, site=site, error=str(error))
        return None


def _is_decided(record: Record | None) -> bool:
    return record is not None and record.comment.state is not State.PENDING


async def _whole(intake: Intake, site: str, comment: str) -> Comment | None:
    record = await intake.store.comments.get(site, comment)
    if record is None:
        return None
    history, head = await asyncio.gather(
        intake.store.comments.history(site, comment),
        intake.store.threads.head(site, record.comment.article.id),
    )
    return views.comment(record, history, head)


def _id(request: web.Request) -> str:
    """The comment the path names. Raises Problem, 404, where no comment can have that id."""
    comment = request.match_info["id"]
    if not is_comment_id(comment):
        raise _missing()
    return comment


def _missing() -> Problem:
    return Problem(
        kinds.NOT_FOUND, "This site has no such comment. Use the `id` that the 202 gave you."
    )
