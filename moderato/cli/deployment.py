"""Which installation on this machine a command is about."""

from __future__ import annotations

import os
from pathlib import Path


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
    return Path(base).expanduser() / "moderato"
