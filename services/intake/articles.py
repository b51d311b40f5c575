"""Articles: the thread readers see, and whether an article takes comments."""

from __future__ import annotations

import base64
import hashlib

import structlog
from aiohttp import ETag, web

from moderato import __version__
from moderato.domain.comment import Article
from moderato.store.articles import OverAlready
from moderato.store.threads import ThreadHead, UnknownCursorError
from services.intake import bodies, parameters, views
from services.intake.answers import Thread, ThreadComment
from services.intake.context import INTAKE, SITE, Intake
from services.intake.problems import FieldError, Problem, invalid
from services.intake.replies import answer
from services.intake.requests import ArticleSettings, ThreadQuery

log = structlog.get_logger(__name__)

#: ``parent=top`` asks for comments on the article itself.
_TOP = "top"
#: May be kept, but must be asked about each time: that is what the ETag is for.
_REVALIDATE = {"Cache-Control": "private, no-cache"}


async def thread(request: web.Request) -> web.Response:
    """A page of an article's released comments; 304 where the client has it already."""
    intake, site = request.app[INTAKE], request[SITE]
    article, query = parameters.article(request), parameters.query(request, ThreadQuery)
    # The head first: should the thread grow meanwhile, the ETag is older than the page, and the
    # next request gets the page anew. The other way round it would never be noticed.
    head = await _head(intake, site, article)
    tag = _tag(head, query)
    headers = {**_REVALIDATE, "ETag": f'W/"{tag}"'}
    if _has(request, tag):
        return web.Response(status=304, headers=headers)
    last_event_id = await intake.store.threads.last_event_id(site, article)
    ids, more = await _page(intake, site, article, query)
    comments = await thread_comments(intake, site, article, ids)
    body = Thread(
        article=views.article(head.article, head.comments),
        comments=comments,
        next_cursor=_cursor(ids[-1]) if more else None,
        last_event_id=last_event_id,
    )
    return answer(body, headers=headers)


async def get(request: web.Request) -> web.Response:
    """An article. One that nobody commented on yet is open and empty, not missing."""
    head = await _head(request.app[INTAKE], request[SITE], parameters.article(request))
    return answer(views.article(head.article, head.comments))


async def put(request: web.Request) -> web.Response:
    """Opens, pre-moderates or closes an article; over whatever a moderator has set."""
    intake, site, article = request.app[INTAKE], request[SITE], parameters.article(request)
    settings = await bodies.read(request, ArticleSettings, intake.config)
    until = None if settings.until is None else int(settings.until.timestamp() * 1000)
    outcome = await intake.store.articles.set_mode(site, article, settings.mode, until=until)
    if isinstance(outcome, OverAlready):
        raise _past(outcome.now)
    log.info("article_mode_set", site=site, article=article, mode=settings.mode.value, until=until)
    head = await _head(intake, site, article)
    return answer(views.article(head.article, head.comments))


async def thread_comments(
    intake: Intake, site: str, article: str, ids: list[str]
) -> list[ThreadComment]:
    """Comments of a thread as readers see them, in the order of ``ids``."""
    records = await intake.store.comments.get_many(site, ids)
    counts = await intake.store.threads.reply_counts(site, article, ids)
    return [
        views.thread_comment(record, replies)
        for record, replies in zip(records, counts, strict=True)
        if record is not None
    ]


async def _head(intake: Intake, site: str, article: str) -> ThreadHead:
    known = await intake.store.threads.head(site, article)
    return known or ThreadHead(Article(id=article, url=""), revision=0, comments=0)


async def _page(
    intake: Intake, site: str, article: str, query: ThreadQuery
) -> tuple[list[str], bool]:
    try:
        return await intake.store.threads.page(
            site,
            article,
            newest_first=query.sort == "newest",
            limit=query.limit,
            after=None if query.cursor is None else _after(query.cursor),
            parent="" if query.parent == _TOP else query.parent,
        )
    except (UnknownCursorError, ValueError):
        raise _bad_cursor() from None


def _past(now: int) -> Problem:
    return invalid(
        FieldError(
            part="body",
            field="/until",
            what="`until` is over already.",
            fix=f"It is {views.moment(now)} here: send a later time, or null for no end.",
        )
    )


def _bad_cursor() -> Problem:
    return invalid(
        FieldError(
            part="query",
            field="cursor",
            what="`cursor` does not belong to this thread.",
            fix="Send the `next_cursor` of the page before as it is, or leave it out to begin "
            "again.",
        )
    )


def _cursor(comment: str) -> str:
    """Where a page ended: opaque to clients, so that it may become something else."""
    return base64.urlsafe_b64encode(bytes.fromhex(comment)).decode().rstrip("=")


def _after(cursor: str) -> str:
    """The comment a cursor stands for; ValueError where it is none of ours."""
    return base64.urlsafe_b64decode(f"{cursor}==").hex()


def _tag(head: ThreadHead, query: ThreadQuery) -> str:
    """Changes with whatever the page shows, and with the release that shows it."""
    seen = (__version__, head.revision, repr(head.article), query.model_dump_json())
    return hashlib.sha256("\n".join(map(str, seen)).encode()).hexdigest()[:24]


def _has(request: web.Request, tag: str) -> bool:
    known: tuple[ETag, ...] = request.if_none_match or ()
    return any(one.value in {tag, "*"} for one in known)
