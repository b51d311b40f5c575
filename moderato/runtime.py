"""The life of a process: run, be asked to stop, finish what is under way, go."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from moderato.config import ConfigError
from moderato.telemetry import AccessLogger

log = structlog.get_logger("moderato.runtime")

#: Seconds for what remains once main has ended, or was cancelled: threads, open connections.
_LAST_MOMENT = 2.0
#: Seconds after which a task that still runs is cancelled once more.
_CANCEL_AGAIN = 0.2


def run(main: Callable[[asyncio.Event], Awaitable[None]], drain: float) -> int:
    """Run ``main(stop)`` to its end and return the exit status for ``sys.exit``.

    SIGTERM and SIGINT set ``stop``; main then has ``drain`` seconds to finish, after which it
    is cancelled and the status is 1: what was under way is delivered again to another worker.
    A second signal ends the process at once, with 128 + its number. An exception from main is
    logged and gives 1; a ConfigError is one line and gives 2.

    It is the last thing a process does: two seconds after main the process ends, whatever
    threads remain.
    """
    return asyncio.run(_run(main, drain))


async def _run(main: Callable[[asyncio.Event], Awaitable[None]], drain: float) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, _on_signal, signum, stop)
    work = asyncio.ensure_future(main(stop))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    await asyncio.wait({work}, timeout=drain)
    if work.done():
        status = _status(work)
    else:
        log.error("drain_exceeded", drain_seconds=drain)
        work.cancel()
        await asyncio.wait({work}, timeout=_LAST_MOMENT)
        status = 1
    _end_within(_LAST_MOMENT, status)
    return status


def _status(work: asyncio.Future[None]) -> int:
    """The exit status of a main that ended by itself; says what went wrong, where it did."""
    error = work.exception()
    if error is None:
        return 0
    if isinstance(error, ConfigError):
        log.error("bad_setting", message=str(error))
        return 2
    log.error("crashed", exc_info=error)
    return 1


def _end_within(seconds: float, status: int) -> None:
    """End the process even if a thread hangs: one in a name look-up or in a model cannot be
    cancelled, and asyncio and then the interpreter would wait for it.
    """
    timer = threading.Timer(seconds, _exit_now, (status,))
    timer.daemon = True
    timer.start()


def _on_signal(signum: signal.Signals, stop: asyncio.Event) -> None:
    if stop.is_set():
        log.warning("stopped_at_once", signal=signum.name)
        _exit_now(128 + signum)
    log.info("stopping", signal=signum.name)
    stop.set()


def _exit_now(status: int) -> None:
    logging.shutdown()
    os._exit(status)


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel ``tasks`` and return once all have ended; what they raised is not raised again.

    Cancels again where it must: Python 3.11's ``wait_for``, through which the Redis client
    writes, loses a cancellation that comes in the moment it succeeds.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=_CANCEL_AGAIN)
        await asyncio.gather(*done, return_exceptions=True)


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve ``app`` for as long as the block lasts; gives the port, which 0 leaves to the system.

    At the end it stops accepting, then lets requests under way finish. Raises ConfigError where
    the port is taken.
    """
    runner = web.AppRunner(app, access_log_class=AccessLogger)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise ConfigError(
                f"Port {port} on {host} is in use by another program; choose another one."
            ) from None
        bound: int = runner.addresses[0][1]
        log.info("listening", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()
