"""What a person at a terminal sees of a long job, and that only one runs at a time."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from moderato.lock import FolderInUseError, FolderLock
from workers.scorer.pull.download import Progress
from workers.scorer.pull.errors import PullError, disk_error


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Two at once would write into each other's files."""
    lock = FolderLock(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(lock.take())
    except FolderInUseError as error:
        raise PullError(
            f"Another `moderato models` works on {folder} (process {error.owner or 'unknown'}). "
            "Wait until it is done."
        ) from error
    except OSError as error:
        raise disk_error(error, folder) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """A progress bar over the bytes of a file, on standard error; quiet until the first comes."""
    with click.progressbar(
        length=1, label=label, file=sys.stderr, item_show_func=lambda said: said
    ) as shown:

        def progress(done: int, total: int | None) -> None:
            shown.length = total or max(done, 1)
            of = f" of {total / 1e6:,.0f}" if total else ""
            shown.update(done - shown.pos, f"{done / 1e6:,.0f}{of} MB")

        yield progress


def quiet() -> None:
    """What the libraries say to each other while they convert is for nobody here."""
    import transformers

    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger().setLevel(logging.ERROR)
