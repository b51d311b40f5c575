"""What can go wrong on the way, said so that a person knows what to do."""

from __future__ import annotations

import errno
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class PullError(Exception):
    """A model could not be fetched or installed; nothing was. The message says why."""


def disk_error(error: OSError, folder: Path) -> PullError:
    """``error``, which came of writing to ``folder``, with what would mend it."""
    if error.errno in _FULL:
        return PullError(
            f"The disk of {folder} is full. Make room, or choose another folder with "
            "MODERATO_MODELS_DIR; then run the same command again."
        )
    return PullError(f"{error.filename or folder} cannot be used: {error.strerror or error}.")
