"""What undoing disguises is worth, and what it spoils: ``python -m training.obfuscation``.

Prints two tables in Markdown: the share of toxic comments that the model finds when they are
disguised, with and without folding; and how often folding changes clean text that is not
disguised. Takes some minutes on two cores.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from moderato.domain.scores import Scores
from moderato.domain.text import fold
from moderato.policies import default_text
from training import clean_texts
from training.attacks import ATTACKS, attacked
from training.data import Row, load, read
from workers.scorer.engines import ENGINES, Engine, load_engine
from workers.scorer.scoring import score_texts

#: Rows of the public evaluation that are attacked; a person said of each that it is toxic.
TOXIC_SOURCES = ("surge", "jigsaw2018-test-balanced(RobTest)")
#: What stands in for them while the folding is worked on.
DEVELOPMENT_SOURCES = ("jigsaw2018-six",)
#: Comments longer than this have more than one window, and only take longer.
LONGEST = 300
BATCH = 64
_PICTURE = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
#: From this rise on folding alone may change what happens to a comment.
RISE = 0.3
SEED = 0


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of attacked comments found as toxic: without folding, and with it."""

    as_written: float
    folded: float


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What folding did to ``texts`` clean ones: shares of them."""

    texts: int
    changed: float
    raised: float


def threshold() -> float:
    """The toxicity from which on the default policy may send a comment to a person for it."""
    asked = [
        float(rule["when"]["scores"]["toxicity"].removeprefix(">= "))
        for rule in tomllib.loads(default_text())["rules"]
        if rule["then"] == "flag" and "toxicity" in rule["when"].get("scores", {})
        if rule["when"].keys() <= {"scores", "any_score"}
    ]
    if not asked:
        raise click.ClickException("The default policy flags nothing for its toxicity.")
    return min(asked)


def recall(engine: Engine, texts: Sequence[str], limit: float) -> Recall:
    """How many of ``texts``, all of them toxic, have a toxicity of at least ``limit``."""
    scores = list(score_all(engine, texts))
    found = np.array([each.values["toxicity"] for each in scores])
    # The higher of both forms counts, so the gain is what the text as written had less.
    gains = np.array([each.folded_gain for each in scores])
    return Recall(float((found - gains >= limit).mean()), float((found >= limit).mean()))


def flagged(engine: Engine, texts: Sequence[str], limit: float) -> float:
    """The share of ``texts`` with a toxicity of at least ``limit``, disguises undone."""
    return recall(engine, texts, limit).folded


def spoilt(engine: Engine, texts: Sequence[str]) -> Spoilt:
    changed = [_plain(fold(text)) != _plain(text) for text in texts]
    gains = np.array([each.folded_gain for each in score_all(engine, texts)])
    return Spoilt(len(texts), float(np.mean(changed)), float((gains >= RISE).mean()))


def score_all(engine: Engine, texts: Sequence[str]) -> Iterator[Scores]:
    for start in range(0, len(texts), BATCH):
        yield from score_texts(engine, texts[start : start + BATCH])


def _plain(text: str) -> str:
    """``text`` without what no reader takes for a change."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def toxic(data: Path, count: int, *, develop: bool) -> list[str]:
    """``count`` toxic comments by chance, the same each time."""
    sources = DEVELOPMENT_SOURCES if develop else TOXIC_SOURCES
    rows = load(data)[0] if develop else read(data / "public_eval.jsonl.gz")
    return _sample(
        (
            row.text
            for row in rows
            if row.source.startswith(sources)
            and row.labels[0] >= 0.5
            and 3 <= len(row.text) <= LONGEST
        ),
        count,
    )


def harmless(data: Path, count: int, *, develop: bool) -> list[str]:
    """``count`` comments without any toxicity, to see what the attacks themselves look like."""
    path = data / ("train.jsonl.gz" if develop else "public_eval.jsonl.gz")
    source = (DEVELOPMENT_SOURCES if develop else TOXIC_SOURCES)[0]
    return _sample(_harmless(read(path), source), count)


