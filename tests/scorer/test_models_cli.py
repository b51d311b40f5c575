"""`moderato models` as a person runs it: real processes, a server on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import detoxify.detoxify
import pytest

from moderato.config import Config
from tests.conftest import ConfigFactory
from tests.processes import REPOSITORY, Spawn
from tests.scorer.detoxify_models import Made, make, served
from tests.scorer.mirror import Mirror, mirror
from tests.scorer.models_main import write_sources
from workers.scorer.engines.manifest import BUNDLED, installed
from workers.scorer.pull.catalogue import MODELS
from workers.scorer.pull.install import Files, install

# Each of several processes imports torch, which takes long on a busy machine.
pytestmark = pytest.mark.timeout(400)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make("original-small", tmp_path_factory.mktemp("far"))


@pytest.fixture
def far(made: Made) -> Iterator[Mirror]:
    with mirror(made.folder) as server:
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def env(data: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MODERATO_")}
    return {**kept, "MODERATO_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def words(made: Made, far: Mirror, tmp_path: Path) -> list[str]:
    """The program, with the hashes of what the test made."""
    sources = {**MODELS, made.source.name: served(made.source, far.url)}
    path = tmp_path / "sources.json"
    write_sources(sources, path)
    return [sys.executable, "-m", "tests.scorer.models_main", str(path)]


@pytest.fixture(scope="module")
def once_installed(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = made.folder / made.source.base.name
    files = Files(made.checkpoint, beside / "tokenizer.json", beside / "config.json")
    models = tmp_path_factory.mktemp("models")
    install(made.source, files, models, say=lambda _: None)
    return models


@pytest.fixture
def pulled(once_installed: Path, data: Path) -> Path:
    """The data folder's models, with original-small among them."""
    shutil.copytree(once_installed, data / "models")
    return data / "models"


@pytest.fixture
def models(words: list[str], env: dict[str, str]) -> Run:
    """``models("pull", NAME)``: how it ended and what it said."""

    def run(*given: str, status: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*words, *given],
            check=False,
            env={**env, **more},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def shown(models: Run, name: str) -> dict[str, Any]:
    (found,) = (one for one in json.loads(models("list", "--json").stdout) if one["name"] == name)
    return dict(found)


def score(env: dict[str, str], **more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "workers.scorer.score_cli"],
        env={**env, **more}, cwd=REPOSITORY, input='{"text": "You fool."}\n',
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


# -- the catalogue ----------------------------------------------------------------------------
def test_the_addresses_are_detoxifys_own() -> None:
    ours = {name: source.checkpoint.url for name, source in MODELS.items()}
    assert ours == detoxify.detoxify.MODEL_URLS


@pytest.mark.parametrize("name", MODELS)
def test_the_hashes_are_those_that_detoxifys_file_names_begin_with(name: str) -> None:
    source = MODELS[name]
    found = re.fullmatch(r".*-([0-9a-f]{8})\.ckpt", source.checkpoint.name)
    assert found
    assert source.checkpoint.sha256.startswith(found[1])
    assert len(source.checkpoint.sha256) in {8, 64}
    for remote in source.base.files:
        assert re.fullmatch(
            rf"https://huggingface\.co/[\w-]+/{source.base.name}/resolve/[0-9a-f]{{40}}/"
            rf"{remote.name}",
            remote.url,
        )
        assert re.fullmatch(r"([0-9a-f]{64})?", remote.sha256)


