"""Checkpoints in Detoxify's layout become models that both engines run; others become nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.processes import REPOSITORY
from tests.scorer.detoxify_models import Made, make, pin
from tests.scorer.disk import small_disk
from workers.scorer.engines import load_engine
from workers.scorer.engines.manifest import Manifest
from workers.scorer.pull import install as module
from workers.scorer.pull.catalogue import MODELS
from workers.scorer.pull.check import LARGEST, MEAN, MOST, SAMPLES
from workers.scorer.pull.download import sha256
from workers.scorer.pull.errors import PullError
from workers.scorer.pull.install import Files, install, recorded
from workers.scorer.pull.remembered import remembered

TEXTS = [*SAMPLES, "</s> <pad> <s> <mask> [SEP] [CLS] [MASK] <unk>"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """``made("original")``: its files; made once, so do not change them."""
    known: dict[str, Made] = {}

    def get(name: str) -> Made:
        if name not in known:
            known[name] = make(name, tmp_path_factory.mktemp(name))
        return known[name]

    return get


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def put(one: Made, models: Path, **options: Any) -> Manifest:
    beside = one.folder / one.source.base.name
    files = Files(one.checkpoint, beside / "tokenizer.json", beside / "config.json")
    return install(one.source, files, models, say=lambda _: None, **options)


def with_checkpoint(one: Made, folder: Path, content: Any) -> Made:
    """``one`` with another checkpoint, pinned: as if its publisher had put it there."""
    beside = one.folder / one.source.base.name
    path = folder / one.source.checkpoint.name
    torch.save(content, path)
    (folder / one.source.base.name).symlink_to(beside)
    return Made(pin(one.source, path, beside), folder)


def loaded(one: Made) -> dict[str, Any]:
    raw: dict[str, Any] = torch.load(one.checkpoint, weights_only=True)
    return raw


def assert_nothing_in(models: Path) -> None:
    assert not models.exists() or list(models.iterdir()) == []


@pytest.mark.parametrize("name", MODELS)
def test_each_model_is_installed_and_runs_on_both_engines(
    made: Callable[[str], Made], models: Path, name: str
) -> None:
    one = made(name)

    manifest = put(one, models)

    assert manifest.attributes == one.source.attributes
    assert manifest.languages == set(one.source.languages)
    assert {path.name for path in models.iterdir()} == {name}
    assert {path.name for path in manifest.folder.iterdir()} == {*manifest.files, "model.json"}
    onnx = load_engine("onnx", name, 1, models)
    reference = load_engine("detoxify", name, 1, models)
    assert onnx.attributes == reference.attributes == one.source.attributes
    assert onnx.count_tokens(TEXTS) == reference.count_tokens(TEXTS)
    assert onnx.max_tokens == 128
    ours = np.array([[*found.values.values()] for found in onnx.score(TEXTS)])
    theirs = np.array([[*found.values.values()] for found in reference.score(TEXTS)])
    assert ours.shape == (len(TEXTS), len(one.source.attributes))
    assert theirs.std(axis=0).min() > 0.01, "what the text says must matter, or this shows nothing"
    difference = np.abs(ours - theirs)
    assert difference.mean() < MEAN
    assert np.quantile(difference, 0.99) < MOST
    assert difference.max() < LARGEST


def test_detoxify_itself_gives_the_scores_of_the_reference_engine(
    made: Callable[[str], Made], models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From what was kept, as a person with the detoxify package would load it."""
    from detoxify import Detoxify

    manifest = put(made("unbiased"), models)
    # Its checkpoint says roberta-base, which Detoxify looks up as a folder first.
    monkeypatch.chdir(models)
    (models / "roberta-base").symlink_to(manifest.folder)
    theirs = Detoxify(
        checkpoint="unbiased/unbiased.ckpt", huggingface_config_path=str(manifest.folder)
    )

    assert theirs.class_names == [*manifest.attributes]
    ours = load_engine("detoxify", "unbiased", 1, models)
    text = "Grazie, bell'articolo."
    assert theirs.predict(text) == pytest.approx(ours.score([text])[0].values, abs=1e-6)


def test_float32_gives_the_scores_of_the_original(
    made: Callable[[str], Made], models: Path
) -> None:
    manifest = put(made("original"), models, precision="float32")

    agreement = json.loads((manifest.folder / "model.json").read_text())["agreement"]
    assert agreement["largest"] < 1e-5
    assert recorded("original", models) == (manifest, "float32")


