"""What the default policy's thresholds mean: ``python -m training.thresholds --data DIR``."""

from __future__ import annotations

from pathlib import Path

import click

from moderato.domain.policy import Context, PolicyError, parse
from moderato.policies import default_text
from training.evaluation.command import measuring
from training.evaluation.measured import Measured, texts
from training.evaluation.mixes import MIXES, USUAL, mix
from training.evaluation.replay import REGULAR
from training.evaluation.thresholds import curve, meaning, meanings_table, sentence, sweep

_NEWCOMER = Context(author_approved=0, author_rejected=0)
_AUTHORS = {"an author whose comments were fine": REGULAR, "a newcomer": _NEWCOMER}


@click.command()
@click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A policy in TOML; the default policy unless given.",
)
@click.option("--sweep/--no-sweep", "swept", default=True, help="Try other thresholds, too.")
@click.option("--on", type=click.Choice(list(MIXES)), default=USUAL, help="The sweep's mix.")
@measuring
def main(measured: Measured, policy: Path | None, swept: bool, on: str) -> None:
    """Replay a policy on held-out comments: what it approves, what it rejects, what people get.

    Mixes are held-out training rows; the public evaluation is not looked at. "A usual day" is
    nine parts everyday talk and one part news comments picked for toxicity.

    \b
      python -m training.thresholds --data DIR
      python -m training.thresholds --data DIR --policy my-policy.toml --no-sweep
      python -m training.thresholds --data DIR --on "news picked for toxicity"
    """
    text = policy.read_text(encoding="utf-8") if policy else default_text()
    try:
        rules = parse(text, str(policy or "default.toml"))
    except PolicyError as error:
        raise click.ClickException(str(error)) from error
    mixes = {name: mix(measured.held_out, shares) for name, shares in MIXES.items()}
    click.echo(f"{measured.book.name}, policy {rules.name}")
    for who, context in _AUTHORS.items():
        meanings = {
            name: (rows, meaning(rows, measured.book.score(texts(rows.rows)), rules, context))
            for name, rows in mixes.items()
        }
        click.echo(f"\n## {who}\n\n{meanings_table(meanings)}\n")
        for name, (rows, meant) in meanings.items():
            click.echo(f"- {sentence(name, rows, meant)}")
    if swept:
        scores = measured.book.score(texts(mixes[on].rows))
        click.echo(f"\n## Toxicity alone, on {on}\n\n{curve(mixes[on], scores)}")
        click.echo(f"\n## Other thresholds, one at a time, on {on}")
        for heading, lines in sweep(mixes[on], scores, text):
            click.echo(f"\n### {heading}\n\n{lines}")


if __name__ == "__main__":
    main()
