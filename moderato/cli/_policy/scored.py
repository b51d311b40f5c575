"""Scores for one text: the bundled model's, or given by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import click

from moderato.config import Config
from moderato.domain.scores import ATTRIBUTES, Scores

#: Seconds the model may take to load and score one text.
_PATIENCE = 120.0


class ByHand(click.ParamType[tuple[str, float]]):
    """NAME=SCORE, as toxicity=0.9."""

    name = "name=score"

    def convert(
        self,
        value: str | tuple[str, float],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        name, _, number = value.partition("=")
        if name not in ATTRIBUTES:
            self.fail(f"{name!r} is no attribute; use one of {', '.join(ATTRIBUTES)}.", param, ctx)
        try:
            score = float(number)
        except ValueError:
            score = -1.0
        if not 0 <= score <= 1:
            self.fail(f"{value!r}: write {name}=0.9, a number from 0 to 1.", param, ctx)
        return name, score


def by_hand(given: Iterable[tuple[str, float]]) -> Scores:
    return Scores(values=dict(given), model="by hand", model_version="")


def by_model(text: str, config: Config) -> Scores:
    """What the configured model says, in a process of its own: this package has no model.

    Raises ClickException, with a way out, where the model cannot be had.
    """
    command = [sys.executable, "-m", "workers.scorer.score_cli"]
    options = ["--engine", config.engine, "--model", config.model]
    try:
        run = subprocess.run(  # noqa: S603 -- our own module, and the text goes to its stdin
            [*command, *options],
            input=json.dumps({"text": text}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise click.ClickException(_way_out(f"it took longer than {_PATIENCE:.0f} s")) from None
    if run.returncode != 0:
        raise click.ClickException(_way_out(run.stderr.strip().rsplit("\n", 1)[-1]))
    return _scores(json.loads(run.stdout))


def _scores(row: dict[str, Any]) -> Scores:
    return Scores(
        values=row["scores"],
        model=row["model"],
        model_version=row["version"],
        folded_gain=row["folded_gain"],
        language=row["language"],
        language_known=row["language_known"],
        spans=tuple((begin, end) for begin, end in row["spans"]),
    )


def _way_out(trouble: str) -> str:
    return (
        f"The model could not score the text: {trouble.removeprefix('Error: ')}\n"
        "Give scores by hand (--score toxicity=0.9), or try without any (--unscored)."
    )
