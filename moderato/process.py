"""One child process: its output line by line, a process group of its own, gone when we are gone."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

#: Longest line of output passed on whole, bytes.
_LINE_LIMIT = 1 << 20
#: Lines kept to say what a process said last.
_TAIL = 12
#: prctl(2): the signal a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


class Child:
    """A program run for us; ``start`` may be called again after it ended.

    ``on_line`` gets each line of its standard output and error, without the line's end. The
    child leads a process group, so the terminal's Ctrl-C reaches us alone and we choose the
    order in which things stop. ``keep_fds`` are passed on open.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        on_line: Callable[[str], None] | None = None,
        keep_fds: Sequence[int] = (),
    ) -> None:
        self.argv = tuple(argv)
        self.tail: deque[str] = deque(maxlen=_TAIL)
        self._env = env
        self._cwd = cwd
        self._on_line = on_line
        self._keep_fds = tuple(keep_fds)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it. Raises OSError where the program cannot be run."""
        self.tail.clear()
        self._process = await asyncio.create_subprocess_exec(
            *self.argv,
            env=self._env,
            cwd=self._cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LINE_LIMIT,
            process_group=0,
            pass_fds=self._keep_fds,
            preexec_fn=_die_with_parent(),
        )
        assert self._process.stdout is not None
        self._reader = asyncio.create_task(self._read(self._process.stdout))

    async def wait(self) -> int:
        """Its exit status once it ended and its output was read; negative for a signal."""
        if self._process is None or self._reader is None:
            raise RuntimeError(f"{self.argv[0]} was never started.")
        status = await self._process.wait()
        # Something it started may hold the pipe open: its last lines come within a moment or not.
        await asyncio.wait({self._reader}, timeout=1.0)
        self._reader.cancel()
        return status

    async def stop(self, deadline: float) -> int:
        """SIGTERM, then SIGKILL to the whole group after ``deadline`` seconds; its exit status."""
        self._send(signal.SIGTERM)
        try:
            async with asyncio.timeout(deadline):
                return await self.wait()
        except TimeoutError:
            self.kill()
            return await self.wait()

    def kill(self) -> None:
        """SIGKILL to the whole group; nothing happens to one that already ended."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def _send(self, signum: signal.Signals) -> None:
        if self._process is not None and self.running:
            self._process.send_signal(signum)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # longer than the limit: asyncio has dropped it
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            self.tail.append(text)
            if self._on_line is not None:
                self._on_line(text)


def describe_exit(status: int) -> str:
    """An exit status in words: "exit code 3", "killed by SIGKILL"."""
    if status >= 0:
        return f"exit code {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _die_with_parent() -> Callable[[], None] | None:
    """A hook that asks Linux to SIGTERM the child when we die, even by SIGKILL; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    # Looked up before the fork: between fork and exec nothing may be imported or allocated.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def hook() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # we died before the child could ask
            os._exit(1)

    return hook