def test_the_default_engine_needs_neither_the_checkpoint_nor_torch(
    made: Callable[[str], Made], models: Path
) -> None:
    manifest = put(made("multilingual"), models)
    (manifest.folder / "multilingual.ckpt").unlink()
    program = (
        "import sys; from pathlib import Path; from workers.scorer.engines import load_engine\n"
        "engine = load_engine('onnx', 'multilingual', 1, Path(sys.argv[1]))\n"
        "assert 0 < engine.score(['Спасибо'])[0].values['toxicity'] < 1\n"
        "print(sorted({'torch', 'transformers', 'onnx'} & sys.modules.keys()))\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", program, str(models)],
        capture_output=True, text=True, cwd=REPOSITORY, check=True,
    )  # fmt: skip

    assert said.stdout.strip() == "[]"


def test_what_came_is_recorded_whole(made: Callable[[str], Made], models: Path) -> None:
    """Also where only the beginning of a hash is known beforehand, or nothing."""
    one = made("original-small")
    whole = one.source.checkpoint.sha256
    base = one.source.base
    known = replace(
        one.source,
        checkpoint=replace(one.source.checkpoint, sha256=whole[:8]),
        base=replace(base, tokenizer=replace(base.tokenizer, sha256="")),
    )

    manifest = put(Made(known, one.folder), models)

    sources = json.loads((manifest.folder / "model.json").read_text())["sources"]
    assert sources["checkpoint"] == {"url": known.checkpoint.url, "sha256": whole}
    assert sources["tokenizer"]["sha256"] == one.source.base.tokenizer.sha256
    assert remembered(known, models) == one.source
    assert remembered(known, models / "none") == known
    elsewhere = replace(known.checkpoint, sha256="ffff")
    other = remembered(replace(known, checkpoint=elsewhere), models)
    assert other.checkpoint == elsewhere, "what is known beforehand is not overruled"


