"""Sentences about groups, made from ``templates.toml``, so that a group's name is not its guilt.

The idea, of balancing what is said of a group with sentences made for it, is from Dixon et al.
2018, "Measuring and Mitigating Unintended Bias in Text Classification".
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

from training.data import LABELS, Row

#: What they have for a source.
SOURCE = "templates"
#: How much a made sentence counts beside a real comment.
TRUST = 0.7

_FILE = Path(__file__).with_suffix(".toml")


def make(count: int, seed: int) -> list[Row]:
    """``count`` rows; the same ``seed`` makes the same rows."""
    with _FILE.open("rb") as file:
        raw: dict[str, Any] = tomllib.load(file)
    rng = random.Random(seed)
    groups = {name: _groups(lines) for name, lines in raw["groups"].items()}
    kinds = raw["kinds"]
    chosen = rng.choices(kinds, [kind["share"] for kind in kinds], k=count)
    return [_row(kind, raw["fill"], groups, rng) for kind in chosen]


def _groups(lines: str) -> list[dict[str, str]]:
    rows = [line.split("|") for line in lines.split("\n") if line]
    return [dict(zip(("adj", "plural", "one"), row, strict=True)) for row in rows]


def _row(
    kind: dict[str, Any],
    fill: dict[str, list[str]],
    groups: dict[str, list[dict[str, str]]],
    rng: random.Random,
) -> Row:
    kin = rng.choice(kind.get("groups", list(groups)))
    group = rng.choice(groups[kin])
    text = rng.choice(kind["frames"])
    for name, words in fill.items():
        while "{" + name + "}" in text:
            text = text.replace("{" + name + "}", rng.choice(words), 1)
    text = text.format(**group)
    text = rng.choice(fill["opener"]) + text + rng.choice(fill["closer"])
    if rng.random() < 0.6:
        text = text[0].upper() + text[1:]
    labels = tuple(float(label) for label in kind["labels"])
    return Row(
        text=text,
        source=SOURCE,
        labels=tuple(max(label, 0.0) for label in labels),
        weights=tuple(TRUST if label >= 0 else 0.0 for label in labels),
    )


assert len(LABELS) == 6, "templates.toml gives six labels"
