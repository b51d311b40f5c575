"""The rows that the model is measured on."""

from __future__ import annotations

import ast
import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.data import LABELS, fingerprint, load

NEWS = ("toxic_spans-train",)
TALK = ("context_toxicity-gc", "context_toxicity-gn")
TROUBLE = ("jigsaw2018-six(furkancaglayan,preprocessed)", "jigsaw2018-six-raw")


@dataclass(frozen=True, slots=True)
class Example:
    """One comment. ``labels`` holds what its source says, each in [0, 1], and nothing else."""

    text: str
    source: str
    language: str
    labels: Mapping[str, float]
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """A comment and the offsets of its characters that people marked as toxic."""

    text: str
    toxic: frozenset[int]


def public(data: Path, sample: int = 0) -> list[Example]:
    """The rows of ``public_eval.jsonl.gz``, in every language; never trained or tuned on.

    ``sample`` above 0 keeps that many of each source, always the same ones.
    """
    with gzip.open(data / "public_eval.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [_example(json.loads(line)) for line in lines]
    return sampled(rows, sample)


def held_out(data: Path, sample: int = 0) -> list[Example]:
    """The validation rows that training sets aside, without the half it calibrates on."""
    rows = [
        Example(
            row.text,
            row.source,
            "en",
            {
                name: label
                for name, label, weight in zip(LABELS, row.labels, row.weights, strict=True)
                if weight > 0
            },
        )
        for row in load(data)[1]
        if not row.calibrates
    ]
    return sampled(rows, sample)


def sampled(rows: list[Example], most: int) -> list[Example]:
    """At most ``most`` rows of each source, chosen by their text; 0 keeps all."""
    if most <= 0:
        return rows
    kept: Counter[str] = Counter()
    chosen = set()
    for place in sorted(range(len(rows)), key=lambda i: fingerprint(rows[i].text)):
        if kept[rows[place].source] < most:
            kept[rows[place].source] += 1
            chosen.add(place)
    return [row for place, row in enumerate(rows) if place in chosen]


def of(rows: Iterable[Example], sources: tuple[str, ...], label: str = "toxicity") -> list[Example]:
    """The rows of ``sources`` that say something about ``label``."""
    return [row for row in rows if row.source in sources and label in row.labels]


def span_posts(data: Path, sample: int = 0) -> list[Post]:
    """The test posts of SemEval-2021 task 5: news comments with toxic characters marked."""
    path = data / "toxic_spans" / "test.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        posts = [
            Post(row["text"], frozenset(ast.literal_eval(row["spans"])))
            for row in csv.DictReader(lines)
        ]
    return posts[:sample] if sample > 0 else posts


def _example(raw: dict[str, Any]) -> Example:
    labels = {name: float(raw[name]) for name in LABELS if raw.get(name) is not None}
    return Example(raw["text"], raw["source"], raw["lang"], labels, raw.get("meta") or {})
