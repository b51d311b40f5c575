"""Rows to learn from: reading, weighing, splitting.

A row file is gzipped JSON lines with ``text``, ``lang``, ``source`` and one number in [0, 1] or
null per label; ``training/README.md`` lists the sources. The files in ``toxic_spans`` say which
characters of a news comment are toxic (SemEval-2021 task 5).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")

#: Share of the texts held out of training, half of it to calibrate on, half to choose by.
VALIDATION = 0.05

#: How much a source's labels are trusted; 1 where not named.
WEIGHTS = {
    "davidson2017": 0.4,  # found by slur search; marks African American English as offensive
    "paradetox-toxic": 0.6,  # swearing in passing counts as toxic
    "paradetox-neutral": 0.6,
    "dgHS-db_train": 0.7,
    "dgHS-db_dev": 0.7,
    "hatemojibuild-train": 0.7,
    "hatemojibuild-validation": 0.7,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One comment. ``labels`` and ``weights`` go by ``LABELS``; weight 0 masks an unknown.

    ``spans`` are its toxic characters as [begin, end); None where nobody marked them.
    """

    text: str
    source: str
    labels: tuple[float, ...]
    weights: tuple[float, ...]
    spans: tuple[tuple[int, int], ...] | None = None

    @property
    def calibrates(self) -> bool:
        """Whether a held-out row is for calibrating; the others are for choosing and for testing.

        By its fingerprint, so that copies go together.
        """
        return int(fingerprint(self.text)[8:10], 16) % 2 == 0


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
        labels.append(label)
        weights.append(weight)
    return Row(str(raw["text"]), source, tuple(labels), tuple(weights))


def fingerprint(text: str) -> str:
    """The same for texts that differ only in case, spacing and punctuation."""
    return hashlib.sha256(re.sub(r"\W+", " ", text.lower()).strip().encode()).hexdigest()


def spans_of(characters: list[int]) -> tuple[tuple[int, int], ...]:
    """Sorted character numbers as [begin, end) runs."""
    runs: list[tuple[int, int]] = []
    for at in characters:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return tuple(runs)


def read_spans(path: Path) -> dict[str, tuple[tuple[int, int], ...]]:
    """Toxic spans per text, from a CSV file whose ``spans`` are JSON lists of characters."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return {
            row["text"]: spans_of(sorted(json.loads(row["spans"]))) for row in csv.DictReader(lines)
        }


def with_spans(
    rows: Iterator[Row], marked: Mapping[str, tuple[tuple[int, int], ...]]
) -> Iterator[Row]:
    """``rows`` with the spans of those that ``marked`` has; a text without toxicity has none."""
    for row in rows:
        if row.text in marked:
            yield replace(row, spans=marked[row.text])
        elif row.labels[0] == 0 and row.weights[0] >= 1:
            yield replace(row, spans=())
        else:
            yield row


def split(
    rows: Iterator[Row], unseen: frozenset[str], held: frozenset[str] = frozenset()
) -> tuple[list[Row], list[Row]]:
    """Training and validation rows; copies of a text land on the same side.

    Rows whose fingerprint is in ``unseen`` (the public evaluation's) are left out of both; those
    in ``held`` are validation.
    """
    train: list[Row] = []
    validation: list[Row] = []
    for row in rows:
        mark = fingerprint(row.text)
        if mark in unseen:
            continue
        held_out = mark in held or int(mark[:8], 16) / 2**32 < VALIDATION
        (validation if held_out else train).append(row)
    return train, validation


def unseen(folder: Path) -> frozenset[str]:
    """The fingerprints of every text of ``folder`` that is for evaluation only."""
    texts = [row.text for row in read(folder / "public_eval.jsonl.gz")]
    texts += read_spans(folder / "toxic_spans" / "test.csv.gz")
    return frozenset(map(fingerprint, texts))


def load(folder: Path) -> tuple[list[Row], list[Row]]:
    """Training and validation rows from ``folder``, none of them for evaluation."""
    spans = folder / "toxic_spans"
    trial = read_spans(spans / "trial.csv.gz")
    marked = {**read_spans(spans / "train.csv.gz"), **trial}
    rows = with_spans(read(folder / "train.jsonl.gz"), marked)
    return split(rows, unseen(folder), frozenset(map(fingerprint, trial)))
