"""A model that marks a handful of words, made on the spot from the bundled one.

Its encoder lets each token's embedding through and nothing else, so that the head marks a token
wherever it stands: what is marked is known, and says nothing about a trained model. The graph is
in floating point, so that both engines must mark the same. Everything else is as in a real
model's folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import torch
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from workers.scorer.engines.manifest import BUNDLED

#: What is marked, wherever a piece of it stands.
WORDS = "idiot stupid moron fuck fucking shit"
THRESHOLD = 0.5


def build(root: Path) -> None:
    """Writes a model ``compact`` that marks ``WORDS`` to ``root``, as the engines read it."""
    folder = root / "compact"
    shutil.copytree(BUNDLED / "compact", folder)
    checkpoint = torch.load(folder / "compact.ckpt", weights_only=True)
    model = _Marking(folder, checkpoint["state_dict"])
    model.fit(Tokenizer.from_file(str(folder / "tokenizer.json")))
    checkpoint["state_dict"] = model.model.state_dict()
    checkpoint["span_head"] = {"weight": model.head.weight.data, "bias": model.head.bias.data}
    torch.save(checkpoint, folder / "compact.ckpt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates this exporter; the new one needs more
        model.export(folder / "model.onnx")
    manifest = json.loads((folder / "model.json").read_text())
    manifest["spans"] = {"threshold": THRESHOLD}
    for name in ("compact.ckpt", "model.onnx"):
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(manifest))


class _Marking(torch.nn.Module):
    def __init__(self, folder: Path, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        config = BertConfig.from_pretrained(folder, attn_implementation="eager")
        self.model = BertForSequenceClassification(config)
        self.model.load_state_dict({name: value.float() for name, value in weights.items()})
        self.model.bert.embeddings.position_embeddings.weight.data.zero_()
        for name, parameter in self.model.bert.encoder.named_parameters():
            if name.endswith("output.dense.weight"):
                parameter.data.zero_()
        self.head = torch.nn.Linear(config.hidden_size, 1)
        self.train(False)

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> Any:
        states = self.model.bert(tokens, attention_mask=mask)
        logits = self.model.classifier(states.pooler_output)
        return logits, self.head(states.last_hidden_state)[..., 0]

    @torch.no_grad()
    def fit(self, tokenizer: Tokenizer) -> None:
        """Makes the head mark the tokens of ``WORDS`` and no others."""
        wanted = set(tokenizer.encode(WORDS, add_special_tokens=False).ids)
        every = torch.arange(tokenizer.get_vocab_size())[:, None]
        states = self.model.bert(every).last_hidden_state[:, 0].numpy()
        marked = [token in wanted for token in every[:, 0].tolist()]
        fitted = LogisticRegression(C=1e4, max_iter=500).fit(states, marked)
        self.head.weight.data = torch.tensor(fitted.coef_, dtype=torch.float32)
        self.head.bias.data = torch.tensor(fitted.intercept_, dtype=torch.float32)

    def export(self, path: Path) -> None:
        example = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
        axes = {0: "batch", 1: "length"}
        torch.onnx.export(
            self,
            (example, (example != 0).long()),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits", "span_logits"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "logits": {0: "batch"},
                "span_logits": axes,
            },
            opset_version=17,
            dynamo=False,
        )
