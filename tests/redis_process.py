"""A Redis of a test's own, to kill and to start again on the same files."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError


class RedisProcess:
    """Durable as in production: every acknowledged write is on disk."""

    def __init__(self, binary: Path, folder: Path, port: int) -> None:
        self._binary = binary
        self._folder = folder
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{port}/0"

    def start(self, *options: str) -> None:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            [
                str(self._binary),
                *("--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)),
                *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
                *options,
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        with Redis.from_url(self.url) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                except RedisError:
                    time.sleep(0.02)
                else:
                    return
        raise AssertionError("Redis did not start.")

    def pause(self) -> None:
        """SIGSTOP: it is there, and answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """SIGKILL: only what is on disk is left."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None
