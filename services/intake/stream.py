"""An article's releases and retractions as they happen (server-sent events).

The event ids are those of the article's live stream in Redis, so a reader who comes back with
Last-Event-ID goes on where they were, on whichever intake process answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from redis.exceptions import RedisError

from moderato.store.feed import article_topic
from moderato.store.threads import LiveEvent
from services.intake import kinds, parameters, views
from services.intake.context import INTAKE, SITE, Intake
from services.intake.guard import SOON
from services.intake.metrics import STREAMS
from services.intake.problems import Problem
from services.intake.requests import EVENT_ID, EventsQuery
from services.intake.waiting import ring

log = structlog.get_logger(__name__)

#: Seconds without an event after which a comment line keeps proxies from hanging up.
HEARTBEAT: Final = 15.0
#: Milliseconds a browser waits before it connects again.
RETRY_MS: Final = 2_000
#: Streams one process keeps open.
MOST: Final = 2_000
#: Events read at once.
_BATCH: Final = 100

_HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # nginx and those who copy it: pass each event on at once.
    "X-Accel-Buffering": "no",
}


async def events(request: web.Request) -> web.StreamResponse:
    """Streams until the client leaves or the server stops."""
    intake, site = request.app[INTAKE], request[SITE]
    article = parameters.article(request)
    given = _last_event_id(request)
    # Watching before looking: what happens in between rings the bell.
    with _counted(intake), intake.feed.watch(article_topic(site, article)) as bell:
        live = _Live(intake, site, article)
        hello = await live.start(given)
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        with suppress(ConnectionError):  # the reader left
            await response.write(f"retry: {RETRY_MS}\n{hello}".encode())
            while not intake.stopping.is_set():
                await response.write((await live.news()).encode())
                if not live.behind and not await ring(bell, intake.stopping, HEARTBEAT):
                    await response.write(b": still here\n\n")
    return response


@dataclass(slots=True)
class _Live:
    """Where one reader stands in an article's live stream."""

    intake: Intake
    site: str
    article: str
    last: str = "0-0"
    #: More has happened than ``news`` told.
    behind: bool = False

    async def start(self, given: str | None) -> str:
        """The first event: ``ready``, or ``reset`` where what follows ``given`` cannot be told.

        An id that is none of ours is such a case too: a browser that gets an error for it would
        never come back.
        """
        newest = await self.intake.store.threads.last_event_id(self.site, self.article)
        self.last = newest if given is None else given
        if given is not None and (
            not re.fullmatch(EVENT_ID, given)
            or _order(given) > _order(newest)
            or await self._is_trimmed()
        ):
            return await self._reset()
        return _event("ready", self.last, "{}")

    async def news(self) -> str:
        """What happened since; nothing while Redis is away, because the reader should stay."""
        self.behind = False
        try:
            batch = await self.intake.store.threads.events_after(
                self.site, self.article, self.last, _BATCH
            )
            # Only a reader far behind can have lost any.
            if len(batch) == _BATCH and await self._is_trimmed():
                return await self._reset()
            told = await self._describe(batch)
        except (RedisError, OSError) as error:
            log.warning("stream_interrupted", site=self.site, error=str(error))
            return ""
        if batch:
            self.last = batch[-1].id
        self.behind = len(batch) == _BATCH
        return told

    async def _describe(self, batch: list[LiveEvent]) -> str:
        ids = [event.comment for event in batch]
        records = await self.intake.store.comments.get_many(self.site, ids)
        counts = await self.intake.store.threads.reply_counts(self.site, self.article, ids)
        lines: list[str] = []
        for event, record, replies in zip(batch, records, counts, strict=True):
            if record is None:
                continue
            retracted = event.kind == "retracted"
            shown = views.thread_comment(record, replies, removed=retracted or None)
            # A release that was taken back meanwhile is not shown: its retraction follows. Its
            # id still counts.
            if retracted or not shown.removed:
                lines.append(_event(event.kind, event.id, shown.model_dump_json()))
            else:
                lines.append(f"id: {event.id}\n\n")
        return "".join(lines)

    async def _is_trimmed(self) -> bool:
        return await self.intake.store.threads.is_trimmed(self.site, self.article, self.last)

    async def _reset(self) -> str:
        self.last = await self.intake.store.threads.last_event_id(self.site, self.article)
        return _event("reset", self.last, "{}")


@contextmanager
def _counted(intake: Intake) -> Iterator[None]:
    """Counts a stream while it is open. Raises Problem, 503, where there are too many."""
    if len(intake.streams) >= MOST:
        raise Problem(
            kinds.UNAVAILABLE,
            f"This process keeps {MOST} streams open and takes no more; connect again later.",
            retry_after=SOON,
        )
    mark = object()
    intake.streams.add(mark)
    STREAMS.inc()
    try:
        yield
    finally:
        intake.streams.discard(mark)
        STREAMS.dec()


def _last_event_id(request: web.Request) -> str | None:
    """The header, which browsers send when they come back, else the query's parameter."""
    query = parameters.query(request, EventsQuery)
    return request.headers.get("Last-Event-ID") or query.last_event_id


def _event(kind: str, event_id: str, data: str) -> str:
    return f"event: {kind}\nid: {event_id}\ndata: {data}\n\n"


def _order(event_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = event_id.partition("-")
    return int(milliseconds), int(sequence)
