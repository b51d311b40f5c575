"""Articles: which there are, one with its whole thread, and how it takes comments."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from moderato.domain.comment import ArticleMode, State
from moderato.domain.decision import Actor
from moderato.domain.policy import tightened
from moderato.domain.policy.conditions import FlagIs
from moderato.store.articles import Change, Changed, EditorOnly, Known, OverAlready, Stale
from moderato.store.audit import Detail
from moderato.store.users import Role
from moderato.store.views import Cursor
from services.console import views
from services.console.body import from_validation, read_body
from services.console.context import CONFIG, POLICIES, SESSION, STORE
from services.console.problems import ProblemError
from services.console.query import CursorText
from services.console.reasons import must_exist
from services.console.roles import may
from services.console.times import iso

log = structlog.get_logger(__name__)

#: The type of the problem of who was slower, and of who may not close or open.
CHANGED: Final = "urn:moderato:problem:article-changed"
EDITOR_ONLY: Final = "urn:moderato:problem:editor-closes"
#: Of the audit log, by what of an article was set.
_ACTS: Final = {"mode": "article.mode", "tighter": "article.tighter"}

_Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Until = Annotated[int | None, Field(ge=0, le=10**14)]


class Setting(BaseModel):
    """``until`` is UTC ms, null for no end; ``version`` is the one that was seen."""

    model_config = ConfigDict(extra="forbid")

    until: _Until = None
    reason: _Reason = ""
    version: int = Field(ge=0)


class ModeBody(Setting):
    mode: ArticleMode


class TighterBody(Setting):
    tighter: bool = True


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: str
    q: str = Field("", max_length=200)
    before: CursorText | None = None
    limit: int = Field(50, ge=1, le=100)


class ThreadQuery(BaseModel):
    """``parent`` "" asks for what answers the article itself; not together with ``state``."""

    model_config = ConfigDict(extra="forbid")

    parent: str | None = Field(None, max_length=64)
    state: list[State] = Field(default_factory=list, max_length=len(State))
    order: Literal["newest", "oldest"] = "newest"
    before: CursorText | None = None
    limit: int = Field(50, ge=1, le=100)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/api/articles", index)
    app.router.add_get("/api/articles/{site}/{article}", show)
    app.router.add_get("/api/articles/{site}/{article}/thread", thread)
    app.router.add_post("/api/articles/{site}/{article}/mode", set_mode)
    app.router.add_post("/api/articles/{site}/{article}/tighter", tighten)


async def index(request: web.Request) -> web.Response:
    """A site's articles, the newest comment first; ``q`` is looked for in title, address and id."""
    store = request.app[STORE]
    query = _query(ListQuery, dict(request.query))
    await must_exist(request, query.site)
    page = await store.articles.page(
        query.site, wanted=query.q, after=_cursor(query.before), limit=query.limit
    )
    counts = await store.discussions.counts(
        query.site, [one.known.article.id for one in page.articles]
    )
    return web.json_response(
        {
            "site": query.site,
            "articles": [
                _article(query.site, one.known) | {"newest": one.newest, "counts": count}
                for one, count in zip(page.articles, counts, strict=True)
            ],
            "next": str(page.next) if page.next else None,
        }
    )


async def show(request: web.Request) -> web.Response:
    """One article: how it takes comments, who said so, and what holding it tighter would do."""
    site, article = _named(request)
    return web.json_response(await _whole(request, site, article))


async def thread(request: web.Request) -> web.Response:
    """Its comments, whatever their state, each with how many answer it."""
    store = request.app[STORE]
    site, article = _named(request)
    await _must_be_known(request, site, article)
    raw: dict[str, Any] = dict(request.query)
    if "state" in request.query:
        raw["state"] = request.query.getall("state")
    query = _query(ThreadQuery, raw)
    if query.parent is not None and query.state:
        raise _wrong("state", "Give parent or state, not both.")
    how: dict[str, Any] = {
        "newest_first": query.order == "newest",
        "after": _cursor(query.before),
        "limit": query.limit,
    }
    if query.parent is None:
        states = query.state or list(State)
        page = await store.discussions.page(site, article, states=states, **how)
    else:
        page = await store.discussions.below(site, article, query.parent, **how)
    items = await views.items(store, [(site, comment) for comment in page.comments])
    replies = await store.discussions.reply_counts(site, article, [item["id"] for item in items])
    return web.json_response(
        {
            "items": [
                item | {"replies": count} for item, count in zip(items, replies, strict=True)
            ],
            "next": str(page.next) if page.next else None,
        }
    )


