"""The rows of the quality gates: ``python -m training.sample --data DIR``.

Only sources whose licence lets anyone pass them on; which, and where from, is in
tests/scorer/quality.md. The choice looks at texts and labels, never at a model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from training.data import fingerprint
from training.evaluation import ranking
from training.evaluation.bias import SOURCE as TEMPLATES
from training.evaluation.examples import Example, Post, of, public, span_posts

TESTS = Path(__file__).parents[1] / "tests" / "scorer"
#: Rows of each kind.
COUNT = 120
_LONGEST = 300
_WHO_OR_WHERE = re.compile(r"https?:|www\.|@\w")


def labelled(rows: Iterable[Example], source: str, label: str) -> list[dict[str, Any]]:
    """As many positives as negatives of ``source``, in no order that means anything."""
    known = [row for row in of(rows, (source,), label) if _printable(row.text)]
    sides = ([r for r in known if (r.labels[label] >= 0.5) is side] for side in (True, False))
    chosen = [row for side in sides for row in _first(side)]
    return [
        {"text": row.text, label: row.labels[label]}
        for row in sorted(chosen, key=lambda row: fingerprint(row.text))
    ]


def spans(posts: Iterable[Post]) -> list[dict[str, Any]]:
    """News comments with what people marked as toxic in them, as [begin, end) offsets."""
    chosen = sorted(
        (post for post in posts if _printable(post.text)), key=lambda p: fingerprint(p.text)
    )
    return [{"text": post.text, "spans": _runs(post.toxic)} for post in chosen[: 2 * COUNT]]


def _first(rows: Sequence[Example]) -> list[Example]:
    return sorted(rows, key=lambda row: fingerprint(row.text))[:COUNT]


def _printable(text: str) -> bool:
    return len(text) <= _LONGEST and not _WHO_OR_WHERE.search(text)


def _runs(offsets: frozenset[int]) -> list[list[int]]:
    """Offsets next to each other as [begin, end)."""
    runs = []
    for _, run in groupby(enumerate(sorted(offsets)), key=lambda pair: pair[1] - pair[0]):
        places = [place for _, place in run]
        runs.append([places[0], places[-1] + 1])
    return runs


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=TESTS)
def main(data: Path, out: Path) -> None:
    """Write the sample that the quality gates are held on.

    \b
      python -m training.sample --data DIR
    """
    rows = [row for row in public(data) if row.language == "en"]
    files = {
        "hatecheck.jsonl": labelled(rows, ranking.HATECHECK, "identity_attack"),
        "identities.jsonl": labelled(rows, TEMPLATES, "toxicity"),
        "spans.jsonl": spans(span_posts(data)),
    }
    for name, chosen in files.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen)
        (out / name).write_text(lines, encoding="utf-8")
        click.echo(f"{len(chosen)} rows: {out / name}")


if __name__ == "__main__":
    main()
