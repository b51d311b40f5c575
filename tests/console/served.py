"""A console that runs, people to log in to it, and a client as a browser would be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from moderato.runtime import serving
from moderato.store import keys
from moderato.store.connection import connect
from moderato.store.feed import Feed
from moderato.store.users import Role
from services.console.app import make_app
from tests.console.samples import SITES
from tests.life import Life

PASSWORD = "correct horse battery"
PEOPLE = {"ana": Role.EDITOR, "ben": Role.MODERATOR, "cleo": Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Client:
    """Keeps its cookies, and sends the CSRF token it was last given."""

    http: aiohttp.ClientSession
    url: str
    csrf: str = ""

    async def get(self, path: str) -> Answer:
        return await self._send("GET", path)

    async def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """``headers`` stand in place of the right ones."""
        return await self._send(
            "POST", path, json=body, headers={"X-CSRF-Token": self.csrf, **(headers or {})}
        )

    async def put(self, path: str, body: object) -> Answer:
        return await self._send("PUT", path, json=body, headers={"X-CSRF-Token": self.csrf})

    async def delete(self, path: str) -> Answer:
        return await self._send("DELETE", path, headers={"X-CSRF-Token": self.csrf})

    async def login(self, name: str, password: str = PASSWORD) -> Answer:
        answer = await self.post("/api/login", {"name": name, "password": password})
        if answer.status == 200:
            self.csrf = answer.body["csrf"]
        return answer

    @property
    def cookie(self) -> str:
        """The session's token."""
        (cookie,) = self.http.cookie_jar
        return cookie.value

    def plant(self, token: str) -> None:
        """As if the browser had this session's cookie."""
        self.http.cookie_jar.update_cookies({"moderato": token}, URL(self.url))

    async def decide(self, comment: str, version: int = 2, /, **body: object) -> Answer:
        """Approves a comment of the harbour-times unless told otherwise."""
        path = f"/api/comments/harbour-times/{comment}/decision"
        return await self.post(path, {"action": "approve", "version": version, **body})

    async def undo(self, comment: str, version: int) -> Answer:
        path = f"/api/comments/harbour-times/{comment}/undo"
        return await self.post(path, {"version": version})

    async def _send(self, method: str, path: str, **options: Any) -> Answer:
        async with self.http.request(method, self.url + path, **options) as answer:
            json = answer.content_type in {"application/json", "application/problem+json"}
            body = await answer.json(content_type=None) if json else await answer.text()
            return Answer(answer.status, answer.headers, body)


@dataclass
class Console:
    """``life`` leads comments to it; ``url`` is where it listens."""

    life: Life
    url: str
    _clients: list[aiohttp.ClientSession] = field(default_factory=list)

    async def client(self, name: str | None = None) -> Client:
        """A browser of its own, with somebody logged in unless ``name`` is None."""
        # Loopback addresses are not hosts that a cookie jar trusts by itself.
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._clients.append(http)
        client = Client(http, self.url)
        if name is not None:
            assert (await client.login(name)).status == 200
        return client

    async def close(self) -> None:
        for http in self._clients:
            await http.close()


@asynccontextmanager
async def console_on(life: Life) -> AsyncIterator[Console]:
    """A console on a free port, with the two sites and the three people."""
    await life.store.prepare()
    for site, name in SITES.items():
        await life.store.sites.create(site, name)
    await _people(life)
    blocking = connect(life.config, blocking=5.0)
    app = make_app(life.store, Feed(blocking, life.store.shards), life.config)
    try:
        async with serving(app, "127.0.0.1", 0) as port:
            console = Console(life, f"http://127.0.0.1:{port}")
            try:
                yield console
            finally:
                await console.close()
    finally:
        await blocking.aclose()


#: The accounts as they were first kept: hashing takes its time, on purpose.
_kept: dict[str, str] = {}


async def _people(life: Life) -> None:
    redis: Any = life.redis
    if not _kept:
        for person, role in PEOPLE.items():
            await life.store.users.create(person, role, PASSWORD)
        _kept.update(await redis.hgetall(keys.USERS))
    await redis.hset(keys.USERS, mapping=_kept)
