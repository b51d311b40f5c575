"""A whole run on little data: interrupted or not, it comes to the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from training import train


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "MADE", 100)
    monkeypatch.setattr(train, "SAVE_EVERY", 1)


def run(data: Path, out: Path, steps: int, code: int = 0) -> dict[str, Any]:
    arguments = ["--data", str(data), "--out", str(out), "--steps", str(steps), "--threads", "1"]
    done = CliRunner().invoke(train.main, arguments, catch_exceptions=False)
    assert done.exit_code == code, done.output
    state: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
    return state


def test_an_interrupted_run_goes_on_where_it_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(data, tmp_path / "whole", steps=6)

    learn = train.Run.learn

    def interrupted(self: train.Run, *arguments: Any) -> float:
        if self.step == 3:
            raise KeyboardInterrupt
        return learn(self, *arguments)

    monkeypatch.setattr(train.Run, "learn", interrupted)
    assert run(data, tmp_path / "parts", steps=6, code=1)["position"][0] == 3
    monkeypatch.setattr(train.Run, "learn", learn)
    parts = run(data, tmp_path / "parts", steps=6)

    assert parts["position"] == whole["position"]
    for name, weights in whole["model"].items():
        torch.testing.assert_close(parts["model"][name], weights)
