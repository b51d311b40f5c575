"""Rows to learn from: reading, weighing, splitting.

A row file is gzipped JSON lines with ``text``, ``lang``, ``source`` and one number in [0, 1] or
null per label; ``training/README.md`` lists the sources.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")

#: Share of the texts held out of training, to stop and to calibrate on.
VALIDATION = 0.03

#: How much a source's labels are trusted; 1 where not named.
WEIGHTS = {
    "davidson2017": 0.2,  # found by slur search; marks African American English as offensive
    "paradetox-toxic": 0.6,  # swearing in passing counts as toxic
    "paradetox-neutral": 0.6,
    "dgHS-db_train": 0.7,
    "dgHS-db_dev": 0.7,
    "hatemojibuild-train": 0.7,
    "hatemojibuild-validation": 0.7,
}

#: These say "no hate speech", which leaves room for other toxicity: their zeros count less.
HATE_ONLY = ("dgHS", "hatemoji")
HATE_ONLY_ZERO = 0.4


@dataclass(frozen=True, slots=True)
class Row:
    """One comment. ``labels`` and ``weights`` go by ``LABELS``; weight 0 masks an unknown."""

    text: str
    source: str
    labels: tuple[float, ...]
    weights: tuple[float, ...]


def read(path: Path, language: str = "en") -> Iterator[Row]:
    """The rows of ``path`` in ``language``."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            if raw["lang"] == language:
                yield _row(raw)


def _row(raw: dict[str, object]) -> Row:
    source = str(raw["source"])
    trust = next((w for name, w in WEIGHTS.items() if source.startswith(name)), 1.0)
    labels, weights = [], []
    for name in LABELS:
        value = raw.get(name)
        known = isinstance(value, int | float)
        label = float(value) if isinstance(value, int | float) else 0.0
        weight = trust if known else 0.0
        if name == "toxicity" and label == 0 and source.startswith(HATE_ONLY):
            weight *= HATE_ONLY_ZERO
        labels.append(label)
        weights.append(weight)
    return Row(str(raw["text"]), source, tuple(labels), tuple(weights))


def fingerprint(text: str) -> str:
    """The same for texts that differ only in case, spacing and punctuation."""
    return hashlib.sha256(re.sub(r"\W+", " ", text.lower()).strip().encode()).hexdigest()


def split(rows: Iterator[Row], unseen: frozenset[str]) -> tuple[list[Row], list[Row]]:
    """Training and validation rows; copies of a text land on the same side.

    Rows whose fingerprint is in ``unseen`` (the public evaluation's) are left out of both.
    """
    train: list[Row] = []
    validation: list[Row] = []
    for row in rows:
        mark = fingerprint(row.text)
        if mark in unseen:
            continue
        held_out = int(mark[:8], 16) / 2**32 < VALIDATION
        (validation if held_out else train).append(row)
    return train, validation


def load(folder: Path) -> tuple[list[Row], list[Row]]:
    """Training and validation rows from ``folder``, none of them in its ``public_eval``."""
    unseen = frozenset(fingerprint(r.text) for r in read(folder / "public_eval.jsonl.gz"))
    return split(read(folder / "train.jsonl.gz"), unseen)
