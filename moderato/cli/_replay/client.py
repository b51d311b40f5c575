"""Intake's API as a careful site uses it: the same Idempotency-Key until there is an answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any

import aiohttp

#: Answers after which the same request may well succeed.
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class KeyRefusedError(Exception):
    """Intake does not know the API key: no request will ever succeed."""


class NoAnswerError(Exception):
    """Patience ran out; the message says what came back last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``seconds`` is what the request took that was answered, without the tries before it."""

    status: int
    body: Any
    seconds: float
    tries: int
    #: Intake had accepted the same before.
    replayed: bool

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def trouble(self) -> str:
        """The problem document in a line."""
        if isinstance(self.body, dict) and "detail" in self.body:
            return f"HTTP {self.status}: {self.body['detail']}"
        return f"HTTP {self.status}"


@dataclass(slots=True)
class Client:
    """``patience``: seconds one request is repeated before it counts as unanswered.

    Once nothing at all was answered for so long, each further request is tried only once.
    """

    http: aiohttp.ClientSession
    url: str
    key: str
    patience: float
    #: Why requests had to be repeated: a status, or the kind of error.
    repeats: Counter[str] = field(default_factory=Counter)
    _answered: float = field(default_factory=time.monotonic)

    async def post(self, body: Mapping[str, Any], idempotency_key: str) -> Answer:
        return await self._until_answered(
            "POST", "/v1/comments", json=body, headers={"Idempotency-Key": idempotency_key}
        )

    async def get(self, comment: str) -> Answer:
        return await self._until_answered("GET", f"/v1/comments/{comment}")

    async def _until_answered(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Answer:
        """The first answer that does not ask to come again. Raises NoAnswerError."""
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        pause, started = _FIRST_PAUSE, time.monotonic()
        for tries in count(1):
            wait: float | None = None
            try:
                began = time.monotonic()
                async with self.http.request(
                    method, f"{self.url}{path}", headers=sent, **request
                ) as response:
                    body = await _body(response)
                    answer = Answer(
                        status=response.status,
                        body=body,
                        seconds=time.monotonic() - began,
                        tries=tries,
                        replayed=response.headers.get("Idempotency-Replayed") == "true",
                    )
                if answer.status in {401, 403}:
                    raise KeyRefusedError(answer.trouble)
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    self._answered = time.monotonic()
                if answer.status not in _AGAIN:
                    return answer
                why, last = str(answer.status), answer.trouble
                wait = _retry_after(response)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                why, last = type(error).__name__, str(error) or type(error).__name__
            # Spread: otherwise all that were refused together come again together.
            wait = (pause if wait is None else wait) * random.uniform(1.0, 1.2)  # noqa: S311
            if time.monotonic() + wait > min(started, self._answered) + self.patience:
                raise NoAnswerError(last)
            self.repeats[why] += 1
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise AssertionError("unreachable")


async def _body(response: aiohttp.ClientResponse) -> Any:
    try:
        return await response.json(content_type=None)
    except ValueError:
        return None


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Seconds; the header's other form, a date, is not what intake sends."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None
