"""The life of a process: run, be asked to stop, finish what is under way, go."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from moderato.config import ConfigError
from moderato.telemetry import AccessLogger

log = structlog.get_logger("moderato.runtime")

#: Seconds a cancelled main is given to clean up before the process goes regardless.
_LAST_MOMENT = 2.0


def run(main: Callable[[asyncio.Event], Awaitable[None]], drain: float) -> int:
    """Run ``main(stop)`` to its end and return the exit status for ``sys.exit``.

    SIGTERM and SIGINT set ``stop``; main then has ``drain`` seconds to finish, after which it
    is cancelled and the process ends with status 1: what was under way is delivered again to
    another worker. A second signal ends the process at once, with 128 + its number. An
    exception from main is logged and gives 1; a ConfigError is one line and gives 2.
    """
    try:
        asyncio.run(_run(main, drain))
    except ConfigError as error:
        log.error("bad_setting", message=str(error))  # noqa: TRY400 - a user's error: no trace
        return 2
    except Exception:
        log.exception("crashed")
        return 1
    return 0


async def _run(main: Callable[[asyncio.Event], Awaitable[None]], drain: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, _on_signal, signum, stop)
    work = asyncio.ensure_future(main(stop))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not work.done():
        await asyncio.wait({work}, timeout=drain)
    if not work.done():
        log.error("drain_exceeded", drain_seconds=drain)
        work.cancel()
        await asyncio.wait({work}, timeout=_LAST_MOMENT)
        # A model's thread cannot be cancelled, and the interpreter would wait for it.
        _exit_now(1)
    await work


def _on_signal(signum: signal.Signals, stop: asyncio.Event) -> None:
    if stop.is_set():
        log.warning("stopped_at_once", signal=signum.name)
        _exit_now(128 + signum)
    log.info("stopping", signal=signum.name)
    stop.set()


def _exit_now(status: int) -> None:
    logging.shutdown()
    os._exit(status)


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
