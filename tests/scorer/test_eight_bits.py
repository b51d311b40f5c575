"""Eight bits, and the few channels that stay exact because they would drown the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from transformers import (
    AlbertConfig,
    AlbertForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    PreTrainedModel,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from workers.scorer.convert import write_onnx

SIZE: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
    "intermediate_size": 128, "max_position_embeddings": 40, "num_labels": 6,
    "initializer_range": 0.1,
}  # fmt: skip
TEXTS = [np.random.default_rng(i).integers(5, 100, (1, 20)) for i in range(40)]
EXAMPLES, OTHERS = TEXTS[:20], TEXTS[20:]


def bert() -> PreTrainedModel:
    return BertForSequenceClassification(BertConfig(**SIZE))


def roberta() -> PreTrainedModel:
    return RobertaForSequenceClassification(RobertaConfig(**SIZE))


def albert() -> PreTrainedModel:
    # Its three layers share their weights.
    return AlbertForSequenceClassification(AlbertConfig(**SIZE, embedding_size=32))


def parameters(model: PreTrainedModel, part: str) -> list[torch.Tensor]:
    """What the layers' weights of that name hold, to be changed in place."""
    found = [weights.data for name, weights in model.named_parameters() if name.endswith(part)]
    assert found
    return found


class Scores:
    """What the graphs of a model give for ``OTHERS``, and how far they are from its own."""

    def __init__(self, model: PreTrainedModel, folder: Path) -> None:
        self._model = model.train(False)
        self._folder = folder

    def off_by(self, examples: list[NDArray[np.int64]]) -> float:
        path = self._folder / "model.onnx"
        write_onnx(self._model, path, examples=[list(ids[0]) for ids in examples])
        session = onnxruntime.InferenceSession(path)
        apart = [
            session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
            - self._model(torch.tensor(ids)).logits.detach().numpy()
            for ids in OTHERS
        ]
        return float(np.abs(apart).mean())

    def products(self) -> int:
        """How many matrix products of the graph are in floating point."""
        graph = onnx.load(self._folder / "model.onnx").graph
        return sum(node.op_type == "MatMul" for node in graph.node)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(3)


@pytest.mark.parametrize("make", [bert, roberta, albert])
def test_a_far_channel_does_not_drown_the_others(
    make: Callable[[], PreTrainedModel], tmp_path: Path
) -> None:
    model = make()
    inner, outer = (
        ("ffn", "ffn_output") if make is albert else ("intermediate.dense", "output.dense")
    )
    for bias in parameters(model, f"{inner}.bias"):
        bias[7] = 200
    for weights in parameters(model, f"{outer}.weight"):
        if weights.shape[1] == SIZE["intermediate_size"]:
            weights[:, 7] = 0.001
    scores = Scores(model, tmp_path)

    drowned = scores.off_by([])
    before = scores.products()
    kept = scores.off_by(EXAMPLES)

    assert scores.products() == before + SIZE["num_hidden_layers"]
    assert kept < drowned / 3


def test_where_no_channel_is_far_none_is_kept(tmp_path: Path) -> None:
    scores = Scores(bert(), tmp_path)

    assert scores.off_by(EXAMPLES) == scores.off_by([])
    assert scores.products() == 0


def test_a_far_column_of_a_table_does_not_drown_the_others(tmp_path: Path) -> None:
    plain = Scores(bert(), tmp_path).off_by([])
    torch.manual_seed(3)
    model = bert()
    # Taken out again before anything else sees it: only the table's scale is at stake.
    for part, value in (("word_embeddings.weight", 5), ("token_type_embeddings.weight", -5)):
        for table in parameters(model, part):
            table[:, 5] += value

    assert Scores(model, tmp_path).off_by([]) < 1.2 * plain
