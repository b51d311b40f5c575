"""The embedded Redis: durable, alone on its folder, and back after every way to end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from moderato.embedded import (
    EmbeddedRedis,
    EmbeddedRedisError,
    find_server,
    running_url,
    server_version,
)
from moderato.supervisor import Backoff, StartError
from tests.processes import REPOSITORY


async def test_every_write_is_on_disk_and_no_tcp_port_is_open(
    tmp_path: Path, redis_binary: Path
) -> None:
    async with EmbeddedRedis(tmp_path / "data", server=redis_binary) as server:
        client = Redis.from_url(server.url, decode_responses=True)
        settings = await client.config_get("*")
        await client.aclose()
    assert settings["port"] == "0"
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["no-appendfsync-on-rewrite"] == "no"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["save"] == ""


async def test_data_survives_a_stop_and_a_start(tmp_path: Path, redis_binary: Path) -> None:
    for expected in (1, 2, 3):
        async with EmbeddedRedis(tmp_path, server=redis_binary) as server:
            client = Redis.from_url(server.url)
            assert await client.incr("starts") == expected
            await client.aclose()


async def test_a_killed_server_is_started_again_with_its_data(
    tmp_path: Path, redis_binary: Path
) -> None:
    ready: asyncio.Queue[str] = asyncio.Queue()

    def on_line(line: str) -> None:
        if "ready to accept connections" in line.lower():
            ready.put_nowait(line)

    backoff = Backoff(first=0.01)
    async with EmbeddedRedis(
        tmp_path, server=redis_binary, backoff=backoff, on_line=on_line
    ) as server:
        client = Redis.from_url(server.url, decode_responses=True)
        await client.set("comment", "kept")
        await ready.get()
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        async with asyncio.timeout(10):
            await ready.get()
        assert await client.get("comment") == "kept"
        await client.aclose()


async def test_a_torn_last_write_does_not_keep_it_from_starting(
    tmp_path: Path, redis_binary: Path
) -> None:
    async with EmbeddedRedis(tmp_path, server=redis_binary) as server:
        client = Redis.from_url(server.url)
        await client.set("first", "whole")
        await client.set("second", "torn" * 10)
        await client.aclose()
    _cut(_append_only_file(tmp_path), bytes_off=7)
    async with EmbeddedRedis(tmp_path, server=redis_binary) as server:
        client = Redis.from_url(server.url, decode_responses=True)
        assert await client.get("first") == "whole"
        assert await client.get("second") is None
        await client.aclose()


async def test_damage_in_the_middle_is_explained(tmp_path: Path, redis_binary: Path) -> None:
    async with EmbeddedRedis(tmp_path, server=redis_binary) as server:
        client = Redis.from_url(server.url)
        for number in range(50):
            await client.set(f"key{number}", "value")
        await client.aclose()
    path = _append_only_file(tmp_path)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + b"\x00garbage\x00" + content[middle:])
    with pytest.raises(StartError, match=r"(?s)redis ended.*Bad file format.*redis-check-aof"):
        async with EmbeddedRedis(tmp_path, server=redis_binary):
            pytest.fail("It started on a damaged file.")


async def test_a_folder_in_use_names_the_process_that_uses_it(
    tmp_path: Path, redis_binary: Path
) -> None:
    async with EmbeddedRedis(tmp_path, server=redis_binary):
        with pytest.raises(EmbeddedRedisError, match=f"in use by process {os.getpid()}"):
            async with EmbeddedRedis(tmp_path, server=redis_binary):
                pytest.fail("Two servers share one folder.")


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, redis_binary: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedRedisError, match="file/data cannot be used: Not a directory"):
        async with EmbeddedRedis(tmp_path / "file" / "data", server=redis_binary):
            pytest.fail("It started in a file.")


async def test_an_older_release_refuses_what_a_newer_one_wrote(tmp_path: Path) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.2.14 sha=0:0'\n")
    old.chmod(0o755)
    (tmp_path / "data" / "appendonlydir").mkdir(parents=True)
    with pytest.raises(EmbeddedRedisError, match=r"written by Redis 7.*6\.2\.14"):
        async with EmbeddedRedis(tmp_path / "data", server=old):
            pytest.fail("It would have started empty.")


async def test_a_long_path_gets_its_socket_elsewhere(tmp_path: Path, redis_binary: Path) -> None:
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    async with EmbeddedRedis(folder, server=redis_binary) as server:
        client = Redis.from_url(server.url)
        assert await client.ping()
        await client.aclose()
        elsewhere = server.socket.parent
        assert elsewhere != folder
    assert not elsewhere.exists()


async def test_the_other_commands_find_it_while_it_runs(tmp_path: Path, redis_binary: Path) -> None:
    async with EmbeddedRedis(tmp_path, server=redis_binary) as server:
        assert running_url(tmp_path) == server.url
    assert running_url(tmp_path) is None


async def test_it_does_not_outlive_a_killed_parent(tmp_path: Path, redis_binary: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\n"
        "from moderato.embedded import EmbeddedRedis\n"
        "async def main():\n"
        "    folder, server = map(pathlib.Path, sys.argv[1:])\n"
        "    async with EmbeddedRedis(folder, server=server):\n"
        "        print('up', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        str(tmp_path),
        str(redis_binary),
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    process.kill()
    await process.wait()
    # Taking the folder over waits until the orphan is gone; two would have damaged each other.
    async with asyncio.timeout(10), EmbeddedRedis(tmp_path, server=redis_binary) as server:
        assert server.pid is not None


def test_the_server_found_is_new_enough() -> None:
    assert server_version(find_server()) >= (6, 2)


def test_an_old_server_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=0:0'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_server() != old


def test_no_server_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EmbeddedRedisError, match="apt-get install redis-server"):
        find_server()


def _append_only_file(folder: Path) -> Path:
    """The file commands are appended to: in a folder of its own since Redis 7."""
    found = sorted(folder.glob("appendonlydir/*.incr.aof")) or [folder / "appendonly.aof"]
    return found[-1]


def _cut(path: Path, bytes_off: int) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - bytes_off)
