"""Which folder and which model a command and a scorer mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderato.cli._programs import Plan, environment
from moderato.cli.deployment import (
    choose_model,
    chosen_model,
    data_dir,
    model_in_use,
    models_dir,
)
from moderato.config import Config, ConfigError


def test_models_lie_in_the_data_folder_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATO_DATA_DIR", str(tmp_path / "data"))
    assert models_dir(Config()) == tmp_path / "data" / "models"
    assert models_dir(Config(), tmp_path / "other") == tmp_path / "other" / "models"
    told = Config(models_dir=str(tmp_path / "models"))
    assert models_dir(told, tmp_path / "other") == tmp_path / "models"


def test_a_user_without_a_home_gets_a_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.chdir(tmp_path)
    for name in ("MODERATO_DATA_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    assert data_dir() == Path("data")


def test_the_model_in_use_is_the_one_chosen_last(tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert model_in_use(Config(), models) == "compact"
    choose_model(models, "unbiased")
    choose_model(models, "original")
    assert model_in_use(Config(), models) == "original"
    assert model_in_use(Config(model="compact"), models) == "compact"
    assert [path.name for path in models.iterdir()] == ["in-use"]


def test_a_choice_that_cannot_be_read_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "in-use").mkdir()
    with pytest.raises(ConfigError, match=r"in-use cannot be read .* MODERATO_MODELS_DIR"):
        chosen_model(tmp_path)


def test_every_program_of_an_installation_is_given_the_models_folder() -> None:
    assert environment(Plan(Config(models_dir="/m")), as_json=True)["MODERATO_MODELS_DIR"] == "/m"
