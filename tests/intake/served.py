"""Intake as tests use it: served on a real port, and what a scorer and a publisher would do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from aiohttp import ClientResponse, ClientSession, ClientTimeout, TCPConnector, web
from yarl import URL

from moderato.config import Config
from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.scores import Scores
from moderato.runtime import end, serving
from moderato.store import outbox, work
from moderato.store.connection import connect
from moderato.store.consumer import Consumer
from moderato.store.feed import Feed
from moderato.store.store import Store
from services.intake.app import make_app
from services.intake.guard import Guard

SITE = "gazette"


class Serve(Protocol):
    async def __call__(self, **settings: object) -> Api: ...


@dataclass(frozen=True)
class Answer:
    """A response that was read to its end."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    json: Any

    @classmethod
    async def of(cls, response: ClientResponse) -> Answer:
        raw = await response.read()
        is_json = "json" in response.content_type and raw
        return cls(
            response.status,
            response.headers,
            raw,
            await response.json(content_type=None) if is_json else None,
        )


class Api:
    """A served intake. ``key`` is the site's API key; requests carry it unless told otherwise."""

    def __init__(
        self,
        stack: AsyncExitStack,
        app: web.Application,
        config: Config,
        store: Store,
        feed: Feed,
        guard: Guard,
    ) -> None:
        self._stack = stack
        self.app = app
        self.config = config
        self.store = store
        self.feed = feed
        self.guard = guard
        self.url = f"http://{config.host}:{config.intake_port}"
        self.key = ""
        self.http = ClientSession(timeout=ClientTimeout(total=20), connector=TCPConnector(limit=0))
        self.backstage = Backstage(store)

    def headers(self, **extra: str) -> dict[str, str]:
        given = {name.replace("_", "-"): value for name, value in extra.items()}
        return {"Authorization": f"Bearer {self.key}", **given}

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Answer:
        sent = {**self.headers(), **(headers or {})}
        async with self.http.request(
            method, self._address(path), headers=sent, allow_redirects=False, **more
        ) as response:
            return await Answer.of(response)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request("GET", path, headers=self.headers(**headers))

    async def post(self, path: str, body: object, **headers: str) -> Answer:
        return await self.request("POST", path, json=body, headers=self.headers(**headers))

    async def post_comment(self, body: object | None = None, **headers: str) -> Answer:
        return await self.post("/v1/comments", a_comment() if body is None else body, **headers)

    async def released(self, **fields: Any) -> str:
        """The id of a comment that was posted, approved and released."""
        comment = str((await self.post_comment(a_comment(**fields))).json["id"])
        await self.backstage.decide()
        await self.backstage.publish()
        return comment

    async def close(self) -> None:
        await self.http.close()
        await self._stack.aclose()

    def _address(self, path: str) -> URL:
        # As it is: what is percent-encoded in it is what the test is about.
        return URL(f"{self.url}{path}", encoded=True)


@dataclass(frozen=True)
class Backstage:
    """What scorer and publisher do, at the moment the test says."""

    store: Store

    async def decide(
        self, state: State = State.APPROVED, *, lane: str = "work", block_ms: int = 1
    ) -> int:
        """Decides every comment that waits in a lane; how many they were."""
        consumer = self._consumer(work.GROUP)
        shard = self.store.shards[0]
        entries = await consumer.read(getattr(shard, lane), 1_000, block_ms)
        jobs, _ = await self.store.work.jobs(entries)
        decision = Decision(
            state=state,
            rule="test-rule",
            reason="Because the test says so.",
            evidence={"toxicity": "0.12"},
            policy_version="p1",
            message="Please be kinder.",
        )
        scores = Scores({"toxicity": 0.12}, "compact", "1.0", language="en", spans=((0, 2), (5, 9)))
        finished = [work.Finished(job, decision, scores, "default") for job in jobs]
        outcomes = await self.store.work.finish(consumer, finished)
        assert set(outcomes) <= {"done"}
        return len(jobs)

    async def publish(self) -> list[str]:
        """Publishes what is in the outbox; the effects."""
        consumer = self._consumer(outbox.GROUP)
        entries = await consumer.read(self.store.shards[0].outbox, 1_000, 1)
        return [await self.store.outbox.publish(consumer, entry, []) for entry in entries]

    def _consumer(self, group: str) -> Consumer:
        redis = self.store.redis
        return Consumer(redis, redis, self.store.scripts, group, uuid4().hex, 30.0)


def a_comment(**fields: Any) -> dict[str, Any]:
    """A comment as a site posts it."""
    return {
        "article": {"id": "bridge", "url": "https://news.example/bridge", "title": "The bridge"},
        "author": {"id": "reader-7", "name": "Ada"},
        "text": "At last! I have missed the walk across.",
        **fields,
    }


async def serve(config: Config) -> Api:
    """An intake on a real port, as ``services.intake.service`` puts it together."""
    stack = AsyncExitStack()
    redis, blocking = connect(config), connect(config, blocking=2.0)
    stack.push_async_callback(redis.aclose)
    stack.push_async_callback(blocking.aclose)
    store = Store(redis, config)
    feed, guard = Feed(blocking, store.shards), Guard(store, config)
    await guard.look()
    for task in (asyncio.create_task(feed.run()), asyncio.create_task(guard.run())):
        stack.push_async_callback(end, task)
    app = make_app(config, store, feed, guard)
    await stack.enter_async_context(serving(app, config.host, config.intake_port))
    api = Api(stack, app, config, store, feed, guard)
    api.key = await store.sites.create(SITE, "The Gazette")
    return api
