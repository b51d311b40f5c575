"""What the model gets wrong: ``python -m training.errors --data DIR``."""

from __future__ import annotations

import click

from training.evaluation import ranking
from training.evaluation.command import measuring
from training.evaluation.errors import SOURCES, worst
from training.evaluation.measured import Measured


@click.command()
@click.option("--count", type=click.IntRange(1), default=10, help="Of each kind in each slice.")
@click.option("--label", default="toxicity", show_default=True)
@click.option("--source", "sources", multiple=True, help="Repeatable; all where it has the label.")
@measuring
def main(measured: Measured, count: int, label: str, sources: tuple[str, ...]) -> None:
    """Print the worst errors for a person to read: false alarms and misses, slice by slice.

    The worst are those furthest from their label. Each line: score, label, text.

    \b
      python -m training.errors --data DIR
      python -m training.errors --data DIR --label identity_attack --source hatecheck-en --count 25
    """
    unknown = set(sources) - set(measured.sources)
    if unknown:
        known = ", ".join(measured.sources)
        raise click.UsageError(f"There is no source {', '.join(sorted(unknown))}; known: {known}.")
    if label not in measured.book.attributes:
        known = ", ".join(measured.book.attributes)
        raise click.UsageError(f"The model does not score {label!r}; it scores {known}.")
    for source in sources or SOURCES.get(label, tuple(measured.sources)):
        for kind, errors in worst(measured, source, label, count).items():
            if errors:
                title = ranking.TITLES.get(source, source)
                click.echo(f"\n## {title}, {label}: {kind}\n")
            for error in errors:
                click.echo(f"{error.score:.3f}  {error.gold:.2f}  {error.text!r}")


if __name__ == "__main__":
    main()
