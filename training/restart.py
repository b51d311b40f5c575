"""A model folder read back, to go on training from it or to convert it anew."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.data import LABELS
from training.model import Compact, build_model, vocabulary_of


def read_calibrated(folder: Path, positions: int) -> Compact:
    """The model in ``folder``, as its checkpoint has it.

    The weights are rounded as ``training.export`` rounds them. ``folder`` is whole, as ``Manifest``
    checks it.
    """
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = build_model(vocabulary_of(tokenizer), positions)
    checkpoint = torch.load(folder / f"{folder.name}.ckpt", weights_only=True)
    for part, key in ((model.classifier, "state_dict"), (model.span_head, "span_head")):
        part.load_state_dict({name: value.float() for name, value in checkpoint[key].items()})
    return model


def calibration_of(folder: Path) -> dict[str, list[float]]:
    """The scale and the shift of each label's logit that are folded into the head."""
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    found: dict[str, list[float]] = manifest["calibration"]
    return found


def read_model(folder: Path, positions: int) -> Compact:
    """The model in ``folder`` as it was before it was calibrated."""
    model = read_calibrated(folder, positions)
    calibration = calibration_of(folder)
    head = model.classifier.classifier
    for j, name in enumerate(LABELS):
        scale, shift = calibration[name]
        head.weight.data[j] /= scale
        head.bias.data[j] = (head.bias.data[j] - shift) / scale
    return model
