"""Calibration, and a checkpoint that packs well."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.scorer.conftest import rows
from training import export
from training.batches import MAX_TOKENS
from training.export import FRACTION, platt, rounded
from training.restart import read_model
from workers.scorer.engines import load_engine
from workers.scorer.engines.manifest import BUNDLED, Manifest
from workers.scorer.engines.onnx import OnnxEngine


def test_calibration_finds_how_the_logits_are_off() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(-1, 2, 20_000)
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-true))).astype(float)
    scale, shift = platt((true - 1) * 3, labels, np.ones(20_000))
    assert scale == pytest.approx(1 / 3, rel=0.1)
    assert shift == pytest.approx(1, abs=0.1)


def test_calibration_leaves_out_what_weighs_nothing() -> None:
    logits = np.array([-2.0, 2.0, -1.0, 1.0] * 50)
    labels = np.array([0.0, 1.0, 1.0, 0.0] * 50)
    weights = np.array([1.0, 1.0, 0.0, 0.0] * 50)
    scale, _ = platt(logits, labels, weights)
    assert scale > 1
    assert platt(logits, labels, np.zeros(200)) == (1, 0)


@given(st.floats(0.001, 100))
def test_rounding_errs_by_little_and_once(value: float) -> None:
    once = rounded(torch.tensor([value, -value]))
    assert once[0] == -once[1]
    assert float(once[0]) == pytest.approx(value, rel=2 ** -(FRACTION + 1) + 2**-10)
    assert torch.equal(rounded(once.float()), once)


def test_a_model_read_back_scores_the_same_but_for_its_calibration() -> None:
    folder = BUNDLED / "compact"
    text = "You are a complete idiot."
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = read_model(folder, MAX_TOKENS).train(False)

    with torch.no_grad():
        ids = torch.tensor([tokenizer.encode(text).ids])
        logits = model(ids, torch.ones_like(ids))[0][0].tolist()

    calibration = json.loads((folder / "model.json").read_text(encoding="utf-8"))["calibration"]
    scores = load_engine("detoxify", "compact").score([text])[0].values
    for logit, (name, (scale, shift)) in zip(logits, calibration.items(), strict=True):
        assert 1 / (1 + np.exp(-(scale * logit + shift))) == pytest.approx(scores[name], abs=1e-4)


def test_a_graph_made_anew_is_the_bundled_one(data: Path, tmp_path: Path) -> None:
    """So what lies in the repository is what the code makes of its checkpoint."""
    folder = tmp_path / "compact"
    shutil.copytree(BUNDLED / "compact", folder)
    (folder / "model.onnx").unlink()
    texts = [row["text"] for row in rows("sample.jsonl")][:40]

    done = CliRunner().invoke(export.main, ["--data", str(data), "--out", str(folder)])

    assert done.exit_code == 0, done.output
    assert Manifest.of("compact").files.keys() == Manifest.at(folder).files.keys()
    old, new = (OnnxEngine(Manifest.at(at)).score(texts) for at in (BUNDLED / "compact", folder))
    for one, other in zip(old, new, strict=True):
        assert other.values == pytest.approx(one.values, abs=0.01)
