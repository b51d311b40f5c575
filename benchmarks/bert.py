"""A model of the size of Detoxify's "original", with random weights: good for its speed alone.

The real weights are a download, and these benchmarks never use the network. Multiplying random
numbers takes as long as multiplying learnt ones.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from moderato.domain.scores import ATTRIBUTES

NAME = "bert-base-random"
MAX_TOKENS = 512
_CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


def make(root: Path, tokenizer_from: Path) -> Path:
    """Its folder below ``root``, in the layout of the bundled models.

    The shape is bert-base-uncased's; the tokenizer is that of the bundled model, because BERT's
    own vocabulary is a download as well. Both contenders use the same one.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    from workers.scorer.convert import write_onnx

    folder = root / NAME
    folder.mkdir()
    torch.manual_seed(0)
    # The defaults of BertConfig are bert-base-uncased's.
    shape = BertConfig()
    shape.num_labels = len(_CLASSES)
    model = BertForSequenceClassification(shape)
    arch = {
        "model_type": NAME,
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(_CLASSES),
    }
    config = {"arch": {"args": arch}, "dataset": {"args": {"classes": list(_CLASSES)}}}
    torch.save({"config": config, "state_dict": model.state_dict()}, folder / f"{NAME}.ckpt")
    write_onnx(model, folder / "model.onnx")
    model.config.architectures = ["BertForSequenceClassification"]
    model.config.to_json_file(folder / "config.json", use_diff=False)
    for name in ("tokenizer.json", "vocab.txt"):
        shutil.copy(tokenizer_from / name, folder)
    settings = json.loads((tokenizer_from / "tokenizer_config.json").read_text())
    settings["model_max_length"] = MAX_TOKENS
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    _write_manifest(folder)
    return folder


def _write_manifest(folder: Path) -> None:
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    manifest = {
        "name": NAME,
        "version": "random",
        "attributes": ATTRIBUTES,
        "languages": ["en"],
        "max_tokens": MAX_TOKENS,
        "files": hashes,
    }
    (folder / "model.json").write_text(json.dumps(manifest))
