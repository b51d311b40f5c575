"""What the commands that measure have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from training.evaluation.measured import Measured
from training.evaluation.scored import CACHE, ScoreBook
from workers.scorer.engines import EngineError

Command = Callable[..., None]

_FOLDER = click.Path(path_type=Path, file_okay=False)
_OPTIONS = (
    click.option("--model", default="compact", show_default=True),
    click.option("--threads", default=0, show_default=True, help="0: as many as it likes."),
    click.option(
        "--cache",
        type=_FOLDER,
        default=CACHE,
        show_default=True,
        help="Where scores are kept, by model and code.",
    ),
)
_DATA = (
    click.option(
        "--data",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        required=True,
        help="Folder with train.jsonl.gz, public_eval.jsonl.gz and toxic_spans/.",
    ),
    click.option(
        "--sample",
        type=click.IntRange(0),
        default=0,
        help="Look at this many rows of each source only, to try things out; 0: at all.",
    ),
    click.option(
        "--compare",
        type=click.IntRange(0),
        default=0,
        help="Score only this many rows of each source in floating point, too; 0: all.",
    ),
)


def measuring(run: Command) -> Command:
    """Adds options for data and model; ``run`` gets a ``Measured`` first."""

    @wraps(run)
    def command(
        data: Path,
        model: str,
        threads: int,
        sample: int,
        compare: int,
        cache: Path,
        **others: Any,
    ) -> None:
        with _explained():
            book, reference = (
                ScoreBook(engine, model, threads, cache) for engine in ("onnx", "detoxify")
            )
            run(Measured(data, book, reference, sample, compare), **others)

    return _with(command, (*_DATA, *_OPTIONS))


def scoring(run: Command) -> Command:
    """Adds options for the model alone; ``run`` gets a ``ScoreBook`` first."""

    @wraps(run)
    def command(model: str, threads: int, cache: Path, **others: Any) -> None:
        with _explained():
            run(ScoreBook("onnx", model, threads, cache), **others)

    return _with(command, _OPTIONS)


@contextmanager
def _explained() -> Iterator[None]:
    """Errors that the person at the terminal can mend, without a traceback."""

    try:
        yield
    except (EngineError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
