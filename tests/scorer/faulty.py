"""A real scorer around a real model that misbehaves on marked comments.

    python -m tests.scorer.faulty

``FAULT_FILE`` names a file that is written once the model holds a batch with the marked comment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from moderato.config import Config
from moderato.runtime import run
from moderato.telemetry import setup_logging
from workers.scorer.engines import Engine, Reading, load_engine
from workers.scorer.service import serve

RAISES = "this one raises"
KILLS = "this one kills"
HANGS = "this one hangs"


class FaultyEngine:
    """The bundled model, but it raises, dies or hangs on comments that say so."""

    def __init__(self, engine: Engine, fault_file: str = "") -> None:
        self._engine = engine
        self._fault_file = fault_file
        self.name, self.version = engine.name, engine.version
        self.attributes, self.languages = engine.attributes, engine.languages
        self.max_tokens = engine.max_tokens
        #: While set, the model works on no text at all.
        self.down = False

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._engine.count_tokens(texts)

    def score(self, texts: Sequence[str]) -> list[Reading]:
        whole = "\n".join(texts)
        if self.down:
            raise RuntimeError("The model is down.")
        if RAISES in whole:
            raise ValueError("The model cannot take this.")
        if KILLS in whole:
            os.kill(os.getpid(), signal.SIGKILL)
        if HANGS in whole:
            Path(self._fault_file).write_text("in the batch")
            while True:
                time.sleep(60)
        return self._engine.score(texts)


def main() -> int:
    config = Config.from_env()
    setup_logging(config, "scorer")

    def load() -> Engine:
        return FaultyEngine(load_engine("onnx", "compact", 1), os.environ.get("FAULT_FILE", ""))

    async def serving(stop: asyncio.Event) -> None:
        await serve(config, load, stop)

    return run(serving, config.drain)


if __name__ == "__main__":
    sys.exit(main())
