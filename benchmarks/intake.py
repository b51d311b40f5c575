"""How many comments a second intake accepts, against what its machine could do at best.

The two limits: an aiohttp service that stores nothing, and a Redis that is only appended to,
every command on disk before its answer, the same bytes over as many connections.
"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.load import Order, send
from benchmarks.report import Figure
from benchmarks.rounds import Settings, Spread, Turn, ratio, take_turns
from benchmarks.stack import free_port, running, stack

CONNECTIONS = 32
PROCESSES = (1, 2)


async def measure(folder: Path, settings: Settings) -> list[Figure]:
    seconds, rounds = (1.0, 2) if settings.quick else (4.0, 5)
    async with AsyncExitStack() as running_now:
        moderato = await running_now.enter_async_context(stack(folder / "intake"))
        echo = free_port()
        argv = [sys.executable, "-m", "benchmarks.echo", str(echo)]
        await running_now.enter_async_context(running(argv, echo))
        key = await moderato.store.sites.create("bench", "Benchmark")
        ports = [
            (await moderato.start("services.intake", "intake_port")).port
            for _ in range(max(PROCESSES))
        ]

        def http(ports: list[int]) -> Turn:
            order = Order("http", CONNECTIONS, seconds, ports=tuple(ports), key=key)

            async def turn() -> float:
                return (await send(order)).per_second

            return turn

        async def additions() -> float:
            order = Order("redis", CONNECTIONS, seconds, path=str(moderato.socket))
            return (await send(order)).per_second

        contenders: dict[str, Turn] = {
            **{_name(count): http(ports[:count]) for count in PROCESSES},
            "aiohttp, storing nothing": http([echo]),
            "Redis, durable XADD": additions,
        }
        figures = await take_turns(contenders, rounds, settings)
    limits = ("aiohttp, storing nothing", "Redis, durable XADD")
    return [
        *(
            Figure(f"{name}, {CONNECTIONS} connections", "a second", Spread.of(values))
            for name, values in figures.items()
        ),
        *(
            Figure(f"**{_name(count)} / {limit}**", "ratio", ratio(figures, _name(count), limit))
            for count in PROCESSES
            for limit in limits
        ),
    ]


def _name(processes: int) -> str:
    return f"intake, {processes} process{'es' if processes > 1 else ''}"