def clean(data: Path, count: int) -> dict[str, list[str]]:
    """Texts that are not disguised, by what they are: up to ``count`` of each."""
    evaluation, training = data / "public_eval.jsonl.gz", data / "train.jsonl.gz"
    found = {
        "English (surge)": _harmless(read(evaluation), "surge"),
        "German (GermEval)": _harmless(read(evaluation, "de"), "germeval"),
        "Portuguese (ToLD-Br)": _harmless(read(training, "pt"), "told-br"),
        "Chinese (COLD)": _harmless(read(evaluation, "zh"), "cold"),
        "Korean (KoCo)": _harmless(read(training, "ko"), "kocohub"),
        "English with emoji (Hatemoji)": filter(
            _PICTURE.search, _harmless(read(training), "hatemojibuild-train")
        ),
        "code (lines of Python's asyncio)": _code(),
    }
    return {name: _sample(texts, count) for name, texts in found.items()} | {
        "Russian": clean_texts.RUSSIAN,
        "Ukrainian": clean_texts.UKRAINIAN,
        "Greek": clean_texts.GREEK,
        "Arabic, Persian, Urdu": clean_texts.ARABIC,
        "Hebrew": clean_texts.HEBREW,
    }


def _harmless(rows: Iterable[Row], source: str) -> Iterator[str]:
    for row in rows:
        known = row.source.startswith(source) and row.weights[0] > 0
        if known and row.labels[0] == 0 and len(row.text) <= LONGEST:
            yield row.text


def _code() -> Iterator[str]:
    for path in sorted(Path(asyncio.__file__).parent.glob("*.py")):
        yield from (line for line in path.read_text("utf-8").splitlines() if len(line) > 30)


def _sample(texts: Iterable[str], count: int) -> list[str]:
    every = sorted(set(texts))
    return random.Random(SEED).sample(every, min(count, len(every)))


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--engine", type=click.Choice(ENGINES), default="onnx", show_default=True)
@click.option("--model", default="compact", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--count", default=300, show_default=True, help="Texts of each kind.")
@click.option("--only", default="", help="Attacks and kinds of text whose name begins so.")
@click.option("--develop", is_flag=True, help="Attack training rows, to work on the folding.")
def main(
    data: Path, engine: str, model: str, threads: int, count: int, only: str, develop: bool
) -> None:
    """Print recall per attack with and without folding, and what folding does to clean text.

    \b
    DATA holds train.jsonl.gz and public_eval.jsonl.gz, as training/README.md says.
      python -m training.obfuscation --data DIR > tables.md
      python -m training.obfuscation --data DIR --develop --only leet
    """
    loaded = load_engine(engine, model, threads)
    limit = threshold()
    texts = toxic(data, count, develop=develop)
    others = harmless(data, count, develop=develop)
    sets = {name: of for name, of in clean(data, count).items() if name.startswith(only)}
    attacks = [name for name in ATTACKS if name.startswith(only)]
    click.echo(f"{loaded.name} {loaded.version}, {engine}: toxicity of at least {limit}.")
    click.echo(f"{len(texts)} toxic and {len(others)} harmless comments.\n")
    click.echo("| attack | found as written | found with folding | lost | harmless ones flagged |")
    click.echo("|---|---|---|---|---|")
    plain = recall(loaded, texts, limit)
    wrong = flagged(loaded, others, limit)
    click.echo(f"| none | {plain.as_written:.3f} | {plain.folded:.3f} | | {wrong:.3f} |")
    for name in _with_progress(attacks):
        found = recall(loaded, [attacked(text, name) for text in texts], limit)
        wrong = flagged(loaded, [attacked(text, name) for text in others], limit)
        click.echo(
            f"| {name} | {found.as_written:.3f} | {found.folded:.3f} "
            f"| {plain.folded - found.folded:.3f} | {wrong:.3f} |"
        )
    click.echo(f"\n| clean text | texts | changed | toxicity raised by {RISE} or more |")
    click.echo("|---|---|---|---|")
    for name in _with_progress(list(sets)):
        bad = spoilt(loaded, sets[name])
        click.echo(f"| {name} | {bad.texts} | {bad.changed:.3f} | {bad.raised:.3f} |")


def _with_progress(names: Sequence[str]) -> Iterator[str]:
    """``names``, with a bar on standard error where that is a terminal."""
    with click.progressbar(names, file=sys.stderr, item_show_func=str) as bar:
        yield from bar


if __name__ == "__main__":
    main()
