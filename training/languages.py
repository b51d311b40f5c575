"""How well languages are told apart: ``python -m training.languages --data DIR``."""

from __future__ import annotations

import click

from training.evaluation import languages
from training.evaluation.command import measuring
from training.evaluation.measured import Measured


@click.command()
@click.option("--held", type=click.IntRange(0), default=20, help="English comments to show.")
@measuring
def main(measured: Measured, held: int) -> None:
    """Say how many comments in each language are taken for readable, by their length.

    English ones should be, all others should not: what the model does not know goes to a person.
    No model is loaded.

    \b
      python -m training.languages --data DIR
      python -m training.languages --data DIR --sample 500 --held 50
    """
    click.echo(f"{languages.by_length(measured.everything)}\n")
    click.echo(languages.by_length(languages.short_comments()))
    click.echo("\nEnglish comments that are held, the shortest:\n")
    for text in languages.held_english(measured.english, held):
        click.echo(f"  {text[:100]!r}")


if __name__ == "__main__":
    main()
