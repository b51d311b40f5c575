"""Real processes for tests: started as an operator would, waited for, killed at will."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Protocol

import aiohttp

from moderato.config import Config

REPOSITORY = Path(__file__).resolve().parent.parent
#: Which setting holds the port a module listens on.
_PORTS = {
    "services.intake": "intake_port",
    "services.console": "console_port",
    "workers.scorer": "scorer_port",
    "workers.publisher": "publisher_port",
}


def environment(config: Config, **extra: str) -> dict[str, str]:
    """This process's environment, with the settings of ``config`` instead of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("MODERATO_")}
    for field in fields(config):
        value = getattr(config, field.name)
        env[f"MODERATO_{field.name.upper()}"] = str(value)
    return {**env, "PYTHONUNBUFFERED": "1", **extra}


@dataclass
class Running:
    """A process a test started. ``url`` is where it listens, without a path."""

    name: str
    url: str
    process: asyncio.subprocess.Process
    path: Path

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return self.path.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        self.process.kill()

    def terminate(self) -> None:
        """SIGTERM: finish and go."""
        self.process.terminate()

    def pause(self) -> None:
        """SIGSTOP: hangs, without having ended."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def wait(self, seconds: float = 20.0) -> int:
        """Its exit status, or TimeoutError."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def ready(self, seconds: float = 30.0) -> None:
        """Return once /readyz says so; AssertionError with the log where it does not."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        last = "nothing listens"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as http:
            while loop.time() < deadline and self.process.returncode is None:
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                        last = await answer.text()
                except (aiohttp.ClientError, TimeoutError) as error:
                    last = str(error) or type(error).__name__
                await asyncio.sleep(0.05)
        raise AssertionError(f"{self.name} did not get ready ({last}). Its log:\n{self.log}")


class Spawn(Protocol):
    """How the ``spawn`` fixture is called.

    ``wait=False`` returns at once; ``port`` is for a module with no port in the settings.
    """

    async def __call__(
        self,
        module: str,
        config: Config,
        *,
        wait: bool = True,
        port: int | None = None,
        **env: str,
    ) -> Running: ...


class Spawner:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Running] = []
        self._files: list[IO[bytes]] = []

    async def spawn(
        self,
        module: str,
        config: Config,
        *,
        wait: bool = True,
        port: int | None = None,
        **env: str,
    ) -> Running:
        path = self._folder / f"{module}-{len(self._running)}.log"
        file = path.open("wb")
        self._files.append(file)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            env=environment(config, **env),
            cwd=REPOSITORY,
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
            process_group=0,
        )
        port = port or getattr(config, _PORTS[module])
        running = Running(module, f"http://{config.host}:{port}", process, path)
        self._running.append(running)
        if wait:
            await running.ready()
        return running

    async def close(self) -> None:
        """SIGKILL to every group; a paused process dies as well."""
        for running in self._running:
            if running.process.returncode is None:
                os.killpg(running.process.pid, signal.SIGKILL)
                await running.wait()
        for file in self._files:
            file.close()

    def logs(self) -> list[tuple[str, str]]:
        return [(running.name, running.log) for running in self._running]
