"""A whole run on little data: interrupted or not, it comes to the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer

from training import train
from training.batches import MAX_TOKENS
from training.mix import GROUPS, POLISH_FROM
from training.restart import read_model
from training.run import Run
from workers.scorer.engines.manifest import BUNDLED


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    little = replace(GROUPS, made=100, written_out=0.5, joined=0.2)
    monkeypatch.setattr(train, "GROUPS", little)
    monkeypatch.setattr(train, "mix_of", lambda _epoch: little)
    monkeypatch.setattr(train, "SAVE_EVERY", 1)


def run(data: Path, out: Path, *options: str, code: int = 0) -> dict[str, Any]:
    arguments = ["--data", str(data), "--out", str(out), "--threads", "1", *options]
    done = CliRunner().invoke(train.main, arguments, catch_exceptions=False)
    assert done.exit_code == code, done.output
    state: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
    return state


def test_an_interrupted_run_goes_on_where_it_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--steps", "4", "--polish", "2")
    whole = run(data, tmp_path / "whole", *options)

    learn, stops = Run.learn, [(True, 1), (False, 3)]

    def interrupted(self: Run, *arguments: Any) -> float:
        if stops and (self.polishing, self.step) == stops[-1]:
            raise KeyboardInterrupt
        return learn(self, *arguments)

    monkeypatch.setattr(Run, "learn", interrupted)
    while stops:
        stopped = run(data, tmp_path / "parts", *options, code=1)
        assert stopped["position"][0] == stops.pop()[1]
    parts = run(data, tmp_path / "parts", *options)

    assert parts["position"] == whole["position"]
    assert whole["position"][0] == 2
    assert whole["position"][1] >= POLISH_FROM
    for name, weights in whole["model"].items():
        torch.testing.assert_close(parts["model"][name], weights)


def test_a_model_is_polished_from_where_it_stands(data: Path, tmp_path: Path) -> None:
    folder = BUNDLED / "compact"
    before = read_model(folder, MAX_TOKENS).state_dict()

    state = run(data, tmp_path / "out", "--model", str(folder), "--polish", "2")

    tokenizers = [(place / "tokenizer.json").read_bytes() for place in (folder, tmp_path / "out")]
    assert tokenizers[0] == tokenizers[1]
    moved = [(state["ema"][name] - weights).abs().max() for name, weights in before.items()]
    assert 0 < max(moved) < 0.01
    kept = Run(Tokenizer.from_file(str(folder / "tokenizer.json")), tmp_path / "out/checkpoint.pt")
    for name, weights in kept.result().state_dict().items():
        half = (before[name] + state["ema"][name]) / 2
        torch.testing.assert_close(weights, half)
