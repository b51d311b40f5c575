"""What readers write, and what they see of it: the calls to Moderato's API."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from .articles import ARTICLES, article_of
from .readers import reader_of
from .settings import MAX_NAME, MAX_TEXT, SETTINGS

#: Seconds the form waits for a decision before it says "being checked".
PATIENCE = 3

Json = dict[str, Any]
MODERATO = web.AppKey("MODERATO", aiohttp.ClientSession)
log = logging.getLogger(__name__)


async def post(request: web.Request) -> web.Response:
    """Hands a reader's comment to Moderato and answers where it stands."""
    article, reader = article_of(request), reader_of(request)
    form = checked(await request.read())
    comment = {
        "article": {
            "id": article,
            "url": f"{request.app[SETTINGS].public_url}/articles/{article}",
            "title": ARTICLES[article],
        },
        "author": {"id": reader, "name": form["name"]},
        "text": form["text"],
    }
    if form["parent"]:
        comment["parent"] = form["parent"]
    headers = {
        # The page makes a key per comment: pressing the button twice posts it once.
        "Idempotency-Key": f"{reader}-{form['key']}",
        # Most comments are decided at once: then the reader hears it at once.
        "Prefer": f"wait={PATIENCE}",
    }
    status, answer = await call(request, "POST", "/v1/comments", json=comment, headers=headers)
    if status == 200:  # decided
        return web.json_response(own(answer))
    if status == 202:  # stored, and still being decided
        return web.json_response(
            {"id": answer["id"], "parent": form["parent"] or None}
            | told({"state": "pending", "decision": None})
            | {"name": form["name"], "text": form["text"], "created_at": None, "released": False}
        )
    if status == 409 and answer.get("type", "").endswith("#article-closed"):
        raise web.HTTPConflict(text="Comments on this article are closed.")
    log.warning("Moderato refused a comment: %s %s", status, answer.get("detail"))
    if status == 403:  # the moderators suspended or banned this reader
        raise web.HTTPForbidden(text=refused(answer))
    if status == 429:
        raise web.HTTPTooManyRequests(text="Many comments are coming in. Try again in a minute.")
    raise web.HTTPBadGateway(text="Your comment could not be sent. Your text is still here.")


def checked(body: bytes) -> dict[str, str]:
    """The form's fields, or an error that says what to do."""
    try:
        form = dict(json.loads(body))
    except (ValueError, TypeError):
        raise web.HTTPBadRequest(text="Send the form as JSON.") from None
    fields = {name: str(form.get(name) or "").strip() for name in ("name", "text", "parent", "key")}
    if not fields["text"] or len(fields["text"]) > MAX_TEXT:
        raise web.HTTPUnprocessableEntity(text=f"Write between 1 and {MAX_TEXT} characters.")
    if not fields["name"] or len(fields["name"]) > MAX_NAME:
        raise web.HTTPUnprocessableEntity(text=f"Give a name of 1 to {MAX_NAME} characters.")
    if not re.fullmatch(r"[0-9a-f]{32}", fields["key"]):
        raise web.HTTPUnprocessableEntity(text="The key must be 32 of 0-9 and a-f.")
    return fields


async def thread(request: web.Request) -> web.Response:
    """The released comments, oldest first; what is nobody's business is left out."""
    query = {"sort": "oldest", "limit": "100"}
    if "cursor" in request.query:
        query["cursor"] = request.query["cursor"]
    path = f"/v1/articles/{article_of(request)}/comments"
    status, answer = await call(request, "GET", path, params=query)
    if status != 200:
        log.warning("Moderato gave no thread: %s %s", status, answer.get("detail"))
        raise web.HTTPBadGateway(text="The comments are away for a moment.")
    # A removed comment is shown as a gap, and only where there are replies to it.
    comments = [
        public(one) | {"removed": one["removed"]}
        for one in answer["comments"]
        if not one["removed"] or one["replies"]
    ]
    return web.json_response({"comments": comments, "next_cursor": answer["next_cursor"]})


async def own_comment(request: web.Request) -> web.Response:
    """Where a reader's own comment stands; nobody else's is shown."""
    reader = reader_of(request)
    status, answer = await call(request, "GET", f"/v1/comments/{comment_of(request)}")
    if status == 200 and answer["author"] and answer["author"]["id"] == reader:
        return web.json_response(own(answer))
    raise web.HTTPNotFound(text="You have no such comment.")


async def report(request: web.Request) -> web.Response:
    """A reader objects to a comment."""
    path = f"/v1/comments/{comment_of(request)}/reports"
    status, _ = await call(request, "POST", path, json={"reporter": reader_of(request)})
    if status != 202:
        raise web.HTTPBadGateway(text="Your report could not be sent.")
    return web.Response(status=204)


def comment_of(request: web.Request) -> str:
    return request.match_info["comment"]


def public(comment: Json) -> Json:
    """What every reader may see of a comment: its author's name, not their id."""
    return {
        "id": comment["id"],
        "parent": comment["parent"],
        "name": comment["author"]["name"] if comment["author"] else None,
        "text": comment["text"],
        "created_at": comment["created_at"],
    }


def own(comment: Json) -> Json:
    """What its author may see too."""
    released = comment["released_at"] is not None
    return {**public(comment), **told(comment), "released": released}


def told(comment: Json) -> Json:
    """Where a comment stands, as its author is told."""
    state, decision = comment["state"], comment["decision"] or {}
    why = decision.get("message") or decision.get("reason") or ""
    words = {
        "pending": "Being checked.",
        "flagged": "Waiting for a moderator.",
        "approved": "Approved. It appears in a moment.",
        "rejected": f"Not published. {why}".strip(),
    }
    return {"state": state, "standing": words.get(state, "")}


def refused(problem: Json) -> str:
    """What a reader is told who may not comment."""
    until = problem.get("until")
    when = f"until {datetime.fromisoformat(until):%d %B %Y, %H:%M} UTC" if until else "any more"
    return f"You cannot comment here {when}. {problem.get('message', '')}".strip()


async def call(request: web.Request, method: str, path: str, **options: Any) -> tuple[int, Json]:
    """Asks Moderato: status and JSON; 503 where it cannot be reached."""
    try:
        async with request.app[MODERATO].request(method, path, **options) as response:
            return response.status, await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError) as error:
        return 503, {"detail": str(error) or "no answer"}
