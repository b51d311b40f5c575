"""Weights while they learn: what a batch does to them, and how fast."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training import model as models
from training.batches import MAX_TOKENS, Batch, Ids, pad
from training.data import LABELS
from training.mix import LESSONS_FROM, TALK_FROM
from training.model import Compact

#: How much the marks of toxic words weigh beside the labels of the text.
SPAN_WEIGHT = 0.3
SEED = 2026

Weights = dict[str, torch.Tensor]
Bce = torch.nn.functional.binary_cross_entropy_with_logits


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a part of the run learns.

    The rate rises to ``peak`` in ``warm_up`` steps, and falls to 0 in the last ``cool_down`` of
    the part's steps. ``ema`` is how much of the weights' moving average a step leaves.
    """

    peak: float
    warm_up: int
    cool_down: float
    ema: float

    def rate(self, step: int, steps: int) -> float:
        """Of learning, after ``step`` of ``steps`` (warm-up, stable, decay); never quite 0."""
        cool = max(1, int(steps * self.cool_down))
        return self.peak * min(1.0, (step + 1) / self.warm_up, max(0.0, (steps - step) / cool))


#: Of the result, how much is what the second part began with: as little as keeps what that wears
#: off, which is what an attack on a group is.
KEPT = 0.75
LONG = Pace(peak=2e-4, warm_up=500, cool_down=0.3, ema=0.999)
SHORT = Pace(peak=2e-4, warm_up=100, cool_down=0.7, ema=0.998)


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


class Run:
    """Weights, their moving average and the optimizer, as they stand after ``step`` batches.

    The next batch is number ``at`` of epoch ``number``.
    """

    def __init__(self, tokenizer: Tokenizer, checkpoint: Path) -> None:
        self.model = models.build_model(models.vocabulary_of(tokenizer), MAX_TOKENS)
        self.average = copy.deepcopy(self.model)
        self.optimizer = self._fresh()
        self.step = self.number = self.at = 0
        self._began: Weights | None = None
        self._path = checkpoint
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["ema"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.number, self.at = state["position"]
            self._began = state["began"]

    def _fresh(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.model.parameters(), weight_decay=0.01, fused=True)

    @property
    def in_talk(self) -> bool:
        """Whether it has come to talk, or further."""
        return self.number >= TALK_FROM

    def begin_talk(self) -> None:
        """Go on with talk."""
        self.number, self.at = TALK_FROM, 0

    @property
    def in_lessons(self) -> bool:
        """Whether it is in its second part."""
        return self.number >= LESSONS_FROM

    def begin_lessons(self, model: Compact) -> None:
        """Begin the second part, from the weights of ``model``."""
        self._began = copy.deepcopy(model.state_dict())
        self.average.load_state_dict(self._began)
        self.model.load_state_dict(self._began)
        self.optimizer = self._fresh()
        self.step, self.number, self.at = 0, LESSONS_FROM, 0

    def began(self) -> Compact:
        """The model that the second part began with."""
        assert self._began is not None
        model = copy.deepcopy(self.average)
        model.load_state_dict(self._began)
        return model

    def result(self) -> Compact:
        """The averaged weights, mixed with those that the second part began with."""
        model = copy.deepcopy(self.average)
        before = self.began().state_dict()
        for name, mean in model.state_dict().items():
            mean.lerp_(before[name], KEPT)
        return model

    def save(self) -> None:
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "ema": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "position": (self.step, self.number, self.at),
            "began": self._began,
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)

    def learn(self, batch: Batch, rate: float, ema: float) -> float:
        """One batch at ``rate``; its loss.

        Binary cross-entropy: over the labels, weighted, plus over the marked tokens.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = rate
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
        decay = min(ema, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.model.parameters(), strict=True)
            for mean, now in pairs:
                mean.lerp_(now, 1 - decay)
        return loss.item()
