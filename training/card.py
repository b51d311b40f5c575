"""Fill the model card: ``python -m training.card --data DIR``.

docs/model-card.md is written by hand, except for what stands between ``<!-- figures: NAME -->``
and ``<!-- end -->``, which this replaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from training.evaluation import figures
from training.evaluation.command import measuring
from training.evaluation.measured import Measured
from training.evaluation.pictures import draw

DOCS = Path(__file__).parents[1] / "docs"
_BEGIN = re.compile(r"<!-- figures: ([\w-]+) -->\n")
_END = "<!-- end -->"


def places(card: str) -> list[str]:
    """The names of the places for figures. Raises ValueError where one does not end."""
    names = []
    for match in _BEGIN.finditer(card):
        after = card[match.end() :]
        end, following = after.find(_END), _BEGIN.search(after)
        if end < 0 or (following and following.start() < end):
            raise ValueError(f"The place for {match[1]} does not end with {_END}.")
        names.append(match[1])
    return names


def fill(card: str, found: Mapping[str, str]) -> str:
    """``card`` with what is ``found`` put in its places; other places stay as they are."""
    for name in places(card):
        if name in found:
            begin = card.index(f"<!-- figures: {name} -->")
            end = card.index(_END, begin)
            card = f"{card[:begin]}<!-- figures: {name} -->\n{found[name]}\n{card[end:]}"
    return card


@click.command()
@click.option(
    "--card",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=DOCS / "model-card.md",
    help="The card; pictures go into a folder of the same name beside it.",
)
@click.option(
    "--speed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="From python -m benchmarks --only scoring --json FILE; left as it is unless given.",
)
@click.option("--only", multiple=True, help="Fill only this place; repeatable. No pictures.")
@measuring
def main(measured: Measured, card: Path, speed: Path | None, only: tuple[str, ...]) -> None:
    """Measure the model, and write every figure and picture of the model card.

    Nothing is written before all of it has been measured.

    \b
      python -m training.card --data DIR
      python -m training.card --data DIR --speed scoring.json
      python -m training.card --data DIR --only summary --only bias
    """
    text = card.read_text(encoding="utf-8")
    try:
        wanted = places(text)
        found = {"speed": figures.speed(speed)} if speed else {}
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    unknown = [n for n in wanted if n not in {*figures.PARTS, "speed"}]
    if unknown or set(only) - {*wanted}:
        names = ", ".join([*unknown, *sorted(set(only) - {*wanted})])
        raise click.ClickException(f"{card}: no figures or no place for {names}.")
    for name in wanted:
        if name in figures.PARTS and (not only or name in only):
            click.echo(f"measuring {name}", err=True)
            found[name] = figures.PARTS[name][1](measured)
    if not only:
        click.echo("drawing pictures", err=True)
        draw(measured, card.with_suffix(""))
    part = card.with_suffix(".part")
    part.write_text(fill(text, found), encoding="utf-8")
    part.replace(card)
    left = [name for name in wanted if name not in found]
    click.echo(f"{card}: {len(found)} places filled; as they were: {', '.join(left) or 'none'}.")


if __name__ == "__main__":
    main()
