"""Make the model: ``python -m training.train --data DIR --out DIR``.

A run that was interrupted goes on from its last checkpoint in the out folder. The rate of learning
is level until the last third of the long part, so that this can be made longer or shorter while it
is under way, by starting again with another number of steps. A short part with a mix of its own
polishes the result; ``--model`` polishes the model of a folder instead.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from tqdm import tqdm

from training import model as models
from training import templates
from training.augment import variant
from training.batches import (
    MAX_TOKENS,
    Batch,
    Example,
    collate,
    encode,
    epoch,
)  # fmt: skip
from training.data import LABELS, Row, fingerprint, load, unseen
from training.export import calibrate
from training.mix import GROUPS, mix_of
from training.restart import read_model
from training.run import LONG, SEED, SHORT, Pace, Run, predict
from training.teacher import taught
from workers.scorer.engines.prepare import prepare

SAVE_EVERY = 250
LOOK_EVERY = 2_000


def look(rows: list[Row], logits: NDArray[np.float64]) -> dict[str, float]:
    """AUC per label over held-out rows of all sources, and of toxicity by source."""
    labels = np.array([row.labels for row in rows]) >= 0.5
    known = np.array([row.weights for row in rows]) > 0
    sources = np.array([row.source for row in rows])
    slices = [(name, j, known[:, j]) for j, name in enumerate(LABELS)]
    slices += [(source, 0, known[:, 0] & (sources == source)) for source in sorted(set(sources))]
    return {
        name: round(float(roc_auc_score(labels[of, j], logits[of, j])), 4)
        for name, j, of in slices
        if 5 <= labels[of, j].sum() <= of.sum() - 5
    }


def tokenizer_of(out: Path, train: list[Row]) -> Tokenizer:
    """The run's tokenizer: chosen once, then kept in ``out``."""
    path = out / "tokenizer.json"
    if not path.exists():
        rng = random.Random(SEED)
        texts = [r.text for r in train] + [variant(r.text, rng) for r in train[::4]]
        texts += [r.text for r in templates.make(GROUPS.made, SEED)]
        models.build_tokenizer(models.choose_vocabulary(map(prepare, texts))).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class Epochs:
    """Batches without end, from where ``run`` stands; each epoch with made sentences of its own."""

    def __init__(self, run: Run, tokenizer: Tokenizer, train: list[Row], unseen: frozenset[str]):
        self._run = run
        self._tokenizer = tokenizer
        self._train = train
        self._unseen = unseen

    def __iter__(self) -> Iterator[Batch]:
        while True:
            batches = self._epoch(self._run.number)
            while self._run.at < len(batches):
                self._run.at += 1
                yield collate(batches[self._run.at - 1])
            self._run.number += 1
            self._run.at = 0

    def _epoch(self, number: int) -> list[list[Example]]:
        seed, mix = SEED * 1000 + number, mix_of(number)
        made = [
            r for r in templates.make(mix.made, seed) if fingerprint(r.text) not in self._unseen
        ]
        self._tokenizer.enable_truncation(mix.tokens)
        batches = epoch(self._tokenizer, [*self._train, *made], mix, seed)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        return batches


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--steps", default=7_500, show_default=True, help="Batches of 4,096 tokens.")
@click.option("--polish", default=300, show_default=True, help="Batches of the second part.")
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Only polish the model in this folder, such as workers/scorer/models/compact.",
)
@click.option("--threads", default=2, show_default=True)
def main(data: Path, out: Path, steps: int, polish: int, model: Path | None, threads: int) -> None:
    """Train, from the start or from the last checkpoint in OUT.

    \b
      python -m training.train --data DIR --out run
      python -m training.train --data DIR --out run --model workers/scorer/models/compact
    """
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)  # for the fresh heads
    out.mkdir(parents=True, exist_ok=True)
    if model:
        shutil.copyfile(model / "tokenizer.json", out / "tokenizer.json")
    train, validation = load(data)
    tokenizer = tokenizer_of(out, train)
    held_out = encode(tokenizer, [r.text for r in validation])
    run = Run(tokenizer, out / "checkpoint.pt")
    if model and not run.polishing:
        run.polish(read_model(model, MAX_TOKENS))
    for_evaluation = unseen(data)
    click.echo(f"{len(train)} rows, {len(validation)} held out")

    def learn(rows: list[Row], pace: Pace, last: int) -> None:
        batches = iter(Epochs(run, tokenizer, rows, for_evaluation))
        mean_loss = 0.0
        with tqdm(total=last, initial=run.step, unit="batch", mininterval=10) as bar:
            while run.step < last:
                loss = run.learn(next(batches), pace.rate(run.step, last), pace.ema)
                mean_loss += 0.02 * (loss - mean_loss)
                bar.update()
                bar.set_postfix(epoch=run.number, loss=f"{mean_loss:.4f}", refresh=False)
                if run.step % SAVE_EVERY == 0 or run.step == last:
                    run.save()
                if run.step % LOOK_EVERY == 0 or run.step == last:
                    found = look(validation, predict(run.result(), held_out))
                    bar.write(json.dumps({"step": run.step, **found}))

    if not run.polishing:
        learn(train, LONG, steps)
        run.polish(run.average)
    teacher = run.began()
    calibrate(teacher, tokenizer, validation)
    learn(taught(train, teacher, tokenizer), SHORT, polish)
    click.echo("done; next: python -m training.export")


if __name__ == "__main__":
    main()
