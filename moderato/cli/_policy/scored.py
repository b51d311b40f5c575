"""Scores for one text: the model's, or given by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import click

from moderato.cli._model import ModelError, score
from moderato.config import Config
from moderato.domain.scores import Scores


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
        try:
            score = float(number)
        except ValueError:
            score = -1.0
        if not 0 <= score <= 1:
            self.fail(f"{value!r}: write {name}=0.9, a number from 0 to 1.", param, ctx)
        return name, score


def by_hand(given: Iterable[tuple[str, float]], known: Collection[str]) -> Scores:
    """Scores as ``given``. Raises UsageError for a name that is not among ``known``."""
    for name, _ in given:
        if name not in known:
            raise click.UsageError(f"{name!r} is no attribute; use one of {', '.join(known)}.")
    return Scores(values=dict(given), model="by hand", model_version="")


def by_model(text: str, config: Config, model: str, models: Path) -> Scores:
    """What ``model``, bundled or in the folder ``models``, says.

    Raises ClickException, with a way out, where the model cannot be had.
    """
    try:
        return score(text, config, model, models)
    except ModelError as error:
        raise click.ClickException(
            f"The model could not score the text: {error}\n"
            "Give scores by hand (--score toxicity=0.9), or try without any (--unscored)."
        ) from error
