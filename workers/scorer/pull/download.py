"""One file over HTTP: resumed where it broke off, and kept only if it is the right one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

from workers.scorer.pull.catalogue import Remote
from workers.scorer.pull.errors import PullError, disk_error

#: Told how many bytes of a file are there, and of how many, where the server says so.
Progress = Callable[[int, int | None], None]

_CHUNK: Final = 1 << 20
#: Seconds to wait before each further try after a connection broke without bringing anything.
_PAUSES: Final = (1.0, 2.0, 4.0)
TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)


class _BrokenError(Exception):
    """The connection broke; what came before is on disk."""


async def download(
    http: aiohttp.ClientSession, remote: Remote, path: Path, progress: Progress
) -> str:
    """Fetch ``remote`` to ``path`` and give its SHA-256. A right file that is there is kept.

    What has come so far lies beside it as ``.part`` and is gone on with, by this call after a
    broken connection and by the next one after an interruption. Raises PullError where it cannot
    be had or is not the file its hash names; a wrong file is removed.
    """
    try:
        if whole := await asyncio.to_thread(_whole, remote, path):
            return whole
        resumed = _part(path).exists()
        found = await _fetch(http, remote, path, progress)
        if not found.startswith(remote.sha256) and resumed:
            # What lay there may have been of another file; this time from the beginning.
            _forget(path)
            found = await _fetch(http, remote, path, progress)
        if not found.startswith(remote.sha256):
            _forget(path)
            raise wrong_hash(remote, found, remote.url)
        _part(path).replace(path)
        _tag(path).unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, path.parent) from error
    return found


def _whole(remote: Remote, path: Path) -> str:
    """The hash of the right file at ``path``; empty where there is none, and a wrong one goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        if (found := sha256(path)).startswith(remote.sha256):
            return found
        path.unlink()
    return ""


def sha256(path: Path) -> str:
    """The hash of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wrong_hash(remote: Remote, found: str, where: object) -> PullError:
    """That what lies at ``where`` is not ``remote``."""
    beginning = "" if len(remote.sha256) == 64 else "begins with "
    return PullError(
        f"{where} is not Detoxify's {remote.name}: its SHA-256 is {found}, and the right one "
        f"{beginning or 'is '}{remote.sha256}. It was damaged or replaced on the way, and "
        "nothing was installed. Fetch it again; if it is wrong again, do not use it."
    )


async def _fetch(
    http: aiohttp.ClientSession, remote: Remote, path: Path, progress: Progress
) -> str:
    """The hash of the whole ``.part``, however many connections that takes."""
    left = list(_PAUSES)
    while True:
        before = _size(path)
        try:
            await _once(http, remote, path, progress)
        except (aiohttp.ClientError, TimeoutError, _BrokenError) as error:
            if _size(path) > before:
                left = list(_PAUSES)
            if not left:
                raise _gave_up(remote, path, error) from error
            await asyncio.sleep(left.pop(0))
        else:
            return await asyncio.to_thread(sha256, _part(path))


async def _once(
    http: aiohttp.ClientSession, remote: Remote, path: Path, progress: Progress
) -> None:
    have = _size(path)
    # Compressed, the ranges would count something else.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if _tag(path).exists():
            headers["If-Range"] = _tag(path).read_text()
    async with http.get(remote.url, headers=headers) as answer:
        if answer.status == 416 and have:
            # Nothing after what is there: it is whole, or not of this file. Its hash will say.
            return
        if answer.status >= 500:
            raise _BrokenError(f"HTTP {answer.status}")
        if answer.status not in (200, 206):
            raise PullError(_refused(remote, answer.status))
        start = _start(answer) if answer.status == 206 else 0
        if start not in (0, have):
            raise PullError(f"{remote.url} answered with another part of the file than asked for.")
        length = answer.content_length
        total = None if length is None else start + length
        _check_room(path.parent, length)
        _keep_tag(path, answer.headers.get("ETag", ""))
        await _write(answer, _part(path), start, total, progress)


async def _write(
    answer: aiohttp.ClientResponse, part: Path, start: int, total: int | None, progress: Progress
) -> None:
    done = start
    with part.open("ab" if start else "wb") as file:
        progress(done, total)
        async for chunk in answer.content.iter_chunked(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
        file.flush()
        os.fsync(file.fileno())


def _check_room(folder: Path, length: int | None) -> None:
    free = shutil.disk_usage(folder).free
    if length is not None and length > free:
        raise PullError(
            f"The disk of {folder} is too full: {length / 1e6:,.0f} MB are still to come, and "
            f"{free / 1e6:,.0f} MB are free. Make room, or choose another folder with "
            "MODERATO_MODELS_DIR; then run the same command again."
        )


def _start(answer: aiohttp.ClientResponse) -> int:
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _keep_tag(path: Path, tag: str) -> None:
    # A weak one does not promise the same bytes, and may not be used to go on.
    if tag and not tag.startswith("W/"):
        _tag(path).write_text(tag)
    else:
        _tag(path).unlink(missing_ok=True)


def _refused(remote: Remote, status: int) -> str:
    if status == 404:
        return (
            f"{remote.url} does not exist (HTTP 404). A mirror must hold the files as `moderato "
            "models import` takes them; see docs/operators.md."
        )
    return f"{remote.url} cannot be had: the server answered HTTP {status}."


def _gave_up(remote: Remote, path: Path, error: Exception) -> PullError:
    kept = _size(path)
    return PullError(
        f"{remote.url} cannot be had: {str(error) or type(error).__name__}. "
        + (f"The {kept / 1e6:,.0f} MB that came are kept; " if kept else "")
        + "run the same command again to go on. Behind a proxy, set HTTPS_PROXY; without the "
        "internet, see `moderato models import --help`."
    )


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _tag(path: Path) -> Path:
    return path.with_name(f"{path.name}.etag")


def _size(path: Path) -> int:
    return _part(path).stat().st_size if _part(path).exists() else 0


def _forget(path: Path) -> None:
    _part(path).unlink(missing_ok=True)
    _tag(path).unlink(missing_ok=True)
