"""Score texts at the command line: ``python -m workers.scorer.score_cli < texts.jsonl``.

Reads JSON lines with a ``text``, writes one JSON line of scores for each, in the same order, or
of the ``error`` where the model failed on that text.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

import click

from moderato.cli.deployment import model_in_use, models_dir
from moderato.config import Config, ConfigError
from moderato.domain.scores import Scores
from workers.scorer.engines import ENGINES, Engine, EngineError, load_engine
from workers.scorer.scoring import score_texts

BATCH = 64


def read(lines: Iterable[str]) -> Iterator[str]:
    """The texts. Raises ClickException, naming the line, where one has none."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise click.ClickException(f"Line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise click.ClickException(f'Line {number} must look like {{"text": "..."}}.')
        yield row["text"]


def each(engine: Engine, texts: Sequence[str]) -> list[Scores | str]:
    """The scores of ``texts`` in their order; what went wrong where the model fails on one."""
    try:
        return list(score_texts(engine, texts))
    except Exception as error:  # whatever a model may raise; the others are not to suffer
        if len(texts) > 1:
            middle = len(texts) // 2
            return each(engine, texts[:middle]) + each(engine, texts[middle:])
        return [f"{type(error).__name__}: {error}"]


def as_json(scores: Scores | str) -> str:
    if isinstance(scores, str):
        return json.dumps({"error": scores})
    return json.dumps(
        {
            "scores": {name: round(value, 4) for name, value in scores.values.items()},
            "model": scores.model,
            "version": scores.model_version,
            "language": scores.language,
            "language_known": scores.language_known,
            "folded_gain": round(scores.folded_gain, 4),
            "spans": scores.spans,
        }
    )


@click.command()
@click.option("--engine", type=click.Choice(ENGINES), default="onnx", show_default=True)
@click.option("--model", help="Default: the one in use.")
@click.option(
    "--models-dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Where pulled models lie.  [default: MODERATO_MODELS_DIR]",
)
@click.option("--threads", default=0, show_default=True, help="0 lets the engine choose.")
@click.option("--gently", is_flag=True, help="Leave the processors to whoever else wants them.")
@click.argument("source", type=click.File("r", encoding="utf-8"), default="-")
def main(
    engine: str, model: str | None, folder: Path | None, threads: int, gently: bool, source: TextIO
) -> None:
    """Score the texts of SOURCE, or of standard input."""
    if gently:
        os.nice(10)
    try:
        config = Config.from_env()
        models = folder or models_dir(config)
        loaded = load_engine(engine, model or model_in_use(config, models), threads, models)
        texts = read(source)
        while batch := list(islice(texts, BATCH)):
            for scores in each(loaded, batch):
                click.echo(as_json(scores))
    except (ConfigError, EngineError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
