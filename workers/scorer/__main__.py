"""``python -m workers.scorer``: wiring only."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from moderato.cli.deployment import model_in_use, models_dir
from moderato.config import Config
from moderato.program import main
from workers.scorer.engines import load_engine
from workers.scorer.service import serve


async def _serve(config: Config, stop: asyncio.Event) -> None:
    models = models_dir(config)
    config = replace(config, model=model_in_use(config, models))
    await serve(
        config, lambda: load_engine(config.engine, config.model, config.threads, models), stop
    )


if __name__ == "__main__":
    sys.exit(main("workers.scorer", "Scores comments and lets the policy decide.", _serve))