async def set_mode(request: web.Request) -> web.Response:
    """Opens, pre-moderates or closes it; sent again after a lost answer, it answers as the first
    time.
    """
    site, article = _named(request)
    body = await read_body(request, ModeBody, seconds=request.app[CONFIG].body_timeout)
    await _must_be_known(request, site, article)
    outcome = await request.app[STORE].articles.set_mode(
        site,
        article,
        body.mode,
        until=body.until,
        actor=Actor.MODERATOR,
        by=request[SESSION].user.name,
        reason=body.reason,
        version=body.version,
        editor=may(request, Role.EDITOR),
    )
    return await _answer(request, outcome, "mode", body.mode.value, body, mode=body.mode.value)


async def tighten(request: web.Request) -> web.Response:
    """Holds it tighter, or no longer; sent again after a lost answer, as above."""
    site, article = _named(request)
    body = await read_body(request, TighterBody, seconds=request.app[CONFIG].body_timeout)
    await _must_be_known(request, site, article)
    outcome = await request.app[STORE].articles.tighten(
        site,
        article,
        tighter=body.tighter,
        until=body.until,
        by=request[SESSION].user.name,
        reason=body.reason,
        version=body.version,
    )
    became = "tighter" if body.tighter else "usual"
    return await _answer(request, outcome, "tighter", became, body, tighter=body.tighter)


async def _answer(
    request: web.Request,
    outcome: Changed | Stale | EditorOnly | OverAlready,
    what: str,
    became: str,
    body: Setting,
    **details: Detail,
) -> web.Response:
    """``what`` was to become ``became``, as a Change has them."""
    site, article = _named(request)
    by, again = request[SESSION].user.name, isinstance(outcome, Stale)
    match outcome:
        case Stale():
            known = await _must_be_known(request, site, article)
            last = max(known.changes.values(), key=lambda one: one.version, default=None)
            # This very request, done before its answer was lost and it was sent again?
            asked = (what, became, body.until, by, body.reason, body.version + 1)
            if last is None or asked != _asked(last):
                raise ProblemError(
                    409,
                    "Conflict",
                    f"{last.by if last else site} has changed the article meanwhile. Look again.",
                    type=CHANGED,
                    by=last.by if last else site,
                    version=known.version,
                )
        case EditorOnly():
            raise ProblemError(
                403,
                "Forbidden",
                "Closing an article, and opening one that is or would be closed, is an editor's.",
                type=EDITOR_ONLY,
            )
        case OverAlready(now):
            raise _wrong("until", f"This is over already: it is {iso(now)}.")
    if body.until is not None:
        details["until"] = iso(body.until)
    if body.reason:
        details["why"] = body.reason
    log.info("article_set", what=what, site=site, article=article, by=by, until=body.until)
    await request.app[STORE].audit.record(
        by=by,
        action=_ACTS[what],
        site=site,
        subject=article,
        details=details,
        once=again,
    )
    return web.json_response(await _whole(request, site, article))


def _asked(done: Change) -> tuple[str, str, int | None, str, str, int]:
    return done.what, done.mode, done.until, done.by, done.reason, done.version


async def _whole(request: web.Request, site: str, article: str) -> dict[str, Any]:
    store = request.app[STORE]
    known = await _must_be_known(request, site, article)
    (counts,) = await store.discussions.counts(site, [article])
    history = await store.articles.history(site, article)
    policy = await request.app[POLICIES].in_force(site)
    tight = tightened(policy).rules
    changed = [its for mine, its in zip(policy.rules, tight, strict=True) if mine != its]
    only = [its for its in tight if FlagIs("tighter", expected=True) in its.when]
    return _article(site, known) | {
        "counts": counts,
        "history": [_change(one) for one in history],
        "tighter_means": {
            "factor": policy.tighter,
            "rules": [{"rule": rule.name, "when": rule.plain} for rule in changed],
            "only": [{"rule": rule.name, "when": rule.plain} for rule in only],
        },
    }


def _article(site: str, known: Known) -> dict[str, Any]:
    return {
        "site": site,
        **views.article(known.article),
        "lasting_mode": known.settings.lasting.value,
        "version": known.version,
        "changes": {what: _change(one) for what, one in known.changes.items()},
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "what": one.what,
        "mode": one.mode,
        "until": one.until,
        "actor": one.actor,
        "by": one.by,
        "reason": one.reason,
        "at": one.at,
    }


async def _must_be_known(request: web.Request, site: str, article: str) -> Known:
    known = await request.app[STORE].articles.get(site, article)
    if known is None:
        await must_exist(request, site)
        raise ProblemError(404, "Not Found", f"Site {site!r} has no article {article!r}.")
    return known


def _named(request: web.Request) -> tuple[str, str]:
    return request.match_info["site"], request.match_info["article"]


def _query(model: type[Any], raw: dict[str, Any]) -> Any:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise from_validation(error) from None


def _cursor(text: str | None) -> Cursor | None:
    return Cursor.parse(text) if text else None


def _wrong(field: str, detail: str) -> ProblemError:
    return ProblemError(
        422, "Unprocessable Content", detail, errors=[{"pointer": f"#/{field}", "detail": detail}]
    )