# -- the way through --------------------------------------------------------------------------
def test_list_pull_use_and_score(models: Run, env: dict[str, str], made: Made, data: Path) -> None:
    before = shown(models, "original-small")
    assert (before["installed"], before["in_use"]) == (False, False)
    assert shown(models, "compact")["in_use"]

    said = models("pull", "original-small")
    assert "Installed original-small 0.1.2 (int8" in said.stdout
    assert "moderato models use original-small" in said.stdout
    assert made.source.checkpoint.name in said.stderr, "there is a progress bar"
    assert {path.name for path in (data / "models").iterdir()} == {
        "original-small", ".downloads", "lock"
    }  # fmt: skip
    assert not [path for path in (data / "models" / ".downloads").rglob("*") if path.is_file()]

    assert shown(models, "original-small")["installed"]
    assert score(env)["model"] == "compact"
    assert "Restart the scorers" in models("use", "original-small").stdout
    assert shown(models, "original-small")["in_use"]
    found = score(env)
    assert (found["model"], found["version"]) == ("original-small", "0.1.2")
    assert list(found["scores"]) == list(made.source.attributes)

    assert score(env, MODERATO_MODEL="compact")["model"] == "compact"
    said = models("use", "original-small", MODERATO_MODEL="compact")
    assert "But MODERATO_MODEL=compact is set here" in said.stderr
    assert "MODERATO_MODEL=compact overrides" in models("list", MODERATO_MODEL="compact").stdout
    models("use", "compact")
    assert score(env)["model"] == "compact"


def test_it_is_a_command_of_moderato(env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "moderato.cli", "models", "list"],
        env=env, cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in ("compact", *MODELS):
        assert name in done.stdout
    assert "sexual_explicit" in done.stdout
    assert "languages: en, es, fr, it, pt, ru, tr" in done.stdout


def test_pulling_again_does_nothing_unless_it_is_damaged(
    models: Run, far: Mirror, pulled: Path
) -> None:
    assert "installed already" in models("pull", "original-small").stdout
    assert far.asked == []

    (pulled / "original-small" / "model.onnx").write_bytes(b"")
    assert "Installed original-small" in models("pull", "original-small").stdout
    assert (pulled / "original-small" / "model.onnx").stat().st_size > 0


def test_without_a_network_it_comes_on_a_stick(
    models: Run, far: Mirror, tmp_path: Path, data: Path
) -> None:
    stick = tmp_path / "stick"
    models("pull", "original-small", "--download-only", str(stick))
    assert not (data / "models" / "original-small").exists()
    assert {str(path.relative_to(stick)) for path in stick.rglob("*") if path.is_file()} == {
        "original-albert-0e1d6498.ckpt",
        "albert-base-v2/tokenizer.json",
        "albert-base-v2/config.json",
    }
    asked = len(far.asked)

    assert "Installed original-small" in models("import", str(stick)).stdout

    assert len(far.asked) == asked
    assert shown(models, "original-small")["installed"]
    assert len([path for path in stick.rglob("*") if path.is_file()]) == 3, "the stick is kept"


def test_a_mirror_is_laid_out_like_the_stick(models: Run, far: Mirror, tmp_path: Path) -> None:
    to = str(tmp_path / "stick")
    models("pull", "original-small", "--mirror", f"{far.url}/", "--download-only", to)
    assert {path for path, _, _ in far.asked} == {
        "/original-albert-0e1d6498.ckpt",
        "/albert-base-v2/tokenizer.json",
        "/albert-base-v2/config.json",
    }


async def test_a_scorer_loads_the_model_in_use(
    models: Run, spawn: Spawn, make_config: ConfigFactory, pulled: Path
) -> None:
    models("use", "original-small")
    config: Config = make_config(models_dir=str(pulled), log_format="json")

    running = await spawn("workers.scorer", config)

    loaded = next(line for line in running.log.splitlines() if "model_loaded" in line)
    assert json.loads(loaded)["model"] == "original-small"


