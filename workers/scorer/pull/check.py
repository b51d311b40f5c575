"""Whether a converted model scores like the one it was made from."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from workers.scorer.engines import Engine
from workers.scorer.engines.prepare import prepare

#: How far a score may be from the original's: on average, for 99 of 100 scores, and at most.
#: As the bundled model's: tests/scorer/test_engines.py.
MEAN, MOST, LARGEST = 0.01, 0.05, 0.15

#: What newsrooms get: civil, rude, long, short, disguised, in several languages and scripts.
SAMPLES: Final[tuple[str, ...]] = tuple(
    json.loads(Path(__file__).with_name("samples.json").read_text(encoding="utf-8"))
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Differences between scores of the two, which are in [0, 1]."""

    mean: float
    most: float
    largest: float

    @property
    def good(self) -> bool:
        """Whether they are within what is allowed; NaN is not."""
        return self.mean < MEAN and self.most < MOST and self.largest < LARGEST

    def __str__(self) -> str:
        return (
            f"{self.mean:.4f} on average (allowed {MEAN}), {self.most:.4f} for 99 of 100 "
            f"(allowed {MOST}), {self.largest:.4f} at most (allowed {LARGEST})"
        )


def compare(
    engine: Engine, model: PreTrainedModel, tokenizer: Tokenizer, texts: Sequence[str] = SAMPLES
) -> Agreement:
    """How far the scores of ``engine`` are from those of ``model`` in torch, over ``texts``.

    Each text is scored alone, so that neither side's padding hides an error of the other's.
    """
    ours = np.array([list(engine.score([text])[0].values.values()) for text in texts])
    theirs = np.array([_scores(model, tokenizer, text, ours.shape[1]) for text in texts])
    difference = np.abs(ours - theirs)
    if not np.isfinite(difference).all():
        return Agreement(math.nan, math.nan, math.nan)
    return Agreement(
        float(difference.mean()),
        float(np.quantile(difference, 0.99)),
        float(difference.max()),
    )


@torch.inference_mode()
def _scores(
    model: PreTrainedModel, tokenizer: Tokenizer, text: str, classes: int
) -> NDArray[np.float64]:
    ids = torch.tensor([tokenizer.encode(prepare(text)).ids])
    logits = model(ids, attention_mask=torch.ones_like(ids)).logits[0, :classes]
    found: NDArray[np.float64] = torch.sigmoid(logits.double()).numpy()
    return found
