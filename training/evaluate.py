"""How good the model is: ``python -m training.evaluate --data DIR``.

Measures on the rows of DIR's public_eval.jsonl.gz and toxic_spans/test.csv.gz, which nothing was
trained, tuned or chosen on, and, where it says held out, on the validation rows. Texts go the
scorer's own way. Scores are kept in build/scores, by model and code.
"""

from __future__ import annotations

from collections.abc import Sequence

import click
import numpy as np
from numpy.typing import NDArray

from training.data import LABELS, Row
from training.evaluation.command import measuring
from training.evaluation.figures import PARTS
from training.evaluation.measured import LEAST, Measured
from training.evaluation.metrics import auc


def table(
    rows: Sequence[Row], scores: NDArray[np.float64], least: int = LEAST
) -> dict[str, dict[str, float]]:
    """ROC AUC per source and label, where both sides have at least ``least`` rows.

    ``scores`` go by ``rows`` and ``LABELS``. A soft label counts as positive from 0.5.
    """
    result: dict[str, dict[str, float]] = {}
    for source in sorted({row.source for row in rows}):
        for j, name in enumerate(LABELS):
            known = [i for i, r in enumerate(rows) if r.source == source and r.weights[j] > 0]
            gold = np.array([rows[i].labels[j] >= 0.5 for i in known], dtype=np.bool_)
            if min(gold.sum(), len(gold) - gold.sum()) >= least:
                of = scores[known, j]
                result.setdefault(source, {})[name] = auc(of[gold], of[~gold])
    return result


@click.command()
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Repeatable.")
@measuring
def main(measured: Measured, only: Sequence[str]) -> None:
    """Print every table of the model card, except for speed and disguises.

    \b
      python -m training.evaluate --data DIR
      python -m training.evaluate --data DIR --only summary --only bias
      python -m training.evaluate --data DIR --sample 200
    """
    click.echo(f"{measured.book.name}, {len(measured.english):,} public English rows")
    for name in only or PARTS:
        heading, part = PARTS[name]
        click.echo(f"\n## {heading}\n\n{part(measured)}")


if __name__ == "__main__":
    main()