# -- what goes wrong --------------------------------------------------------------------------
def test_ctrl_c_keeps_what_came_and_the_same_command_goes_on(
    words: list[str], models: Run, env: dict[str, str], far: Mirror, made: Made, data: Path
) -> None:
    size = made.checkpoint.stat().st_size
    far.hang_after = size - 50_000
    process = subprocess.Popen(
        [*words, "pull", "original-small"],
        env=env, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert far.hangs.wait(120)
    part = data / "models" / ".downloads" / f"{made.source.checkpoint.name}.part"
    _wait_until(lambda: part.exists() and part.stat().st_size > 0)
    other = models("pull", "original-small", status=1)
    assert f"Another `moderato models` works on {data / 'models'} (process {process.pid})" in (
        other.stderr
    )

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 130
    assert "Interrupted. Nothing is half installed; what was fetched is kept" in said
    assert "Traceback" not in said
    assert not (data / "models" / "original-small").exists()
    kept = part.stat().st_size
    assert 0 < kept < size
    far.hang_after = None
    far.go_on.set()
    far.asked.clear()
    assert "Installed" in models("pull", "original-small").stdout
    assert f"bytes={kept}-" in {asked[1] for asked in far.asked}


def test_a_conversion_that_is_ended_leaves_nothing(
    words: list[str], env: dict[str, str], far: Mirror, data: Path
) -> None:
    process = subprocess.Popen(
        [*words, "pull", "original-small"],
        env=env, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    while "Converting" not in process.stdout.readline():
        assert process.poll() is None

    process.terminate()
    process.communicate(timeout=120)

    if process.returncode == 0:
        pytest.skip("It was done before the signal came.")
    assert process.returncode == 130
    assert {path.name for path in (data / "models").iterdir()} == {".downloads", "lock"}


def test_a_wrong_file_is_refused_and_not_kept(
    models: Run, far: Mirror, made: Made, tmp_path: Path, data: Path
) -> None:
    far.folder = tmp_path / "wrong"
    (far.folder / "albert-base-v2").mkdir(parents=True)
    (far.folder / made.source.checkpoint.name).write_bytes(b"something else")
    for name in ("tokenizer.json", "config.json"):
        content = (made.folder / "albert-base-v2" / name).read_bytes()
        (far.folder / "albert-base-v2" / name).write_bytes(content)

    said = models("pull", "original-small", status=1).stderr

    assert "is not Detoxify's original-albert-0e1d6498.ckpt: its SHA-256 is" in said
    assert not (data / "models" / "original-small").exists()
    assert not list((data / "models").rglob("*.ckpt*"))


def test_what_is_not_there_is_said(models: Run, far: Mirror, tmp_path: Path) -> None:
    far.status = 404
    assert "does not exist (HTTP 404)" in models("pull", "original-small", status=1).stderr
    said = models("pull", "orginal", status=2).stderr
    assert "There is no 'orginal' to fetch; say one of original, unbiased" in said
    said = models("use", "original", status=1).stderr
    assert "original is not installed: run `moderato models pull original` first" in said
    assert "There is no model 'mine'" in models("use", "mine", status=1).stderr
    said = models("import", str(tmp_path), status=1).stderr
    assert "no checkpoint of Detoxify's" in said
    (tmp_path / "original-albert-0e1d6498.ckpt").write_bytes(b"")
    said = models("import", str(tmp_path), status=1).stderr
    assert "tokenizer.json is missing; original-small needs it" in said


def test_a_damaged_model_is_not_made_the_one_in_use(models: Run, pulled: Path) -> None:
    (pulled / "original-small" / "model.onnx").write_bytes(b"")

    assert (
        "is not the file that model.json names" in models("use", "original-small", status=1).stderr
    )
    assert shown(models, "compact")["in_use"]


def test_a_model_in_use_that_is_gone_is_said(models: Run, data: Path) -> None:
    (data / "models").mkdir(parents=True)
    (data / "models" / "in-use").write_text("unbiased\n")
    assert "In use is unbiased, which is not installed" in models("list").stdout


def test_without_the_extra_it_says_what_to_install(
    words: list[str], env: dict[str, str], far: Mirror, tmp_path: Path
) -> None:
    """Before it fetches hundreds of megabytes."""
    (tmp_path / "torch.py").write_text("raise ImportError('No torch', name='torch')\n")
    blocked = {**env, "PYTHONPATH": str(tmp_path)}

    done = subprocess.run(
        [*words, "pull", "original-small"], env=blocked, cwd=REPOSITORY,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "not installed (torch): pip install 'moderato[scorer,detoxify]'" in done.stderr
    assert far.asked == []
    listed = subprocess.run(
        [*words, "list"], env=blocked, cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "unbiased" in listed.stdout


def test_the_bundled_model_comes_before_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "compact").mkdir()
    (tmp_path / "compact" / "model.json").write_text("{}")
    assert installed(BUNDLED, tmp_path)["compact"].parent == BUNDLED


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
