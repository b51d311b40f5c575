"""From a model that marks toxic words to the offsets a moderator's screen highlights."""

# ruff: noqa: RUF001 -- letters that look alike are what is tested
from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderato.domain.text import Span
from tests.domain.test_text_aligned import check
from tests.domain.test_text_fold import HOSTILE
from tests.scorer import marking
from tests.scorer.conftest import rows
from workers.scorer.engines import Engine, EngineError
from workers.scorer.engines.detoxify import DetoxifyEngine
from workers.scorer.engines.manifest import Manifest
from workers.scorer.engines.onnx import OnnxEngine
from workers.scorer.engines.prepare import prepare, prepared
from workers.scorer.scoring import score_texts

#: Of the characters that either engine marks, the share that both do: what int8 may cost.
LEAST_SHARED = 0.8


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    marking.build(root)
    return root


@pytest.fixture(scope="session")
def marking_onnx(models: Path) -> Engine:
    return OnnxEngine(Manifest.of("compact", models), threads=1)


@pytest.fixture(scope="session")
def marking_detoxify(models: Path) -> Engine:
    return DetoxifyEngine(Manifest.of("compact", models), threads=1)


@pytest.fixture(params=["marking_onnx", "marking_detoxify"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def marked(engine: Engine, text: str) -> list[str]:
    return [text[begin:end] for begin, end in score_texts(engine, [text])[0].spans]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The council met on Tuesday and talked about the bridge.", []),
        ("", []),
        ("you are a moron", ["moron"]),
        ("My friend, you MORON!", ["MORON"]),
        ("😂😂😂 you are a moron 👍", ["moron"]),
        ("[SEP] you are a moron", ["moron"]),
        ("you are a m.o.r.o.n", ["m.o.r.o.n"]),
        ("… ½ you are a m̷o̷r̷o̷n̷, ok", ["m̷o̷r̷o̷n̷"]),
        ("уоu аrе а mоrоn", ["mоrоn"]),
        ("you are a ｍｏｒｏｎ, and a 𝓶𝓸𝓻𝓸𝓷", ["ｍｏｒｏｎ", "𝓶𝓸𝓻𝓸𝓷"]),
    ],
)
def test_the_words_are_marked_where_they_were_written(
    engine: Engine, text: str, words: list[str]
) -> None:
    assert marked(engine, text) == words


def test_marks_lie_right_behind_long_politeness(engine: Engine) -> None:
    text = "The council met and talked about the bridge. " * 30 + "you are a moron . " * 2
    second = text.rindex("moron")

    spans = score_texts(engine, [text])[0].spans

    assert spans == ((second - 18, second - 13), (second, second + 5))


def test_a_batch_keeps_its_texts_apart(engine: Engine) -> None:
    texts = ["you are a moron", "good morning to all of you here", "what an idiot . moron !", "a"]

    together = [reading.spans for reading in engine.score(texts)]

    assert together == [engine.score([text])[0].spans for text in texts]
    assert together[0] == ((10, 15),)
    assert together[1] == together[3] == ()


@given(st.lists(st.one_of(HOSTILE, st.just(" you moron ")), max_size=6).map("".join))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_texts_marks_lie_inside_it(marking_onnx: Engine, text: str) -> None:
    spans = score_texts(marking_onnx, [text])[0].spans

    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(HOSTILE)
@settings(max_examples=300)
def test_what_the_model_is_given_knows_its_origin(text: str) -> None:
    aligned = prepared(text)

    check(aligned, text)
    assert aligned.text == prepare(text)


def shared(ours: list[tuple[Span, ...]], theirs: list[tuple[Span, ...]]) -> float:
    """Of the characters that either marks, the share that both mark."""
    one, other = (
        {
            (i, at)
            for i, spans in enumerate(all_)
            for begin, end in spans
            for at in range(begin, end)
        }
        for all_ in (ours, theirs)
    )
    return len(one & other) / len(one | other) if one | other else 1.0


def _characters(spans: list[tuple[Span, ...]]) -> set[tuple[int, int]]:
    return {(i, at) for i, each in enumerate(spans) for one in each for at in range(*one)}


def test_the_engines_mark_the_same(marking_onnx: Engine, marking_detoxify: Engine) -> None:
    texts = [row["text"] for row in rows("sample.jsonl") + rows("quality.jsonl")[:80]]

    ours = [reading.spans for reading in marking_onnx.score(texts)]
    theirs = [reading.spans for reading in marking_detoxify.score(texts)]

    assert sum(map(bool, ours)) > 10
    assert ours == theirs


def test_the_bundled_models_engines_mark_alike(onnx: Engine, detoxify: Engine) -> None:
    texts = [row["text"] for row in rows("sample.jsonl") + rows("quality.jsonl")[:80]]

    ours = [reading.spans for reading in onnx.score(texts)]
    theirs = [reading.spans for reading in detoxify.score(texts)]

    assert shared(ours, theirs) > LEAST_SHARED


def test_a_model_without_the_head_marks_nothing(models: Path, tmp_path: Path) -> None:
    _copy(models, tmp_path, spans=None)

    for engine in (OnnxEngine, DetoxifyEngine):
        assert engine(Manifest.of("compact", tmp_path)).score(["you moron"])[0].spans == ()


def test_a_threshold_that_is_none_is_refused(models: Path, tmp_path: Path) -> None:
    _copy(models, tmp_path, spans={"threshold": 1})

    with pytest.raises(EngineError, match=r"spans\.threshold is 1\.0, not between 0 and 1"):
        Manifest.of("compact", tmp_path)


def test_a_promised_head_that_is_missing_is_named(tmp_path: Path) -> None:
    _copy(Manifest.of("compact").folder.parent, tmp_path, spans={"threshold": 0.4})
    manifest = Manifest.of("compact", tmp_path)
    if "span_logits" in (manifest.folder / "model.onnx").read_bytes().decode("latin-1"):
        pytest.skip("the bundled model has the head")

    with pytest.raises(EngineError, match="has no output span_logits"):
        OnnxEngine(manifest)
    with pytest.raises(EngineError, match="has no span_head"):
        DetoxifyEngine(manifest)


def _copy(models: Path, root: Path, spans: dict[str, float] | None) -> None:
    """The model of ``models`` in ``root``, with other words about its spans."""
    (root / "compact").mkdir()
    for path in (models / "compact").iterdir():
        if path.name != "model.json":
            (root / "compact" / path.name).symlink_to(path)
    manifest = json.loads((models / "compact" / "model.json").read_text())
    manifest.pop("spans", None)
    if spans is not None:
        manifest["spans"] = spans
    (root / "compact" / "model.json").write_text(json.dumps(manifest))
