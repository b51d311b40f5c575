"""The file: JSON lines with a `text`; whatever else a request needs is made up where missing."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

#: How many articles and readers are made up for rows that name none.
ARTICLES, READERS = 25, 500
_GZIP = b"\x1f\x8b"
_KNOWN = frozenset(
    {"text", "article", "author", "id", "parent", "language", "created_at", "metadata"}
)


class RowError(Exception):
    """A line cannot be posted; the message names it and says what would be right."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comment of the file. ``body`` is the request's, but for its parent.

    ``parent`` is the ``id`` of an earlier line: Moderato's own id of it is known only once that
    one has been accepted.
    """

    line: int
    id: str | None
    parent: str | None
    body: Mapping[str, Any]


def read(path: str, site: str, limit: int | None = None) -> list[Row]:
    """The comments in ``path`` ("-" is standard input; gzip is recognised), ``limit`` at most.

    All lines are checked before the first is posted: RowError names one that is not right.
    Raises OSError where the file cannot be read.
    """
    with _open(path) as lines:
        rows: list[Row] = []
        seen: set[str] = set()
        for row in islice(_rows(lines, site), limit):
            if row.id is not None and row.id in seen:
                raise RowError(f"Line {row.line}: the id {row.id!r} stands on an earlier line.")
            if row.parent is not None and row.parent not in seen:
                raise RowError(
                    f"Line {row.line}: its parent {row.parent!r} is the `id` of no earlier line."
                )
            if row.id is not None:
                seen.add(row.id)
            rows.append(row)
    return rows


@contextmanager
def _open(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as file:
        zipped = file.peek(2)[:2] == _GZIP
        if not zipped:
            yield file
            return
        with gzip.open(file) as plain:
            yield cast("IO[bytes]", plain)


def _rows(lines: Iterable[bytes], site: str) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except ValueError as error:
            raise RowError(f"Line {number} is not JSON: {error}.") from None
        if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
            raise RowError(f'Line {number} must look like {{"text": "..."}}.')
        yield _row(number, raw, site)


def _row(number: int, raw: Mapping[str, Any], site: str) -> Row:
    """Fields of other data sets, such as labels, are passed over."""
    body = {name: raw[name] for name in _KNOWN & raw.keys() if raw[name] is not None}
    own = body.pop("id", None)
    parent = body.pop("parent", None)
    own = None if own is None else str(own)
    if own is not None:
        body["external_id"] = own
    body["article"] = _article(body.get("article"), number, site)
    body["author"] = _author(body.get("author"), number)
    return Row(number, own, None if parent is None else str(parent), body)


def _article(given: Any, number: int, site: str) -> Any:
    """As given, completed where it is only an id, made up where there is none."""
    if isinstance(given, dict):
        return given
    article = f"article-{number % ARTICLES + 1}" if given is None else str(given)
    return {"id": article, "url": f"https://{site}.example/{quote(article, safe='')}"}


def _author(given: Any, number: int) -> Any:
    if isinstance(given, dict):
        return given
    if given is not None:
        return {"id": str(given), "name": str(given)}
    reader = number % READERS + 1
    return {"id": f"reader-{reader}", "name": f"Reader {reader}"}
