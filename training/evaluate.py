"""How good the model is: ``python -m training.evaluate --data DIR``.

Scores the English rows of DIR's public_eval.jsonl.gz, which nothing was trained, tuned or chosen
on, with an engine as the scorer runs it (texts as written, cut at the model's longest), and
prints tables for the model card.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from training.data import LABELS, Row, read
from workers.scorer.engines import ENGINES, Engine, load_engine

RESAMPLES = 200
PARITY = "detoxify-original-small-scores(RobertNimmo)"
PARITY_SCORE = "detoxify_original_small_toxicity"


def table(
    rows: Sequence[Row], scores: NDArray[np.float64], least: int = 10
) -> dict[str, dict[str, float]]:
    """ROC AUC per source and label, where both sides have at least ``least`` rows.

    A soft label counts as positive from 0.5.
    """
    result: dict[str, dict[str, float]] = {}
    for source, name, known, gold in _slices(rows):
        if min(gold.sum(), len(gold) - gold.sum()) >= least:
            found = float(roc_auc_score(gold, scores[known, LABELS.index(name)]))
            result.setdefault(source, {})[name] = found
    return result


def _slices(
    rows: Sequence[Row],
) -> list[tuple[str, str, NDArray[np.int64], NDArray[np.bool_]]]:
    """Source, label, the numbers of its rows with that label, and which of them are positive."""
    slices = []
    for source in sorted({row.source for row in rows}):
        of = [i for i, row in enumerate(rows) if row.source == source]
        for j, name in enumerate(LABELS):
            known = np.array([i for i in of if rows[i].weights[j] > 0], dtype=np.int64)
            gold = np.array([rows[i].labels[j] >= 0.5 for i in known], dtype=np.bool_)
            slices.append((source, name, known, gold))
    return slices


def interval(gold: NDArray[np.bool_], scores: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of the AUC, by resampling positives and negatives each."""
    rng = np.random.default_rng(0)
    positives, negatives = scores[gold], scores[~gold]
    found = [
        roc_auc_score(
            np.r_[np.ones(len(positives)), np.zeros(len(negatives))],
            np.r_[rng.choice(positives, len(positives)), rng.choice(negatives, len(negatives))],
        )
        for _ in range(RESAMPLES)
    ]
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def score_all(engine: Engine, texts: Sequence[str]) -> NDArray[np.float64]:
    """Scores by ``LABELS``, in the order of ``texts``."""
    result = np.zeros((len(texts), len(LABELS)))
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for start in range(0, len(order), 64):
        batch = order[start : start + 64]
        for i, found in zip(batch, engine.score([texts[i] for i in batch]), strict=True):
            result[i] = [found.values[name] for name in LABELS]
    return result


def parity(path: Path, engine: Engine) -> str:
    """The model's and Detoxify original-small's AUC on the same gold labels."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raw: list[dict[str, Any]] = [json.loads(line) for line in lines if PARITY in line]
    raw = [row for row in raw if row["source"] == PARITY and row["toxicity"] is not None]
    gold = np.array([row["toxicity"] >= 0.5 for row in raw])
    theirs = np.array([row["meta"][PARITY_SCORE] for row in raw])
    ours = score_all(engine, [row["text"] for row in raw])[:, 0]
    lines_ = []
    for name, scores in ((engine.name, ours), ("Detoxify original-small", theirs)):
        low, high = interval(gold, scores)
        lines_.append(f"| {name} | {roc_auc_score(gold, scores):.3f} | {low:.3f}-{high:.3f} |")
    return "\n".join((f"\nParity set, {len(raw)} rows, toxicity:\n", *lines_))


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--engine", type=click.Choice(ENGINES), default="onnx", show_default=True)
@click.option("--model", default="compact", show_default=True)
@click.option("--threads", default=2, show_default=True)
def main(data: Path, engine: str, model: str, threads: int) -> None:
    """Print ROC AUC with 95 % intervals per source and label."""
    loaded = load_engine(engine, model, threads)
    path = data / "public_eval.jsonl.gz"
    rows = list(read(path))
    scores = score_all(loaded, [row.text for row in rows])
    click.echo(f"{loaded.name} {loaded.version}, {engine}, {len(rows)} rows\n")
    click.echo("| source | label | rows | positive | AUC | 95 % interval |")
    click.echo("|---|---|---|---|---|---|")
    for source, name, known, gold in _slices(rows):
        if min(gold.sum(), len(gold) - gold.sum()) < 10:
            continue
        of = scores[known, LABELS.index(name)]
        low, high = interval(gold, of)
        click.echo(
            f"| {source} | {name} | {len(known)} | {int(gold.sum())} "
            f"| {roc_auc_score(gold, of):.3f} | {low:.3f}-{high:.3f} |"
        )
    click.echo(parity(path, loaded))


if __name__ == "__main__":
    main()
