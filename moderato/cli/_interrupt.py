"""Ctrl-C in the middle of long work: it ends cleanly, and says how far it came."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import click

#: The exit status of a command that was interrupted, as shells expect it.
INTERRUPTED = 128 + signal.SIGINT


async def unless_interrupted(work: Coroutine[Any, Any, None]) -> bool:
    """Whether it came to its end; Ctrl-C cancels it, and a second one ends the process."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        task.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        await task
    except asyncio.CancelledError:
        return False
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    return True


def confirm(question: str) -> bool:
    """Asks, and takes Ctrl-C for an end, which the loop of a coroutine would keep to itself."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question)
    finally:
        signal.signal(signal.SIGINT, before)
