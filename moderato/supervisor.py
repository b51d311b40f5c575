"""Keep the processes of one installation running: start, watch, start again, stop in order."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import aiohttp
import structlog

from moderato.process import Child, describe_exit

log = structlog.get_logger("moderato.supervisor")

#: Seconds between two looks at /readyz.
_POLL = 0.1
#: Seconds after which a program that is not ready yet is mentioned, again and again.
_STILL_WAITING = 10.0


class StartError(Exception):
    """A program ended before it was ready for the first time; the message has its last lines."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to wait before each new start: doubling from ``first`` to ``longest``.

    ``healthy`` seconds of being ready start the count anew.
    """

    first: float = 1.0
    longest: float = 30.0
    healthy: float = 60.0

    def delays(self) -> Iterator[float]:
        delay = self.first
        while True:
            yield delay
            delay = min(delay * 2, self.longest)


class Program:
    """One child that is kept running.

    ``ready`` returns once the child can do its work; it is abandoned where the child ends first.
    ``drain`` is how many seconds it is given to stop; ``hint`` is added to a StartError.
    """

    def __init__(
        self,
        name: str,
        child: Child,
        ready: Callable[[], Awaitable[None]],
        *,
        drain: float = 20.0,
        hint: str = "",
        backoff: Backoff | None = None,
    ) -> None:
        self.name = name
        self.child = child
        self._ready = ready
        self._drain = drain
        self._hint = hint
        self._backoff = backoff or Backoff()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and return once it is ready; from then on it is kept running.

        Raises StartError where it ends before it was ever ready: it would end again.
        """
        await self.child.start()
        if not await self._became_ready():
            status = await self.child.wait()
            said = "\n".join(f"    {line}" for line in self.child.tail)
            raise StartError(
                f"{self.name} ended while it started ({describe_exit(status)}). "
                f"It said:\n{said}\n{self._hint}".rstrip()
            )
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """Ask it to finish and wait until it is gone; SIGKILL once ``drain`` is over."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        if self.child.running:
            status = await self.child.stop(self._drain)
            log.info("process_stopped", process=self.name, exit=describe_exit(status))

    def kill(self) -> None:
        """End it at once; it is not started again."""
        if self._keeper is not None:
            self._keeper.cancel()
        self.child.kill()

    async def _keep(self) -> None:
        delays = self._backoff.delays()
        ready_since: float | None = time.monotonic()
        while True:
            status = await self.child.wait()
            if ready_since and time.monotonic() - ready_since >= self._backoff.healthy:
                delays = self._backoff.delays()
            delay = next(delays)
            log.error(
                "process_ended",
                process=self.name,
                exit=describe_exit(status),
                last_lines=list(self.child.tail),
                starts_again_in_seconds=delay,
            )
            await asyncio.sleep(delay)
            ready_since = None
            try:
                await self.child.start()
                if await self._became_ready():
                    ready_since = time.monotonic()
                    log.info("process_ready_again", process=self.name)
            except OSError as error:
                log.error("process_cannot_start", process=self.name, error=str(error))  # noqa: TRY400

    async def _became_ready(self) -> bool:
        """True once it is ready, False where it ended before."""
        ready = asyncio.ensure_future(self._ready())
        ended = asyncio.create_task(self.child.wait())
        try:
            while not (ready.done() or ended.done()):
                await asyncio.wait(
                    {ready, ended},
                    timeout=_STILL_WAITING,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not (ready.done() or ended.done()):
                    log.warning("still_starting", process=self.name)
            return ready.done()
        finally:
            ready.cancel()
            ended.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)


class Supervisor:
    """The programs of one installation, in the order in which they stop."""

    def __init__(self) -> None:
        self._programs: list[Program] = []

    async def start(self, *programs: Program) -> None:
        """Start these at the same time; return once all are ready.

        Programs stop in the order of the calls, and within a call in the order given. Raises
        StartError as soon as one of them failed.
        """
        self._programs.extend(programs)
        tasks = [asyncio.create_task(program.start()) for program in programs]
        try:
            for finished in asyncio.as_completed(tasks):
                await finished
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Stop one after the other, so that each still has what it needs to finish its work."""
        for program in self._programs:
            await program.stop()

    def kill(self) -> None:
        """End them all at once."""
        for program in self._programs:
            program.kill()


async def http_ready(url: str) -> None:
    """Return once a GET of ``url`` answers 200."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(_POLL)
