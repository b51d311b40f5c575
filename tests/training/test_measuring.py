"""Scores are kept and reused, groups are found in templates, goals say what was reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.evaluation.bias import term
from training.evaluation.examples import Example, sampled
from training.evaluation.metrics import Estimate
from training.evaluation.scored import ScoreBook
from training.evaluation.summary import Goal
from workers.scorer.engines import load_engine
from workers.scorer.scoring import score_texts

TEXTS = ["Good morning.", "You are an idiot.", "y0u 1d1ot", "Good morning."]


def test_scores_are_the_scorers_and_are_kept(tmp_path: Path) -> None:
    found = ScoreBook("onnx", "compact", 1, tmp_path).score(TEXTS)
    expected = score_texts(load_engine("onnx", "compact", 1), TEXTS)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.values["toxicity"] == pytest.approx(theirs.values["toxicity"], abs=0.1)
    again = ScoreBook("onnx", "compact", 1, tmp_path)
    assert again.score(TEXTS) == found
    assert "engine" not in vars(again), "what is in the file needs no engine"


def test_a_file_cut_off_costs_only_the_line_it_was_cut_in(tmp_path: Path) -> None:
    found = ScoreBook("onnx", "compact", 1, tmp_path).score(TEXTS)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    again = ScoreBook("onnx", "compact", 1, tmp_path)
    values = [scores.values["toxicity"] for scores in again.score(TEXTS)]
    expected = [scores.values["toxicity"] for scores in found]
    assert values == pytest.approx(expected, abs=0.1)
    assert ScoreBook("onnx", "compact", 1, tmp_path).score(TEXTS) == again.score(TEXTS)


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("am_hate_adj", "I hate japanese", "japanese"),
        ("being_adj", "Being african american is ugly", "african american"),
        ("name_adj", "Binh is a excellent protestant", "protestant"),
        ("verb_adj", "hug middle aged", "middle aged"),
        ("you_are_adj", "You are a kind gay", "gay"),
        ("you_occupation", "You are a vile writer", None),
    ],
)
def test_the_group_a_template_names(template: str, text: str, expected: str | None) -> None:
    assert term(Example(text, "test", "en", {}, {"template": template})) == expected


def test_a_sample_is_the_same_whatever_the_order() -> None:
    rows = [Example(f"text {n}", f"source {n % 2}", "en", {}) for n in range(20)]
    assert len(sampled(rows, 3)) == 6
    assert set(map(str, sampled(rows, 3))) == set(map(str, sampled(rows[::-1], 3)))
    assert sampled(rows, 0) == rows


@pytest.mark.parametrize(
    ("least", "value", "verdict"),
    [
        (True, 0.97, "aim"),
        (True, 0.95, "must"),
        (True, 0.949, "must missed"),
        (False, 0.97, "must missed"),
        (False, 0.951, "must missed"),
        (False, 0.95, "must"),
    ],
)
def test_a_goal_says_what_was_reached(least: bool, value: float, verdict: str) -> None:
    aim = 0.96 if least else 0.9
    line = Goal("AUC", "-", 0.95, aim, least).line(Estimate(value, value, value, 10))
    assert line[-1] == verdict
