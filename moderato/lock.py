"""A folder that one running instance uses at a time."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path

#: Seconds a predecessor's child that is just stopping may keep the folder.
_PATIENCE = 5.0


class FolderInUseError(Exception):
    """Another instance holds the folder; ``owner`` is its process id, where it is known."""

    def __init__(self, owner: int | None) -> None:
        super().__init__(f"in use by process {owner or 'unknown'}")
        self.owner = owner


class FolderLock:
    """A ``flock`` on ``folder/lock``, which names the owner's process id.

    A child that is given ``fd`` shares the lock: the folder stays taken until the owner and
    every such child are gone, so a server that outlives us never meets a second one.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._fd: int | None = None

    @property
    def fd(self) -> int:
        if self._fd is None:
            raise RuntimeError("The lock is not held.")
        return self._fd

    async def take(self) -> None:
        """Take it. Raises FolderInUseError, and OSError where the folder cannot be written."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await _flock(fd)
        except BaseException:
            os.close(fd)
            raise
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Give it free; nothing happens where it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


async def _flock(fd: int) -> None:
    """Lock at once, or when what a dead owner left behind has stopped as well."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        owner = _owner(fd)
        if owner is None or _alive(owner) or loop.time() > deadline:
            raise FolderInUseError(owner)
        await asyncio.sleep(0.05)


def _owner(fd: int) -> int | None:
    written = os.pread(fd, 32, 0).strip()
    return int(written) if written.isdigit() else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
