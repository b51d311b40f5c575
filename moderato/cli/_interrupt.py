"""Ctrl-C in the middle of long work: it ends cleanly, and says how far it came."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import click

from moderato.runtime import end

#: The exit status of a command that was interrupted, as shells expect it.
INTERRUPTED = 128 + signal.SIGINT


async def unless_interrupted(work: Coroutine[Any, Any, None]) -> bool:
    """Whether it came to its end; Ctrl-C cancels it, and a second one ends the process."""
    task = asyncio.ensure_future(work)
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        interrupted.set()

    loop.add_signal_handler(signal.SIGINT, interrupt)
    listening = asyncio.ensure_future(interrupted.wait())
    try:
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await end(task)
            return False
        await task
    finally:
        listening.cancel()
        loop.remove_signal_handler(signal.SIGINT)
    return True


def confirm(question: str) -> bool:
    """Asks, and takes Ctrl-C for an end, which the loop of a coroutine would keep to itself."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question)
    finally:
        signal.signal(signal.SIGINT, before)
