"""Changes as they happen, as server-sent events: a bell, never the record."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from redis.exceptions import RedisError

from moderato.store.feed import ALL, OF_THE_DESK, Change, Feed, Position, Watch, order
from services.console.context import FEED
from services.console.cookies import session_of

#: Seconds between two beats; at each one the session is looked at again.
BEAT: Final = 5.0
#: Milliseconds after which a browser connects anew.
_RETRY: Final = 1_000
_STREAMS: Final = web.AppKey("streams", set[asyncio.Task[None]])


def add_routes(app: web.Application) -> None:
    app[_STREAMS] = set()
    app.on_shutdown.append(_end_streams)
    app.router.add_get("/api/events", events)


async def events(request: web.Request) -> web.StreamResponse:
    """What changes, each event with the place in the feeds as its id; see docs/console-api.md.

    The stream ends with the session, with the service, and when Redis is away.
    """
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    with request.app[FEED].watch(ALL) as changes:
        await response.prepare(request)
        pump = asyncio.create_task(_Pump(request, response, changes).run())
        request.app[_STREAMS].add(pump)
        try:
            await asyncio.wait({pump})
        finally:
            request.app[_STREAMS].discard(pump)
            pump.cancel()
    return response


@dataclass(slots=True)
class _Pump:
    """One watcher's stream. ``_at`` is the place of the last change it was told."""

    request: web.Request
    response: web.StreamResponse
    changes: Watch
    _at: Position = field(default_factory=dict)

    async def run(self) -> None:
        feed = self.request.app[FEED]
        try:
            async with asyncio.timeout(BEAT):
                await feed.ready()
            self._at = dict(feed.position)
            await self.response.write(b"retry: %d\n" % _RETRY)
            since = _parse(_last_seen(self.request), feed)
            if since is not None:
                await self._catch_up(since)
            await self._send("beat", {})
            await self._follow()
        except (RedisError, OSError, TimeoutError):
            # Redis or the client is away; ending the stream tells the page, which comes back.
            return

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        next_beat = loop.time() + BEAT
        while True:
            try:
                async with asyncio.timeout_at(next_beat):
                    change = await self.changes.get()
            except TimeoutError:
                if await session_of(self.request) is None:
                    return
                next_beat = loop.time() + BEAT
                await self._send("beat", {})
                continue
            if self.changes.lost:
                # It fell behind; the feeds still have what the queue has not.
                self.changes.lost = False
                await self._catch_up(dict(self._at))
            else:
                await self._tell(change)

    async def _catch_up(self, since: Position) -> None:
        """Tells what came since, or that it is too much to tell."""
        feed = self.request.app[FEED]
        until = dict(feed.position)
        missed = await feed.missed(since, until)
        if missed is None:
            self._at = until
            await self._send("reset", {})
            return
        self._at = since
        for change in missed:
            await self._tell(change)

    async def _tell(self, change: Change) -> None:
        if order(change.entry) <= order(self._at[change.feed]):
            return  # told already, when it caught up
        self._at[change.feed] = change.entry
        kind = change.kind if change.kind in OF_THE_DESK else "change"
        await self._send(kind, _data(change))

    async def _send(self, event: str, data: dict[str, Any]) -> None:
        place = ",".join(self._at[shard.feed] for shard in self.request.app[FEED].shards)
        lines = f"id: {place}\nevent: {event}\ndata: {json.dumps(data)}\n\n"
        await self.response.write(lines.encode())


def _last_seen(request: web.Request) -> str:
    """A browser that connects again by itself sends the header; the page cannot."""
    return request.headers.get("Last-Event-ID", "") or request.query.get("since", "")


def _parse(text: str, feed: Feed) -> Position | None:
    """The place that an id stands for, None where there is none; one that is nonsense, or of
    another number of shards, lies before everything that is kept.
    """
    if not text:
        return None
    entries = text.split(",")
    try:
        for entry in entries:
            order(entry)
    except ValueError:
        return {}
    streams = [shard.feed for shard in feed.shards]
    return dict(zip(streams, entries, strict=True)) if len(entries) == len(streams) else {}


def _data(change: Change) -> dict[str, Any]:
    if change.kind == "lease":
        viewers = [name for name in change.more["viewers"].split(",") if name]
        by = viewers[0] if viewers else ""
        return {"site": change.site, "id": change.id, "by": by, "viewers": viewers}
    if change.kind == "author":
        ruled = {"standing": change.state, "version": change.version}
        return {"site": change.site, "id": change.id, **ruled}
    if change.kind == "bulk":
        counts = {name: int(change.more[name]) for name in ("total", "done")}
        return {"site": change.site, "id": change.id, "state": change.state, **counts}
    if change.kind == "article":
        return {"site": change.site, "article": change.article, "version": change.version}
    return {
        "kind": change.kind,
        "site": change.site,
        "id": change.id,
        "article": change.article,
        "before": change.before,
        "state": change.state,
        "version": change.version,
        "place": change.place,
    }


async def _end_streams(app: web.Application) -> None:
    """At shutdown the requests under way are waited for, and these never end by themselves."""
    for stream in app[_STREAMS]:
        stream.cancel()
