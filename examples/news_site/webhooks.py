"""What became of a comment: signed webhooks from Moderato."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from .comments import Json, public, told
from .live import PAGES, Page
from .settings import SETTINGS


@dataclass
class Inbox:
    """Webhooks come at least once, and one may overtake another: only news counts."""

    limit: int = 10_000
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _versions: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def is_news(self, webhook_id: str, comment: str, version: int) -> bool:
        if webhook_id in self._seen or version < self._versions.get(comment, 0):
            return False
        self._seen[webhook_id] = None
        self._versions[comment] = version
        for memory in (self._seen, self._versions):
            while len(memory) > self.limit:
                memory.popitem(last=False)
        return True


INBOX = web.AppKey("INBOX", Inbox)


async def receive(request: web.Request) -> web.Response:
    """Takes a webhook: verify first, then believe."""
    body = await request.read()
    try:
        verifier = Webhook(request.app[SETTINGS].webhook_secret)
        message = verifier.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        raise web.HTTPUnauthorized(text="The signature is not right.") from None
    data = message["data"]
    if request.app[INBOX].is_news(request.headers["webhook-id"], data["id"], data["version"]):
        tell(request.app[PAGES], data)
    return web.Response(status=204)


def tell(pages: set[Page], comment: Json) -> None:
    """``released`` decides, whatever the event's type: it says what is true now."""
    author = comment["author"]["id"] if comment["author"] else None
    for opened in pages:
        if opened.article != comment["article"]["id"]:
            continue
        if comment["released"]:
            opened.events.put_nowait(("released", public(comment)))
            continue
        opened.events.put_nowait(("removed", {"id": comment["id"]}))
        if opened.reader == author:
            standing = {"id": comment["id"], **told(comment)}
            opened.events.put_nowait(("standing", standing))
