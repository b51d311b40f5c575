"""A small reader of server-sent events, as strict as a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse

from tests.intake.served import Api


@dataclass(frozen=True)
class Event:
    """``kind`` is "" for a block that only sets the id, ":" for a comment."""

    kind: str
    id: str
    data: Any = None


class Events:
    """The events of one open stream."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self, seconds: float = 5.0) -> Event:
        """The next event; AssertionError where the stream ends instead."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            while line := (await self.response.content.readline()).decode():
                text = line.rstrip("\n")
                if text.startswith(":"):
                    fields["event"] = ":"
                elif text:
                    name, _, value = text.partition(": ")
                    fields[name] = value
                elif fields:
                    data = json.loads(fields["data"]) if "data" in fields else None
                    return Event(fields.get("event", ""), fields.get("id", ""), data)
        raise AssertionError("The stream ended.")

    async def end(self, seconds: float = 5.0) -> bytes:
        """What is left until the server ends the stream."""
        async with asyncio.timeout(seconds):
            return await self.response.content.read()


@asynccontextmanager
async def listening(
    api: Api, article: str = "bridge", query: str = "", **headers: str
) -> AsyncIterator[Events]:
    """An open stream of an article's events."""
    async with api.http.get(
        f"{api.url}/v1/articles/{article}/events{query}",
        headers=api.headers(Accept="text/event-stream", **headers),
    ) as response:
        assert response.status == 200
        yield Events(response)
