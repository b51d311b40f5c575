"""Waiting for a machine that others use, too, to have a quiet moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

_WATCH = 1.0


async def quiet(share: float, patience: float) -> None:
    """Returns once less than ``share`` of the processors was busy for a second, or too late.

    Does nothing for a share of 1, and where /proc does not tell.
    """
    if share >= 1:
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    before = _times()
    while before is not None and loop.time() < deadline:
        await asyncio.sleep(_WATCH)
        after = _times()
        assert after is not None
        busy, total = after[0] - before[0], after[1] - before[1]
        if total and busy / total < share:
            return
        before = after


def _times() -> tuple[int, int] | None:
    """Ticks all processors were busy, and all ticks, since the machine started."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0]
    except OSError:
        return None
    ticks = [int(field) for field in first.split()[1:9]]
    idle = ticks[3] + ticks[4]  # idle, and waiting for a disk
    return sum(ticks) - idle, sum(ticks)
