"""Make the model: ``python -m training.train --data DIR --out DIR``.

The folder for data holds train.jsonl.gz and public_eval.jsonl.gz; the latter only to leave its
texts out. A run that was interrupted goes on from its last checkpoint in the out folder.
"""

from __future__ import annotations

import copy
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from training import model as models
from training.augment import variant
from training.batches import BATCH, MAX_TOKENS, VARIANTS, Ids, encode, epoch, pad
from training.data import LABELS, Row, load
from training.evaluate import table
from workers.scorer.engines.prepare import prepare

PEAK_RATE = 2e-4
WARM_UP = 0.05
EMA = 0.999
SAVE_EVERY = 250
SEED = 2026


@torch.no_grad()
def predict(model: BertForSequenceClassification, ids: list[Ids]) -> NDArray[np.float64]:
    """Logits, in the order of ``ids``."""
    model.train(False)
    result = np.zeros((len(ids), len(LABELS)))
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    for start in range(0, len(order), 128):
        batch = order[start : start + 128]
        tokens, mask = pad([ids[i] for i in batch])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(tokens, attention_mask=mask).logits
        result[batch] = logits.double().numpy()
    return result


def rate(step: int, steps: int) -> float:
    """Share of the peak rate: up during the warm-up, then down to 0."""
    warm = max(1, int(steps * WARM_UP))
    return min(step / warm, max(0.0, (steps - step) / (steps - warm)))


def tokenizer_of(out: Path, train: list[Row]) -> Tokenizer:
    """The run's tokenizer: chosen once, then kept in ``out``."""
    path = out / "tokenizer.json"
    if not path.exists():
        rng = random.Random(SEED)
        texts = [r.text for r in train] + [variant(r.text, rng) for r in train[::4]]
        models.build_tokenizer(models.choose_vocabulary(map(prepare, texts))).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class Run:
    """Weights, their moving average and the optimizer, as they stand after ``step`` batches."""

    def __init__(self, tokenizer: Tokenizer, checkpoint: Path) -> None:
        self.model = models.build_model(models.vocabulary_of(tokenizer), MAX_TOKENS)
        self.average = copy.deepcopy(self.model)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=PEAK_RATE, weight_decay=0.01)
        self.step = 0
        self._path = checkpoint
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["ema"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]

    def save(self) -> None:
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "ema": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)

    def learn(
        self, ids: list[Ids], labels: torch.Tensor, weights: torch.Tensor, share: float
    ) -> float:
        """One batch at ``share`` of the peak rate; its loss: weighted binary cross-entropy."""
        for group in self.optimizer.param_groups:
            group["lr"] = PEAK_RATE * share
        self.model.train()
        tokens, mask = pad(ids)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.model(tokens, attention_mask=mask).logits.float()
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, labels, reduction="none"
        )
        loss = (each * weights).sum() / weights.sum()
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


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--epochs", default=3.0, show_default=True)
@click.option("--threads", default=2, show_default=True)
def main(data: Path, out: Path, epochs: float, threads: int) -> None:
    """Train, from the start or from the last checkpoint in OUT."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    out.mkdir(parents=True, exist_ok=True)
    train, validation = load(data)
    tokenizer = tokenizer_of(out, train)
    rng = random.Random(SEED)
    texts = [r.text for r in train]
    disguised = [[variant(t, rng) for t in texts] for _ in range(VARIANTS)]
    variants = [encode(tokenizer, some) for some in (texts, *disguised)]
    held_out = encode(tokenizer, [r.text for r in validation])
    labels = torch.tensor([r.labels for r in train])
    weights = torch.tensor([r.weights for r in train])

    run = Run(tokenizer, out / "checkpoint.pt")
    per_epoch = math.ceil(len(train) / BATCH)
    steps = int(per_epoch * epochs)
    click.echo(f"{len(train)} rows, {len(validation)} held out, step {run.step} of {steps}")
    began, first, mean_loss = time.monotonic(), run.step, 0.0
    batches: list[tuple[list[int], list[Ids]]] = []
    while run.step < steps:
        number, at = divmod(run.step, per_epoch)
        if not batches or at == 0:
            batches = epoch(variants, SEED * 1000 + number)
        rows, ids = batches[at]
        loss = run.learn(ids, labels[rows], weights[rows], rate(run.step, steps))
        mean_loss += 0.02 * (loss - mean_loss)
        last = run.step == steps
        if run.step % 50 == 0:
            pace = (run.step - first) / (time.monotonic() - began)
            click.echo(
                f"step {run.step}/{steps} loss {mean_loss:.4f} "
                f"{pace * BATCH:.0f} comments/s, {(steps - run.step) / pace / 60:.0f} min left"
            )
        if run.step % SAVE_EVERY == 0 or last:
            run.save()
        if run.step % (4 * SAVE_EVERY) == 0 or last:
            click.echo(json.dumps(table(validation, predict(run.average, held_out)), indent=1))
    click.echo("done; next: python -m training.export")


if __name__ == "__main__":
    main()
