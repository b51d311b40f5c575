"""Waiting for the feed to ring, no longer than asked and never past the server's end."""

from __future__ import annotations

import asyncio

from moderato.store.feed import Change


async def ring(bell: asyncio.Queue[Change], stopping: asyncio.Event, seconds: float) -> bool:
    """Whether something changed within ``seconds``; False at once when the server stops."""
    if stopping.is_set():
        return False
    changed = asyncio.ensure_future(bell.get())
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({changed, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        changed.cancel()
        stopped.cancel()
    rang = changed.done() and not changed.cancelled()
    # One look at the state answers however many changes there were.
    while not bell.empty():
        bell.get_nowait()
    return rang
