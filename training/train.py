"""Make the model: ``python -m training.train --data DIR --out DIR``.

A run that was interrupted goes on from its last checkpoint in the out folder. The rate of learning
is level until the last part of the run, so a run can be made longer or shorter while it is under
way, by starting it again with another number of steps.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    TRAINED_TOKENS,
    Batch,
    Example,
    Ids,
    collate,
    encode,
    epoch,
    pad,
)  # fmt: skip
from training.data import LABELS, Row, fingerprint, load, unseen
from training.model import Compact
from workers.scorer.engines.prepare import prepare

PEAK_RATE = 2e-4
#: Steps in which the rate rises to its peak, and the share of all steps in which it falls to 0.
WARM_UP = 500
COOL_DOWN = 0.3
EMA = 0.999
#: How much the marks of toxic words weigh beside the labels of the text.
SPAN_WEIGHT = 0.3
#: Made sentences per epoch, anew for each.
MADE = 16_000
SAVE_EVERY = 250
LOOK_EVERY = 2_000
SEED = 2026

Bce = torch.nn.functional.binary_cross_entropy_with_logits


@torch.no_grad()
def predict(model: Compact, ids: list[Ids]) -> NDArray[np.float64]:
    """Logits by ``LABELS``, in the order of ``ids``, in half precision."""
    model.train(False)
    result = np.zeros((len(ids), len(LABELS)))
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    for start in range(0, len(order), 64):
        batch = order[start : start + 64]
        tokens, mask = pad([ids[i] for i in batch])
        with torch.autocast("cpu", torch.bfloat16):
            logits, _ = model(tokens, mask)
        result[batch] = logits.double().numpy()
    return result


def rate(step: int, steps: int) -> float:
    """Share of the peak rate: up, level, then down to 0 (warm-up, stable, decay)."""
    cool = max(1, int(steps * COOL_DOWN))
    return min(1.0, step / WARM_UP, max(0.0, (steps - step) / cool))


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
        texts += [r.text for r in templates.make(MADE, SEED)]
        models.build_tokenizer(models.choose_vocabulary(map(prepare, texts))).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class Run:
    """Weights, their moving average and the optimizer, as they stand after ``step`` batches.

    The next batch is number ``at`` of epoch ``number``.
    """

    def __init__(self, tokenizer: Tokenizer, checkpoint: Path) -> None:
        self.model = models.build_model(models.vocabulary_of(tokenizer), MAX_TOKENS)
        self.average = copy.deepcopy(self.model)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=PEAK_RATE, weight_decay=0.01, fused=True
        )
        self.step = self.number = self.at = 0
        self._path = checkpoint
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["ema"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.number, self.at = state["position"]

    def save(self) -> None:
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "ema": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "position": (self.step, self.number, self.at),
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)

    def learn(self, batch: Batch, share: float) -> float:
        """One batch at ``share`` of the peak rate; its loss.

        Binary cross-entropy: over the labels, weighted, plus over the marked tokens.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = PEAK_RATE * share
        self.model.train()
        # So that dropout does not depend on where the run was interrupted.
        torch.manual_seed(SEED * 100_000 + self.step)
        with torch.autocast("cpu", torch.bfloat16):
            logits, spans = self.model(batch.ids, batch.mask)
        each = Bce(logits.float(), batch.labels, reduction="none") * batch.weights
        loss = each.sum() / batch.weights.sum().clamp(min=1)
        tokens = Bce(spans.float(), batch.marks, reduction="none") * batch.marked
        loss = loss + SPAN_WEIGHT * tokens.sum() / batch.marked.sum().clamp(min=1)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        decay = min(EMA, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.model.parameters(), strict=True)
            for mean, now in pairs:
                mean.lerp_(now, 1 - decay)
        return loss.item()


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
        seed = SEED * 1000 + number
        made = [r for r in templates.make(MADE, seed) if fingerprint(r.text) not in self._unseen]
        self._tokenizer.enable_truncation(TRAINED_TOKENS)
        batches = epoch(self._tokenizer, [*self._train, *made], seed)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        return batches


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--steps", default=16_000, show_default=True, help="Batches of 4,096 tokens.")
@click.option("--threads", default=2, show_default=True)
def main(data: Path, out: Path, steps: int, threads: int) -> None:
    """Train, from the start or from the last checkpoint in OUT.

    Example: python -m training.train --data data --out run
    """
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)  # for the fresh heads
    out.mkdir(parents=True, exist_ok=True)
    train, validation = load(data)
    tokenizer = tokenizer_of(out, train)
    held_out = encode(tokenizer, [r.text for r in validation])
    run = Run(tokenizer, out / "checkpoint.pt")
    click.echo(f"{len(train)} rows, {len(validation)} held out, step {run.step} of {steps}")
    mean_loss = 0.0
    with tqdm(total=steps, initial=run.step, unit="batch", mininterval=10) as bar:
        for batch in Epochs(run, tokenizer, train, unseen(data)):
            if run.step >= steps:
                break
            loss = run.learn(batch, rate(run.step, steps))
            mean_loss += 0.02 * (loss - mean_loss)
            bar.update()
            bar.set_postfix(epoch=run.number, loss=f"{mean_loss:.4f}", refresh=False)
            last = run.step == steps
            if run.step % SAVE_EVERY == 0 or last:
                run.save()
            if run.step % LOOK_EVERY == 0 or last:
                found = look(validation, predict(run.average, held_out))
                bar.write(json.dumps({"step": run.step, **found}))
    click.echo("done; next: python -m training.export")


if __name__ == "__main__":
    main()
