"""Load that costs little itself: prepared bytes over raw connections, one request at a time each.

An ordinary HTTP client needs about as much time for a request as the server it measures.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a burst: answers as wanted, other answers, and the seconds it took."""

    good: int
    bad: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.good / self.seconds


#: The length of the answer at the start of the buffer, None while it is not all there.
Measure = Callable[[bytearray], int | None]


def http_answer(buffer: bytearray) -> int | None:
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    found = _LENGTH.search(buffer, 0, end)
    whole = end + 4 + (int(found[1]) if found else 0)
    return whole if len(buffer) >= whole else None


def redis_answer(buffer: bytearray) -> int | None:
    """Of a bulk string, or of any one-line answer."""
    end = buffer.find(b"\r\n")
    if end < 0:
        return None
    whole = end + 2
    if buffer[:1] == b"$":
        whole += int(buffer[1:end]) + 2
    return whole if len(buffer) >= whole else None


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is there."""

    def __init__(
        self, requests: Iterator[bytes], measure: Measure, wanted: bytes, until: float
    ) -> None:
        self._requests = requests
        self._measure = measure
        self._wanted = wanted
        self._until = until
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.good = self.bad = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        length = self._measure(self._buffer)
        if length is None:
            return
        if self._buffer.startswith(self._wanted):
            self.good += 1
        else:
            self.bad += 1
        del self._buffer[:length]
        assert self._transport is not None
        if time.monotonic() < self._until:
            self._transport.write(next(self._requests))
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(exc)


#: Opens one connection for the given protocol: ``loop.create_connection`` or its like.
Connect = Callable[[Callable[[], Connection]], Awaitable[object]]


async def drive(
    connect: Connect,
    requests: Iterator[bytes],
    measure: Measure,
    wanted: bytes,
    *,
    connections: int,
    seconds: float,
) -> Load:
    """``connections`` at once for ``seconds``; an answer is good where it starts as ``wanted``.

    Raises OSError where a connection cannot be had.
    """
    began = time.monotonic()
    opened: list[Connection] = []

    def make() -> Connection:
        opened.append(Connection(requests, measure, wanted, began + seconds))
        return opened[-1]

    for _ in range(connections):
        await connect(make)
    await asyncio.gather(*(one.done for one in opened))
    return Load(
        good=sum(one.good for one in opened),
        bad=sum(one.bad for one in opened),
        seconds=time.monotonic() - began,
    )