# -- what must not be installed ---------------------------------------------------------------
class Hostile:
    """Unpickled, it runs a program."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.marker}",)


def test_a_program_in_a_checkpoint_does_not_run(
    made: Callable[[str], Made], models: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "it-ran"
    one = made("original")
    hostile = with_checkpoint(one, tmp_path, {**loaded(one), "extra": Hostile(marker)})

    with pytest.raises(PullError, match=r"more than weights: it names \w+\.system.*not loaded"):
        put(hostile, models)

    assert not marker.exists()
    assert_nothing_in(models)
    # The same file does run where it is unpickled without care: the test can fail.
    torch.load(hostile.checkpoint, weights_only=False)
    assert marker.exists()


def test_a_program_put_in_afterwards_does_not_run_either(
    made: Callable[[str], Made], models: Path, tmp_path: Path
) -> None:
    """The reference engine reads the kept checkpoint: by its hash, and as data."""
    manifest = put(made("original"), models)
    marker, kept = tmp_path / "it-ran", manifest.folder / "original.ckpt"
    torch.save({**loaded(made("original")), "extra": Hostile(marker)}, kept)
    with pytest.raises(Exception, match=r"is not the file that model\.json names"):
        load_engine("detoxify", "original", 1, models)

    raw = json.loads((manifest.folder / "model.json").read_text())
    raw["files"]["original.ckpt"] = sha256(kept)
    (manifest.folder / "model.json").write_text(json.dumps(raw))
    with pytest.raises(Exception, match="Weights only load failed"):
        load_engine("detoxify", "original", 1, models)
    assert not marker.exists()


def test_a_wrong_hash_is_refused_before_anything_is_read(
    made: Callable[[str], Made], models: Path
) -> None:
    one = made("original")
    wrong = replace(one.source, checkpoint=replace(one.source.checkpoint, sha256="0" * 64))

    with pytest.raises(PullError, match=f"is not Detoxify's .* the right one is {'0' * 64}"):
        put(Made(wrong, one.folder), models)

    assert_nothing_in(models)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused(
    made: Callable[[str], Made], models: Path, tmp_path: Path, share: float
) -> None:
    one = made("original")
    short = with_checkpoint(one, tmp_path, {})
    content = one.checkpoint.read_bytes()
    short.checkpoint.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(PullError, match="It was damaged or replaced on the way"):
        put(short, models)

    # Also where its hash would not tell.
    unpinned = replace(short.source, checkpoint=replace(short.source.checkpoint, sha256=""))
    with pytest.raises(PullError, match=r"is not a whole checkpoint|holds more than weights"):
        put(Made(unpinned, tmp_path), models)
    assert_nothing_in(models)


def _without_layout(raw: dict[str, Any]) -> Any:
    return raw["state_dict"]


def _of_another_architecture(raw: dict[str, Any]) -> Any:
    raw["config"]["arch"]["args"]["model_name"] = "RobertaForSequenceClassification"
    return raw


def _with_more_names_than_logits(raw: dict[str, Any]) -> Any:
    raw["config"]["dataset"]["args"]["classes"] += ["one", "too_many"]
    return raw


def _with_a_weight_missing(raw: dict[str, Any]) -> Any:
    del raw["state_dict"]["bert.pooler.dense.bias"]
    return raw


def _with_a_weight_too_many(raw: dict[str, Any]) -> Any:
    raw["state_dict"]["bert.encoder.layer.9.output.dense.bias"] = torch.zeros(64)
    return raw


def _with_a_weight_of_another_shape(raw: dict[str, Any]) -> Any:
    raw["state_dict"]["classifier.bias"] = torch.zeros(7)
    return raw


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without_layout, "is not in Detoxify's layout"),
        (_of_another_architecture, "is not in Detoxify's layout .*expected Bert"),
        (_with_more_names_than_logits, "is not in Detoxify's layout .*6 logits for the classes"),
        (_with_a_weight_missing, r"do not fit .* 1 missing, as \['bert\.pooler\.dense\.bias'\]"),
        (_with_a_weight_too_many, "do not fit .* 1 left over"),
        (_with_a_weight_of_another_shape, "do not fit"),
    ],
)
def test_a_checkpoint_that_is_not_this_models_is_refused(
    made: Callable[[str], Made],
    models: Path,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], Any],
    message: str,
) -> None:
    one = made("original")

    with pytest.raises(PullError, match=message):
        put(with_checkpoint(one, tmp_path, change(loaded(one))), models)

    assert_nothing_in(models)


def test_another_models_tokenizer_is_refused(
    made: Callable[[str], Made], models: Path, tmp_path: Path
) -> None:
    one, other = made("original"), made("unbiased")
    beside = tmp_path / one.source.base.name
    beside.mkdir()
    tokenizer = other.folder / other.source.base.name / "tokenizer.json"
    (beside / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    config = one.folder / one.source.base.name / "config.json"
    (beside / "config.json").write_bytes(config.read_bytes())
    (tmp_path / one.checkpoint.name).write_bytes(one.checkpoint.read_bytes())

    with pytest.raises(PullError, match=r"tokens, the model \d+: it is another model's"):
        put(Made(pin(one.source, one.checkpoint, beside), tmp_path), models)

    assert_nothing_in(models)


def test_a_conversion_that_changes_the_scores_is_refused(
    made: Callable[[str], Made], models: Path, tmp_path: Path
) -> None:
    """One weight far from all others leaves no steps between these in eight bits."""
    one = made("original")
    raw = loaded(one)
    never_read = 4  # [MASK]
    raw["state_dict"]["bert.embeddings.word_embeddings.weight"][never_read] = 1000.0
    unfit = with_checkpoint(one, tmp_path, raw)

    with pytest.raises(PullError, match=r"scores otherwise than before: .* --precision float32"):
        put(unfit, models)

    assert_nothing_in(models)


# -- interruptions ----------------------------------------------------------------------------
@pytest.mark.parametrize("step", ["_convert", "_write_tokenizer", "compare", "_sync"])
def test_an_interruption_leaves_what_was_there(
    made: Callable[[str], Made], models: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = put(made("original"), models)

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        put(made("original"), models, precision="float32")

    assert {path.name for path in models.iterdir()} == {"original"}
    assert recorded("original", models) == (before, "int8")


def test_a_new_installation_replaces_the_old_and_sweeps_up(
    made: Callable[[str], Made], models: Path
) -> None:
    put(made("original"), models)
    (models / ".unfinished-abc").mkdir()
    (models / ".unfinished-abc" / "model.json").write_text("{}")

    put(made("original"), models, precision="float32")

    assert {path.name for path in models.iterdir()} == {"original"}
    found = recorded("original", models)
    assert found is not None
    assert found[1] == "float32"


def test_damage_is_seen(made: Callable[[str], Made], models: Path) -> None:
    manifest = put(made("original"), models)
    assert recorded("original", models) is not None

    (manifest.folder / "model.onnx").write_bytes(b"")
    assert recorded("original", models) is None
    (manifest.folder / "model.onnx").unlink()
    assert recorded("original", models) is None
    assert recorded("unbiased", models) is None


@pytest.mark.parametrize("kilobytes", [8, 40, 100, 300, 500, 600])
def test_a_full_disk_is_said_and_leaves_nothing(
    made: Callable[[str], Made], tmp_path: Path, kilobytes: int
) -> None:
    """Wherever it fills up: at the tokenizer, the conversion, or the copy of the checkpoint."""
    with small_disk(tmp_path / "disk", kilobytes * 1024) as disk:
        models = disk / "models"
        with pytest.raises(PullError, match="is full"):
            put(made("original"), models)
        assert_nothing_in(models)
