"""A whole run on little data: interrupted or not, it comes to the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer

from tests.training.conftest import row
from training import teacher as teachers
from training import train
from training.batches import MAX_TOKENS
from training.data import Row
from training.mix import GROUPS, GROUPS_SHARE, LESSONS_FROM, TALK_FROM, Mix
from training.restart import read_model
from training.run import KEPT, LONG, SHORT, Run
from training.teacher import Teacher
from workers.scorer.engines.manifest import BUNDLED

RunIt = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    little = replace(GROUPS, made=100, written_out=0.5, joined=0.2)
    for name in ("GROUPS", "TALK", "LESSONS", "TEACHER"):
        monkeypatch.setattr(train, name, little)
    monkeypatch.setattr(train, "SAVE_EVERY", 1)
    # At once as fast as it gets, so that a few batches make a difference.
    monkeypatch.setattr(train, "LONG", replace(LONG, warm_up=1))
    monkeypatch.setattr(train, "SHORT", replace(SHORT, warm_up=1))
    monkeypatch.setattr(teachers, "PACE", replace(teachers.PACE, warm_up=1))


@pytest.fixture
def run(data: Path, larger: Path) -> RunIt:
    """``run(OUT, ...)`` runs the command; how it stands then."""

    def run(out: Path, *options: str, code: int = 0) -> dict[str, Any]:
        given = {"--data": data, "--out": out, "--teacher": larger, "--threads": 1}
        arguments = [str(word) for pair in given.items() for word in pair]
        done = CliRunner().invoke(train.main, [*arguments, *options], catch_exceptions=False)
        assert done.exit_code == code, done.output
        state: dict[str, Any] = torch.load(out / "checkpoint.pt", weights_only=True)
        return state

    return run


def test_an_interrupted_run_goes_on_where_it_was(
    run: RunIt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--steps", "4", "--teacher-steps", "2", "--lessons", "2")
    whole = run(tmp_path / "whole", *options)

    learn, learn_to_teach = Run.learn, Teacher.learn
    stops = [("lessons", 1), ("teacher", 1), ("first", 3)]

    def stop(part: str, step: int) -> None:
        if stops and (part, step) == stops[-1]:
            stops.pop()
            raise KeyboardInterrupt

    def interrupted(self: Run, *arguments: Any) -> float:
        stop("lessons" if self.in_lessons else "first", self.step)
        return learn(self, *arguments)

    def interrupted_too(self: Teacher, *arguments: Any) -> float:
        stop("teacher", self.step)
        return learn_to_teach(self, *arguments)

    monkeypatch.setattr(Run, "learn", interrupted)
    monkeypatch.setattr(Teacher, "learn", interrupted_too)
    while stops:
        left = len(stops)
        run(tmp_path / "parts", *options, code=1)
        assert len(stops) == left - 1
    monkeypatch.setattr(train, "Teacher", None)  # what it said is kept
    parts = run(tmp_path / "parts", *options)

    assert parts["position"] == whole["position"]
    assert whole["position"][0] == 2
    assert whole["position"][1] >= LESSONS_FROM
    for part in ("model", "ema", "began"):
        for name, weights in whole[part].items():
            torch.testing.assert_close(parts[part][name], weights)


def test_talk_comes_after_groups(
    run: RunIt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = replace(GROUPS, made=90)
    monkeypatch.setattr(train, "TALK", talk)
    asked: list[tuple[Mix, int, int]] = []
    epoch_of, learn = train.epoch_of, Run.learn
    step = 0

    def noted(rows: list[Row], mix: Mix, number: int, banned: frozenset[str]) -> list[Row]:
        asked.append((mix, number, step))
        return epoch_of(rows, mix, number, banned)

    def counted(self: Run, *arguments: Any) -> float:
        nonlocal step
        step += 1
        return learn(self, *arguments)

    monkeypatch.setattr(train, "epoch_of", noted)
    monkeypatch.setattr(Run, "learn", counted)
    run(tmp_path / "out", "--steps", "8", "--teacher-steps", "1", "--lessons", "1")

    first = [each for each in asked if each[1] < LESSONS_FROM - 1]
    assert {number for _, number, _ in first} >= {0, TALK_FROM}
    for mix, number, at in first:
        assert (mix == talk) == (number >= TALK_FROM) == (at >= GROUPS_SHARE * 8)


def test_a_model_learns_on_from_where_it_stands(run: RunIt, tmp_path: Path) -> None:
    folder = BUNDLED / "compact"
    before = read_model(folder, MAX_TOKENS).state_dict()

    options = ("--model", str(folder), "--teacher-steps", "1", "--lessons", "2")
    state = run(tmp_path / "out", *options)

    tokenizers = [(place / "tokenizer.json").read_bytes() for place in (folder, tmp_path / "out")]
    assert tokenizers[0] == tokenizers[1]
    moved = [(state["ema"][name] - weights).abs().max() for name, weights in before.items()]
    assert 0 < max(moved) < 0.01
    kept = Run(Tokenizer.from_file(str(folder / "tokenizer.json")), tmp_path / "out/checkpoint.pt")
    for name, weights in kept.result().state_dict().items():
        mixed = KEPT * before[name] + (1 - KEPT) * state["ema"][name]
        torch.testing.assert_close(weights, mixed)


def test_lessons_on_other_data_are_refused(run: RunIt, data: Path, tmp_path: Path) -> None:
    options = ("--model", str(BUNDLED / "compact"), "--teacher-steps", "1", "--lessons", "1")
    run(tmp_path / "out", *options)
    with gzip.open(data / "train.jsonl.gz", "at", encoding="utf-8") as file:
        file.writelines(json.dumps(row(f"Another {i}.", toxicity=0.0)) + "\n" for i in range(20))

    with pytest.raises(AssertionError, match="is of other data: begin with an empty --out"):
        run(tmp_path / "out", *options)
