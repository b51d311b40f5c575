"""Every operation of the API, once: the routes are made from this table, and so is OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp.typedefs import Handler
from pydantic import BaseModel

from services.intake import answers, articles, comments, kinds, models, stream
from services.intake.headers import KEY_PATTERN
from services.intake.kinds import Kind
from services.intake.requests import (
    ArticlePath,
    ArticleSettings,
    CommentPath,
    EventsQuery,
    PostedComment,
    PostedReport,
    ThreadQuery,
)


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a request or an answer."""

    name: str
    description: str
    example: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer that is not a problem; ``body`` None: it has none. A stream's is one event."""

    description: str
    body: type[BaseModel] | None = None
    headers: tuple[Header, ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """``problems`` are those beside the ones any request can meet (see ``openapi``)."""

    id: str
    method: str
    path: str
    handler: Handler
    summary: str
    description: str
    outcomes: Mapping[int, Outcome]
    tag: str
    path_model: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    headers: tuple[Header, ...] = ()
    problems: tuple[Kind, ...] = field(default=())

    @property
    def streams(self) -> bool:
        """Whether its answer has no end."""
        return any(one.content_type == "text/event-stream" for one in self.outcomes.values())


_LOCATION = Header("Location", "The comment's address.", "/v1/comments/0f3b...")
_REPLAYED = Header(
    "Idempotency-Replayed", "`true` where this very comment was stored before.", "true"
)
_ETAG = Header("ETag", "Changes with the thread.", 'W/"9f86d081884c7d659a2feaa0"')
_RATE = (
    Header("RateLimit-Policy", "How much the site may send.", '"default";q=1000;w=10'),
    Header("RateLimit", "How much of it is left.", '"default";r=999;t=1'),
)
_BODY = (
    kinds.MALFORMED,
    kinds.TOO_SLOW,
    kinds.TOO_LARGE,
    kinds.NOT_JSON,
    kinds.INVALID,
)
_STORES = (kinds.RATE_LIMITED, kinds.NEARLY_FULL)

OPERATIONS = (
    Operation(
        "post_comment",
        "POST",
        "/v1/comments",
        comments.post,
        "Post a comment",
        "Stores the comment for good before it answers, and queues it to be scored and decided. "
        "Send an `Idempotency-Key` with every new comment: where the answer is lost, send the "
        "same again, and it is stored once.\n\n"
        "With `Prefer: wait=5` the answer waits up to five seconds for the decision and then has "
        "the form of `GET /v1/comments/{id}`.",
        {
            202: Outcome(
                "Stored; it waits to be decided.",
                answers.CommentAccepted,
                (_LOCATION, _REPLAYED, *_RATE),
            ),
            200: Outcome(
                "Stored and decided, within the time you would wait.",
                answers.Comment,
                (
                    _LOCATION,
                    _REPLAYED,
                    Header("Preference-Applied", "The wait you asked for.", "wait"),
                    *_RATE,
                ),
            ),
        },
        "Comments",
        body=PostedComment,
        headers=(
            Header(
                "Idempotency-Key",
                "Any 1 to 255 printable ASCII characters that stand for this comment alone, as a "
                "UUID; bare or in double quotes. Remembered for a day.",
                "8e03978e-40d5-43e8-bc93-6894a57f9324",
                KEY_PATTERN,
            ),
            Header("Prefer", "`wait=N`: wait up to N seconds for the decision.", "wait=5"),
        ),
        problems=(
            *_BODY,
            kinds.AUTHOR_SUSPENDED,
            kinds.AUTHOR_BANNED,
            kinds.EXTERNAL_ID_TAKEN,
            kinds.ARTICLE_CLOSED,
            kinds.KEY_REUSED,
            *_STORES,
            kinds.OUTCOME_UNKNOWN,
        ),
    ),
    Operation(
        "get_comment",
        "GET",
        "/v1/comments/{id}",
        comments.get,
        "See how a comment stands",
        "Its state, the decision with its reason in plain words, the model's scores, and "
        "everything that happened to it.",
        {200: Outcome("The comment.", answers.Comment)},
        "Comments",
        path_model=CommentPath,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        "erase_comment",
        "DELETE",
        "/v1/comments/{id}",
        comments.delete,
        "Erase a comment",
        "Removes the text, the author's name and the metadata for good, as the author or the law "
        "may ask. A released comment becomes a gap in its thread. Erasing it again changes "
        "nothing.",
        {204: Outcome("Erased.")},
        "Comments",
        path_model=CommentPath,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        "report_comment",
        "POST",
        "/v1/comments/{id}/reports",
        comments.report,
        "Report a comment",
        "A reader objects. Each reader counts once; enough of them send a released comment back "
        "to a moderator.",
        {202: Outcome("The report counts.", answers.ReportReceived, _RATE)},
        "Comments",
        path_model=CommentPath,
        body=PostedReport,
        problems=(*_BODY, kinds.NOT_FOUND, *_STORES),
    ),
    Operation(
        "get_thread",
        "GET",
        "/v1/articles/{id}/comments",
        articles.thread,
        "Read an article's thread",
        "The released comments by the time they were written. Ask again with `If-None-Match` and "
        "get a 304 as long as nothing has changed. An article without comments has an empty "
        "thread.",
        {
            200: Outcome("A page of the thread.", answers.Thread, (_ETAG,)),
            304: Outcome("You have it already.", None, (_ETAG,)),
        },
        "Articles",
        path_model=ArticlePath,
        query=ThreadQuery,
        headers=(Header("If-None-Match", "The ETag of the page you have.", _ETAG.example),),
        problems=(kinds.INVALID,),
    ),
    Operation(
        "follow_article",
        "GET",
        "/v1/articles/{id}/events",
        stream.events,
        "Follow an article live",
        "Server-sent events. `released` and `retracted` carry the comment as the thread shows it. "
        "`ready` comes first, and says where the stream stands. `reset` says that events were "
        "missed: load the thread again. A client that comes back with `Last-Event-ID` misses "
        "nothing of the last thousand events.",
        {
            200: Outcome(
                "The events, until you hang up.", answers.StreamEvent, (), "text/event-stream"
            )
        },
        "Articles",
        path_model=ArticlePath,
        query=EventsQuery,
        headers=(
            Header(
                "Last-Event-ID",
                "Go on after this event; EventSource sends it by itself.",
                "1767225600000-0",
            ),
        ),
        problems=(kinds.INVALID,),
    ),
    Operation(
        "get_article",
        "GET",
        "/v1/articles/{id}",
        articles.get,
        "See an article",
        "How it takes comments, and how many stand under it. An article nobody commented on yet "
        "is open.",
        {200: Outcome("The article.", answers.Article)},
        "Articles",
        path_model=ArticlePath,
        problems=(kinds.INVALID,),
    ),
    Operation(
        "put_article",
        "PUT",
        "/v1/articles/{id}",
        articles.put,
        "Open or close an article",
        "Sets how the article takes comments from now on, or until a time. It need not have any "
        "yet. The last word counts: it replaces what a moderator has set.",
        {200: Outcome("The article.", answers.Article)},
        "Articles",
        path_model=ArticlePath,
        body=ArticleSettings,
        problems=_BODY,
    ),
    Operation(
        "get_model",
        "GET",
        "/v1/model",
        models.get,
        "See which model is in use",
        "Its name and version, what it scores and in which languages. The names of the scores are "
        "the model's own: follow them where you show scores. Changing the model changes no "
        "comment that was scored before.",
        {200: Outcome("The model.", answers.Model)},
        "Model",
        problems=(kinds.NOT_FOUND,),
    ),
)
