"""Are nationalities treated alike: ``python -m training.nationalities``."""

from __future__ import annotations

from pathlib import Path

import click

from training.evaluation import nationalities
from training.evaluation.command import scoring
from training.evaluation.scored import ScoreBook


@click.command()
@click.option(
    "--sentences",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=nationalities.SENTENCES,
    help="Templates and nationalities, in TOML.",
)
@scoring
def main(book: ScoreBook, sentences: Path) -> None:
    """Put harmless sentences about nationalities to the default policy, and say what it holds.

    \b
      python -m training.nationalities
      python -m training.nationalities --sentences tests/scorer/nationalities.toml
    """
    found = nationalities.outcomes(nationalities.read(sentences), book.score)
    click.echo(f"{book.name}\n\n{nationalities.summary_table(found)}")
    for part in (nationalities.by_rule, nationalities.by_nationality, nationalities.by_template):
        click.echo(f"\n{part(found)}")


if __name__ == "__main__":
    main()
