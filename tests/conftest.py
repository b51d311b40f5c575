"""What the tests stand on: a real Redis, real processes, free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

from moderato.config import Config
from moderato.embedded import find_server
from tests.processes import Spawn, Spawner

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script, as by nohup: whatever a test starts would be deaf to
    # Ctrl-C as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ConfigFactory = Callable[..., Config]


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def redis_binary() -> Path:
    """The server to test against: MODERATO_TEST_REDIS_SERVER, else the one a user would get."""
    chosen = os.environ.get("MODERATO_TEST_REDIS_SERVER")
    return Path(chosen) if chosen else find_server()


@pytest.fixture(scope="session")
def redis_server(redis_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the test run's own, with the durability production has. Its URL."""
    folder = tmp_path_factory.mktemp("redis")
    port = free_port()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [
            str(redis_binary),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _wait_until_it_answers(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of a Redis that holds nothing and no script."""
    with BlockingRedis.from_url(redis_server) as client:
        client.flushall()
        client.script_flush()
    return redis_server


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client on the emptied Redis; answers are str."""
    client = Redis.from_url(redis_url, decode_responses=True)
    try:
        yield client
    finally:
        await client.aclose()


@pytest.fixture
def make_config(redis_url: str) -> ConfigFactory:
    """``make_config(**settings)``: on the emptied Redis, every listener on a free port."""

    def make(**settings: object) -> Config:
        ports = {
            f"{name}_port": free_port() for name in ("intake", "console", "scorer", "publisher")
        }
        return Config(**{"redis_url": redis_url, **ports, **settings})  # type: ignore[arg-type]

    return make


@pytest.fixture
async def spawn(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Spawn]:
    """``await spawn("services.intake", config)``: a real process, returned once it is ready.

    Whatever still runs at the end is killed; the logs are printed where the test failed.
    """
    spawner = Spawner(tmp_path)
    try:
        yield spawner.spawn
    finally:
        await spawner.close()
        for name, log in spawner.logs():
            request.node.add_report_section("call", f"log of {name}", log)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 10
    with BlockingRedis.from_url(url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
            except RedisError:
                time.sleep(0.02)
            else:
                return
    pytest.fail(f"The test Redis did not start:\n{log.read_text()}")
