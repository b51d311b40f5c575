"""Both engines load, agree, and take any text; a broken model is refused by name."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderato.domain.scores import ATTRIBUTES
from tests.scorer.conftest import rows
from workers.scorer.engines import Engine, EngineError, load_engine
from workers.scorer.engines.manifest import BUNDLED, Manifest
from workers.scorer.engines.prepare import MAX_CHARS, prepare

#: What int8 may cost against the same weights in floating point: see docs/model-card.md.
MEAN_TOLERANCE = 0.01
MOST_TOLERANCE = 0.06  # for 99 of 100 scores
MAX_TOLERANCE = 0.15

WEIRD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "idiot\udfff",
    "x" * 1_000_000,
    "word " * 200_000,
    " " * 1_000_000,
    "\n" * 10_000,
    "😂" * 10_000,
    "👨‍👩‍👧‍👦 🇫🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a" + "\u0301" * 5_000,
    "\u202e\u200b\ufeff",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "\U0010ffff\uffff",
]


@pytest.fixture(params=["onnx", "detoxify"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def test_it_says_what_it_is(engine: Engine) -> None:
    assert engine.name == "compact"
    assert engine.version
    assert engine.attributes == ATTRIBUTES
    assert engine.languages == {"en"}


def test_scores_come_in_order_whatever_the_batch(engine: Engine) -> None:
    texts = [row["text"] for row in rows("sample.jsonl")]

    together = engine.score(texts)
    backwards = engine.score(texts[::-1])[::-1]
    alone = [engine.score([text])[0] for text in texts]

    for one, other, single in zip(together, backwards, alone, strict=True):
        assert list(one.values) == list(ATTRIBUTES)
        assert one.values == pytest.approx(other.values, abs=1e-4)
        # Neither padding nor company changes what a text scores.
        assert one.values == pytest.approx(single.values, abs=1e-4)


def test_no_texts_have_no_scores(engine: Engine) -> None:
    assert engine.score([]) == []
    assert engine.count_tokens([]) == []


def test_weird_texts_are_scored_like_any(engine: Engine) -> None:
    counts = engine.count_tokens(WEIRD)
    scores = engine.score(WEIRD)

    assert all(2 <= count <= engine.max_tokens for count in counts)
    assert len(scores) == len(WEIRD)
    assert all(0 <= value <= 1 for found in scores for value in found.values.values())


@given(st.lists(st.text(st.characters()), max_size=4))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_scored(onnx: Engine, texts: list[str]) -> None:
    assert len(onnx.score(texts)) == len(texts)


def test_tokens_are_counted_with_both_ends_and_cut(engine: Engine) -> None:
    assert engine.count_tokens(["", "hello", "hello " * 1000]) == [2, 3, engine.max_tokens]


def test_threads_may_share_an_engine(engine: Engine) -> None:
    texts = [row["text"] for row in rows("sample.jsonl")][:16]
    alone = engine.score(texts)

    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(engine.score, [texts] * 8))

    for scores in shared:
        for found, expected in zip(scores, alone, strict=True):
            assert found.values == pytest.approx(expected.values, abs=1e-4)


def test_the_engines_agree(onnx: Engine, detoxify: Engine) -> None:
    texts = [row["text"] for name in ("sample.jsonl", "quality.jsonl") for row in rows(name)]

    assert onnx.count_tokens(texts) == detoxify.count_tokens(texts)
    ours = np.array([list(found.values.values()) for found in onnx.score(texts)])
    reference = np.array([list(found.values.values()) for found in detoxify.score(texts)])

    difference = np.abs(ours - reference)
    assert difference.mean() < MEAN_TOLERANCE
    assert np.quantile(difference, 0.99) < MOST_TOLERANCE
    assert difference.max() < MAX_TOLERANCE


def test_detoxify_itself_loads_the_checkpoint(
    detoxify: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detoxify import Detoxify

    monkeypatch.chdir(BUNDLED)
    theirs = Detoxify(checkpoint="compact/compact.ckpt", huggingface_config_path="compact")
    text = "You are a complete idiot."

    assert tuple(theirs.class_names) == ATTRIBUTES
    assert theirs.predict(text) == pytest.approx(detoxify.score([text])[0].values, abs=1e-5)


def test_unknown_engines_and_models_are_named() -> None:
    with pytest.raises(EngineError, match="no engine 'onx'; say onnx or detoxify"):
        load_engine("onx", "compact")
    with pytest.raises(EngineError, match="no model 'original'; known: compact"):
        load_engine("onnx", "original")
    with pytest.raises(EngineError, match="no model"):
        load_engine("onnx", "../models/compact")


def test_without_the_extra_detoxify_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "workers.scorer.engines.detoxify", raising=False)
    monkeypatch.setitem(sys.modules, "detoxify", None)

    with pytest.raises(EngineError, match=r"pip install 'moderato\[detoxify\]'"):
        load_engine("detoxify", "compact")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of models of the test's own, with compact in it."""
    shutil.copytree(BUNDLED / "compact", tmp_path / "compact")
    return tmp_path


def test_every_file_is_pinned() -> None:
    manifest = Manifest.of("compact")

    found = {path.name for path in manifest.folder.iterdir()}
    assert found == {*manifest.files, "model.json"}
    for name in manifest.files:
        manifest.read(name)


def test_a_changed_file_is_refused(copy: Path) -> None:
    path = copy / "compact" / "model.onnx"
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(EngineError, match=r"model\.onnx is not the file .* Reinstall the model"):
        Manifest.of("compact", copy).read("model.onnx")


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "compact" / "tokenizer.json").unlink()

    with pytest.raises(EngineError, match=r"tokenizer\.json cannot be read: No such file"):
        Manifest.of("compact", copy).read("tokenizer.json")


def test_a_broken_manifest_is_named(copy: Path) -> None:
    (copy / "compact" / "model.json").write_text(json.dumps({"name": "compact"}))

    with pytest.raises(EngineError, match=r"model\.json cannot be read: KeyError\('version'\)"):
        Manifest.of("compact", copy)


def test_preparing_names_pictures_and_breaks_long_words() -> None:
    assert prepare("nice👍").split() == ["nice", "thumbs", "up", "sign"]
    assert prepare("😂😂😂 ok").split() == ["face", "with", "tears", "of", "joy", "ok"]
    assert prepare("👍🏾").split() == ["thumbs", "up", "sign", "dark", "skin"]
    assert prepare("🇫🇷") == "fr"
    assert max(map(len, prepare("x" * 500).split())) == 90
    assert len(prepare("a " * MAX_CHARS)) == MAX_CHARS
    assert prepare("plain text, as it is.") == "plain text, as it is."


def test_a_text_cannot_hold_the_tokenizers_own_tokens(engine: Engine) -> None:
    assert engine.count_tokens(["[SEP]", "sep"]) == [5, 3]


@pytest.mark.parametrize(
    "marked",
    [
        "== Hello ==\n\n{}",
        ":::{}",
        "'''You''' {}",
        "* {}",
        "[[User:Bob]] {}",
        "{} ~~~~",
        "{{{{x}}}} {}",
    ],
)
def test_wiki_markup_does_not_talk_a_score_down(engine: Engine, marked: str) -> None:
    rude = "I hope you die in a horrible fire."
    (plain, dressed) = (engine.score([text])[0] for text in (rude, marked.format(rude)))
    assert dressed.values["toxicity"] > plain.values["toxicity"] - 0.2
