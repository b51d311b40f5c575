"""Detoxify's checkpoints, read as data: whatever would run code is refused."""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workers.scorer.engines.manifest import EngineError
from workers.scorer.pull.catalogue import Base
from workers.scorer.pull.errors import PullError

try:
    import torch
    import transformers
    from transformers import PreTrainedModel
except ImportError as error:
    raise EngineError(
        f"Installing a model needs packages that are not installed ({error.name}): "
        "pip install 'moderato[scorer,detoxify]'"
    ) from error

#: What Detoxify calls the classes of its older models, and what it says instead.
_RENAMED: Final = {
    "toxic": "toxicity",
    "identity_hate": "identity_attack",
    "severe_toxic": "severe_toxicity",
}
#: Kept by older releases of transformers, computed by newer ones or never used.
_LEFTOVER: Final = re.compile(r"\.embeddings\.position_ids$|^(xlm-)?roberta\.pooler\.dense\.")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``classes`` are the names of the first logits; there may be more logits than names."""

    classes: tuple[str, ...]
    num_logits: int
    tokenizer: str
    weights: dict[str, torch.Tensor]


def read_checkpoint(path: Path, base: Base) -> Checkpoint:
    """The checkpoint at ``path``. Raises PullError where it is not one of ``base``, or is more
    than names and numbers."""
    try:
        raw = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise PullError(
            f"{path} holds more than weights: {_culprit(error)}. Loading it could run somebody "
            "else's program, so it was not loaded, and nothing was installed."
        ) from error
    except Exception as error:
        raise PullError(
            f"{path} is not a whole checkpoint ({type(error).__name__}: {_first_line(error)}). "
            "Nothing was installed."
        ) from error
    try:
        return _checkpoint(raw, base)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PullError(
            f"{path} is not in Detoxify's layout ({error!r}). Nothing was installed."
        ) from error


def build_model(checkpoint: Checkpoint, base: Base, config: Path) -> PreTrainedModel:
    """The classifier with the checkpoint's weights, in floating point.

    ``config`` is the base's config.json. Raises PullError where the two do not fit: a weight
    that is missing or left over would give scores that mean nothing.
    """
    architecture = getattr(transformers, base.architecture)
    try:
        settings = architecture.config_class.from_json_file(config)
    except (OSError, ValueError, TypeError) as error:
        raise PullError(f"{config} is not a model's configuration: {error}.") from error
    names = dict(enumerate(checkpoint.classes))
    settings.num_labels = checkpoint.num_logits
    settings.id2label |= names
    settings.label2id = {name: number for number, name in settings.id2label.items()}
    settings.problem_type = "multi_label_classification"
    model: PreTrainedModel = architecture(settings)
    try:
        missing, left = model.load_state_dict(checkpoint.weights, strict=False)
    except RuntimeError as error:
        raise PullError(f"The weights do not fit {config}: {_first_line(error)}") from error
    left = [name for name in left if not _LEFTOVER.search(name)]
    if missing or left:
        raise PullError(
            f"The weights do not fit {config}: {len(missing)} missing, as {missing[:1]}; "
            f"{len(left)} left over, as {left[:1]}."
        )
    # Checkpoints may be in half precision.
    model.to(torch.float32)  # type: ignore[arg-type]
    model.train(False)
    return model


def _checkpoint(raw: Any, base: Base) -> Checkpoint:
    arch = raw["config"]["arch"]["args"]
    if arch["model_name"] != base.architecture:
        raise ValueError(f"{arch['model_name']}, expected {base.architecture}")
    names = raw["config"]["dataset"]["args"]["classes"]
    classes = tuple(_RENAMED.get(name, name) for name in names)
    num_logits = int(arch["num_classes"])
    if not classes or len(classes) > num_logits or not all(isinstance(c, str) for c in classes):
        raise ValueError(f"{num_logits} logits for the classes {classes}")
    weights = dict(raw["state_dict"])
    if not all(isinstance(value, torch.Tensor) for value in weights.values()):
        raise ValueError("a weight that is no tensor")
    return Checkpoint(classes, num_logits, str(arch["tokenizer_name"]), weights)


def _culprit(error: Exception) -> str:
    """What torch would not load, as "posix.system"."""
    found = re.search(r"GLOBAL ([\w.]+)|([\w.]+\.[\w.]+) was not an allowed global", str(error))
    return f"it names {found[1] or found[2]}" if found else _first_line(error)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
