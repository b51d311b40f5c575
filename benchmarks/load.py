"""Load from a process of its own: ``python -m benchmarks.load``, with an Order as JSON on stdin.

Prints one JSON object: the Load.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Literal

from benchmarks.texts import texts
from benchmarks.wire import Load, drive, http_answer, redis_answer

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where.

    ``http``: a comment per request to ``port`` on loopback, in turn to ``ports``; ``redis``: the
    same bytes by XADD, one command at a time, to the server on the socket ``path``.
    """

    kind: Literal["http", "redis"]
    connections: int
    seconds: float
    ports: tuple[int, ...] = ()
    key: str = ""
    path: str = ""


async def send(order: Order) -> Load:
    """Carries the order out in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.load"),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(json.dumps(asdict(order)).encode())
    load = Load(**json.loads(answer))
    if load.bad:
        raise RuntimeError(f"{load.bad} of {load.good + load.bad} requests failed: {order}")
    return load


def bodies() -> Iterator[bytes]:
    """Requests' bodies without end, as a site would send them."""
    prepared = [
        json.dumps(
            {
                "article": {"id": f"a{n % 25}", "url": f"https://news.example/{n % 25}"},
                "author": {"id": f"reader-{n}", "name": f"Reader {n}"},
                "text": text,
            }
        ).encode()
        for n, text in enumerate(texts(1_000))
    ]
    return cycle(prepared)


def posts(key: str) -> Iterator[bytes]:
    """HTTP requests, each with an Idempotency-Key of its own."""
    head = (
        "POST /v1/comments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    ).encode()
    run = id(head)
    for number, body in zip(count(), bodies(), strict=False):
        yield b"%sIdempotency-Key: %d-%d\r\nContent-Length: %d\r\n\r\n%s" % (
            *(head, run, number, len(body)),
            body,
        )


def additions() -> Iterator[bytes]:
    """XADD commands, as Redis's protocol has them."""
    for body in bodies():
        yield b"*5\r\n$4\r\nXADD\r\n$5\r\nbench\r\n$1\r\n*\r\n$4\r\nbody\r\n$%d\r\n%s\r\n" % (
            len(body),
            body,
        )


async def _carry_out(order: Order) -> Load:
    loop, ports = asyncio.get_running_loop(), cycle(order.ports)
    if order.kind == "redis":
        return await drive(
            lambda make: loop.create_unix_connection(make, order.path),
            additions(),
            redis_answer,
            b"$",
            connections=order.connections,
            seconds=order.seconds,
        )
    return await drive(
        lambda make: loop.create_connection(make, "127.0.0.1", next(ports)),
        posts(order.key),
        http_answer,
        b"HTTP/1.1 202",
        connections=order.connections,
        seconds=order.seconds,
    )


if __name__ == "__main__":
    raw = json.load(sys.stdin)
    done = asyncio.run(_carry_out(Order(**{**raw, "ports": tuple(raw["ports"])})))
    print(json.dumps(asdict(done)))
