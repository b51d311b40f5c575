"""The English words that the model has read often: ``python -m training.words --data DIR``.

Language identification takes a text made of these words for English: of one or two words, letters
alone say too little.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from training.data import load
from workers.scorer.language import WORDS, words_of

#: Fewest training comments that a word is in.
LEAST = 20


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=WORDS)
def main(data: Path, out: Path) -> None:
    """Write the words of the training comments, one a line.

    \b
      python -m training.words --data DIR
    """
    counts: Counter[str] = Counter()
    for row in load(data)[0]:
        counts.update(set(words_of(row.text)))
    words = sorted(word for word, count in counts.items() if count >= LEAST)
    part = out.with_suffix(".part")
    part.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    part.replace(out)
    click.echo(f"{len(words):,} words in at least {LEAST} comments each: {out}")


if __name__ == "__main__":
    main()
