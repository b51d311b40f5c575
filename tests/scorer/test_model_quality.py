"""The gate: a model worse than the one that shipped does not pass.

No row was ever trained on; quality.md says where they come from. The bounds lie a little beyond
what the bundled model reached on these rows: docs/model-card.md has the figures on all data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moderato.domain.scores import Scores
from tests.scorer.conftest import rows
from training.evaluation.metrics import calibration_error, characters, span_f1
from workers.scorer.engines import Engine
from workers.scorer.engines.manifest import Manifest
from workers.scorer.scoring import score_texts

# -- The bounds ---------------------------------------------------------------------------------

#: File, attribute -> least ROC AUC.
LEAST_AUC = {
    ("sample.jsonl", "toxicity"): 0.99,
    ("quality.jsonl", "toxicity"): 0.915,
    ("hatecheck.jsonl", "identity_attack"): 0.905,
    ("identities.jsonl", "toxicity"): 0.965,
}
#: Least character F1 on spans.jsonl, for a model that marks spans.
LEAST_SPAN_F1 = 0.65
#: Greatest expected calibration error of toxicity on quality.jsonl: ten bins of equal width.
MOST_CALIBRATION_ERROR = 0.09

# -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["onnx", "detoxify"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def scored(engine: Engine, sample: Sequence[dict[str, Any]]) -> list[Scores]:
    return score_texts(engine, [row["text"] for row in sample])


def gold(row: dict[str, Any], attribute: str) -> bool:
    return bool(row["toxic"]) if "toxic" in row else row[attribute] >= 0.5


@pytest.mark.parametrize(("file", "attribute"), LEAST_AUC)
def test_it_tells_what_it_must_from_the_rest(engine: Engine, file: str, attribute: str) -> None:
    sample = rows(file)
    values = [found.values[attribute] for found in scored(engine, sample)]
    auc = roc_auc_score([gold(row, attribute) for row in sample], values)
    assert auc >= LEAST_AUC[file, attribute]


def test_it_marks_the_words_that_people_marked(engine: Engine) -> None:
    if not marks_spans():
        pytest.skip("The bundled model marks no spans.")
    sample = rows("spans.jsonl")
    f1 = [
        span_f1(characters(map(tuple, row["spans"])), characters(found.spans))
        for row, found in zip(sample, scored(engine, sample), strict=True)
    ]
    assert np.mean(f1) >= LEAST_SPAN_F1


def test_its_scores_can_be_taken_at_their_word(engine: Engine) -> None:
    sample = rows("quality.jsonl")
    values = np.array([found.values["toxicity"] for found in scored(engine, sample)])
    labels = np.array([float(row["toxic"]) for row in sample])
    error = calibration_error(labels, values, 10, adaptive=False)
    assert error <= MOST_CALIBRATION_ERROR


def marks_spans() -> bool:
    return '"spans"' in (Manifest.of("compact").folder / "model.json").read_text(encoding="utf-8")
