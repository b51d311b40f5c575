"""A Redis that can be killed and started again, and a wire to it that can be cut."""

from __future__ import annotations

import asyncio
from pathlib import Path

from moderato.runtime import end
from tests.conftest import free_port


class MortalRedis:
    """A Redis of the test's own, with the durability production has; it keeps its port."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        """Starts it, and returns once it answers."""
        self._process = await asyncio.create_subprocess_exec(
            str(self._binary),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout
        async with asyncio.timeout(10):
            async for line in self._process.stdout:
                if b"Ready to accept connections" in line:
                    return
        raise AssertionError("The test's Redis did not start.")

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()


class Wire:
    """A TCP proxy that loses the reply to a command with ``mark`` in it, once."""

    def __init__(self, port: int, mark: bytes) -> None:
        self._target = port
        self._mark: bytes | None = mark
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for writer in self._open:
            writer.close()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._running.add(task)
        there, to_there = await asyncio.open_connection("127.0.0.1", self._target)
        self._open |= {writer, to_there}
        back = asyncio.create_task(_copy(there, writer))
        try:
            while data := await reader.read(65_536):
                to_there.write(data)
                if self._mark and self._mark in data:
                    self._mark = None
                    # The command arrives, and its reply does not.
                    await end(back)
                    await there.read(1)
                    return
        finally:
            await end(back)
            writer.close()
            to_there.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()
