"""The comments that are posted and scored: see README.md for where they are from."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path

_FILE = Path(__file__).with_name("comments.jsonl")


def texts(count: int) -> list[str]:
    """The first ``count`` comments, from the start again where there are not so many."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return list(islice(cycle([json.loads(line)["text"] for line in lines]), count))
