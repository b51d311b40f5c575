"""`moderato up`, as a newcomer runs it: from nothing to ready, through deaths, to a clean stop."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from moderato.cli import COMMANDS
from moderato.embedded import EmbeddedRedis
from tests.conftest import free_port
from tests.processes import REPOSITORY

NAMES = ("intake", "console", "scorer", "publisher", "demo")


class Up:
    """One run: its lines as they come, and where its programs listen."""

    def __init__(self, process: asyncio.subprocess.Process, ports: dict[str, int]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._ports = ports

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    async def until(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """The first line from here on that has ``pattern`` in it."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                while line := (await self.process.stdout.readline()).decode():
                    self.lines.append(line.rstrip())
                    if match := re.search(pattern, line):
                        return match
        except TimeoutError:
            pass
        raise AssertionError(f"No line had {pattern!r} in it:\n" + "\n".join(self.lines))

    async def event(self, name: str) -> dict[str, Any]:
        """The next JSON line about event ``name``."""
        await self.until(rf'"event": "{name}"')
        found: dict[str, Any] = json.loads(self.lines[-1])
        return found

    def child(self, command: str) -> int:
        """The process id of the child whose command line has ``command`` in it."""
        children = psutil.Process(self.process.pid).children()
        return next(int(c.pid) for c in children if command in " ".join(c.cmdline()))

    async def stop(self) -> int:
        """Ctrl-C, and its exit status."""
        self.process.send_signal(signal.SIGINT)
        await self.until("Stopped")
        return await self.process.wait()


@asynccontextmanager
async def up(folder: Path, *options: str, **env: str) -> AsyncIterator[Up]:
    """A run on free ports; whatever is left of it is killed at the end of the block."""
    ports = {name: free_port() for name in NAMES}
    given = [text for name, port in ports.items() for text in (f"--{name}-port", str(port))]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MODERATO_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "moderato.cli", "up", "--data-dir", str(folder), *given, *options),
        cwd=REPOSITORY,
        env={**clean, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    )
    try:
        yield Up(process, ports)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def moderato(*arguments: str, **env: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "moderato.cli", *arguments),
        cwd=REPOSITORY,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.timeout(240)
async def test_from_nothing_to_ready_through_deaths_and_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with up(data, "--demo") as first, aiohttp.ClientSession() as http:
        password = (await first.until(r"as admin with the password +(\S+)"))[1]
        await first.until(r"webhooks may go to 127\.0\.0\.0/8, because of --demo")
        await first.until("Ctrl-C stops it")
        for name in ("intake", "console", "scorer", "publisher"):
            async with http.get(f"{first.url(name)}/readyz") as answer:
                assert answer.status == 200, name
        async with http.get(first.url("demo")) as answer:
            assert answer.status == 200
        assert data.stat().st_mode & 0o777 == 0o700
        assert (data / "demo.json").stat().st_mode & 0o777 == 0o600
        assert await first.stop() == 0
    key = json.loads((data / "demo.json").read_text())["api_key"]

    async with up(data, "--demo", MODERATO_LOG_FORMAT="json") as second:
        assert (await second.event("ready"))["password"] is None
        assert not any(password in line for line in second.lines)
        assert json.loads((data / "demo.json").read_text())["api_key"] == key
        for name, command in (("publisher", "workers.publisher"), ("redis", "redis-server")):
            os.kill(second.child(command), signal.SIGKILL)
            report = await second.event("process_ended")
            assert (report["process"], report["exit"]) == (name, "killed by SIGKILL")
            assert (await second.event("process_ready_again"))["process"] == name
        second.process.send_signal(signal.SIGTERM)
        stopped = [(await second.event("process_stopped"))["process"] for _ in range(6)]
        assert stopped == ["intake", "console", "scorer", "publisher", "news site", "redis"]
        assert await second.process.wait() == 0


@pytest.mark.timeout(120)
async def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    async with up(tmp_path) as running:
        await running.until("Ctrl-C stops it")
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert len(children) >= 5
        running.process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 30)
        assert not alive


@pytest.mark.timeout(120)
async def test_a_second_signal_ends_everything_at_once(tmp_path: Path) -> None:
    async with up(tmp_path) as running:
        await running.until("Ctrl-C stops it")
        children = psutil.Process(running.process.pid).children(recursive=True)
        intake = next(child for child in children if "services.intake" in child.cmdline())
        intake.suspend()  # cannot finish, so the orderly stop waits for it
        running.process.send_signal(signal.SIGINT)
        await running.until("Stopping")
        running.process.send_signal(signal.SIGINT)
        assert await running.process.wait() == 128 + signal.SIGINT
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
        assert not alive


async def test_a_taken_port_is_named_with_the_option_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = await moderato("up", "--data-dir", str(tmp_path), "--intake-port", str(port))
    assert status == 1
    assert f"Port {port} on 127.0.0.1 cannot be used (Address already in use)" in said
    assert "choose another one with --intake-port" in said


async def test_one_port_given_twice_is_refused(tmp_path: Path) -> None:
    port = str(free_port())
    status, said = await moderato("up", "--intake-port", port, "--console-port", port)
    assert status == 1
    assert f"Port {port} was given to --intake-port and to --console-port" in said


async def test_a_folder_in_use_is_refused(tmp_path: Path, redis_binary: Path) -> None:
    async with EmbeddedRedis(tmp_path, server=redis_binary):
        ports = [text for name in NAMES for text in (f"--{name}-port", str(free_port()))]
        status, said = await moderato("up", "--data-dir", str(tmp_path), *ports)
    assert status == 1
    assert f"is in use by process {os.getpid()}" in said


@pytest.mark.parametrize("asked", ["scorer=0", "scorer", "intake=2", "scorer=many"])
async def test_processes_say_what_would_be_right(asked: str) -> None:
    status, said = await moderato("up", "--processes", asked)
    assert status == 2
    assert "say scorer=N" in said


async def test_a_misspelt_setting_is_one_line() -> None:
    status, said = await moderato("up", MODERATO_SHARD="2")
    assert (status, said.count("\n")) == (2, 1)
    assert "MODERATO_SHARD is not a setting" in said


async def test_help_names_every_command_and_loads_none() -> None:
    status, said = await moderato("--help")
    assert status == 0
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line[:30])}", said, re.MULTILINE), name


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_explains_itself(name: str) -> None:
    status, said = await moderato(name, "--help")
    assert status == 0, said
    assert said.startswith(f"Usage: moderato {name}")
