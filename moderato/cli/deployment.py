"""Which installation on this machine a command is about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from moderato.config import Config, ConfigError

#: The bundled one, until another is chosen.
DEFAULT_MODEL: Final = "compact"
_IN_USE: Final = "in-use"


def data_dir() -> Path:
    """Where ``moderato up`` keeps its data unless told otherwise.

    MODERATO_DATA_DIR; else ./data where a Moderato's data lies there, as after ``make run``;
    else $XDG_DATA_HOME/moderato.
    """
    if chosen := os.environ.get("MODERATO_DATA_DIR"):
        return Path(chosen).expanduser()
    here = Path("data")
    if (here / "lock").is_file():
        return here
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    try:
        return Path(base).expanduser() / "moderato"
    except RuntimeError:
        # A user without a home, as in some containers.
        return here


def models_dir(config: Config, folder: Path | None = None) -> Path:
    """Where pulled models lie: MODERATO_MODELS_DIR, else `models` in the data folder.

    ``folder`` is the data folder, where a command was told another one.
    """
    if config.models_dir:
        return Path(config.models_dir).expanduser()
    return (folder or data_dir()).expanduser() / "models"


def model_in_use(config: Config, models: Path) -> str:
    """The model to score with: MODERATO_MODEL, else what `moderato models use` chose."""
    return config.model or chosen_model(models)


def chosen_model(models: Path) -> str:
    """What `moderato models use` chose last; the bundled model, where nobody did.

    Raises ConfigError where that cannot be found out.
    """
    try:
        return (models / _IN_USE).read_text(encoding="utf-8").strip() or DEFAULT_MODEL
    except (FileNotFoundError, NotADirectoryError):
        return DEFAULT_MODEL
    except OSError as error:
        raise ConfigError(
            f"{models / _IN_USE} cannot be read ({error.strerror}): name another folder with "
            "MODERATO_MODELS_DIR, or the model with MODERATO_MODEL."
        ) from error


def choose_model(models: Path, name: str) -> None:
    """Make ``name`` the model that scorers load when they start next."""
    models.mkdir(parents=True, exist_ok=True)
    new = models / f".{_IN_USE}.{os.getpid()}"
    new.write_text(f"{name}\n", encoding="utf-8")
    new.replace(models / _IN_USE)
