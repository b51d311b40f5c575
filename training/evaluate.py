"""How good the model is: ``python -m training.evaluate --data DIR``.

Measures on the rows of DIR's public_eval.jsonl.gz and toxic_spans/test.csv.gz, which nothing was
trained, tuned or chosen on, and, where it says held out, on the validation rows. Texts go the
scorer's own way. Scores are kept in build/scores, by model and code.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from training.evaluation.command import measuring
from training.evaluation.figures import PARTS
from training.evaluation.measured import Measured


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
