"""Texts to scores: disguises undone, long comments read whole, languages told."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderato.domain.scores import ATTRIBUTES
from tests.scorer.conftest import rows
from workers.scorer.engines import Engine
from workers.scorer.score_cli import main
from workers.scorer.scoring import _SHORTEST, _windows, score_texts

POLITE = "The council met on Tuesday and talked about the new bridge for a long time. "
INSULT = "You are a stupid fucking idiot."


def toxicity(engine: Engine, text: str) -> float:
    return score_texts(engine, [text])[0].values["toxicity"]


def test_scores_keep_their_order_and_say_where_they_are_from(onnx: Engine) -> None:
    texts = [row["text"] for row in rows("sample.jsonl")]

    scores = score_texts(onnx, texts)

    assert len(scores) == len(texts)
    assert all(found.model == "compact" and found.model_version for found in scores)
    assert all(tuple(found.values) == ATTRIBUTES for found in scores)
    assert scores[0].values["toxicity"] > scores[24].values["toxicity"]
    assert score_texts(onnx, []) == []


def test_an_insult_behind_long_politeness_is_found(onnx: Engine) -> None:
    polite = POLITE * 40
    assert onnx.count_tokens([polite]) == [onnx.max_tokens]

    assert toxicity(onnx, polite) < 0.3
    assert toxicity(onnx, f"{polite}{INSULT}") > 0.6
    assert toxicity(onnx, f"{' ' * 30_000}{INSULT}") > 0.8


def test_a_disguise_is_undone_and_its_gain_told(onnx: Engine) -> None:
    plain, disguised = score_texts(onnx, [POLITE, "уоu аrе а ѕtuріd іdіоt"])  # noqa: RUF001

    assert plain.folded_gain == 0
    assert disguised.folded_gain > 0.2
    assert disguised.values["toxicity"] > 0.8


def test_the_language_is_told_with_disguises_undone(onnx: Engine) -> None:
    german, english, disguised, nothing = score_texts(
        onnx,
        [
            "Das ist doch alles Unsinn, was du hier schreibst.",
            "I have no idea what you mean by that.",
            "Yоu аrе аn іdіоt and everybody here knows that by now.",  # noqa: RUF001
            "👍",
        ],
    )

    assert (german.language, german.language_known) == ("de", False)
    assert (english.language, english.language_known) == ("en", True)
    assert disguised.language_known
    assert (nothing.language, nothing.language_known) == (None, True)


@given(st.text(st.sampled_from("ab .\n😀é"), max_size=3000))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_windows_fit_and_leave_nothing_out(onnx: Engine, text: str) -> None:
    windows = list(_windows(onnx, [text], folded=False))

    assert text.startswith(windows[0].text[:1])
    covered: set[int] = set()
    for window in windows:
        assert window.tokens < onnx.max_tokens or len(window.text) <= _SHORTEST
        at = text.find(window.text)
        assert at >= 0
        while at >= 0:
            covered.update(range(at, at + len(window.text)))
            at = text.find(window.text, at + 1)
    assert len(covered) == len(text)


def test_the_command_writes_a_line_per_text() -> None:
    lines = "\n".join(json.dumps({"text": text}) for text in (POLITE, INSULT))

    result = CliRunner().invoke(main, input=lines + "\n\n")

    assert result.exit_code == 0
    polite, insult = map(json.loads, result.output.splitlines())
    assert polite["scores"]["toxicity"] < insult["scores"]["toxicity"]
    assert insult["model"] == "compact"
    assert insult["language_known"] is True


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "Line 1 is not JSON"), ('{"txt": ""}', 'must look like {"text": "..."}')],
)
def test_the_command_names_a_bad_line(line: str, said: str) -> None:
    result = CliRunner().invoke(main, input=line)

    assert result.exit_code == 1
    assert said in result.output


def test_the_command_names_an_unknown_model() -> None:
    result = CliRunner().invoke(main, ["--model", "none"], input="")

    assert result.exit_code == 1
    assert "There is no model 'none'; known: compact." in result.output
