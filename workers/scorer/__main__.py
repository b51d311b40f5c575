"""``python -m workers.scorer``: wiring only."""

from __future__ import annotations

import asyncio
import sys

from moderato.config import Config
from moderato.program import main
from workers.scorer.engines import load_engine
from workers.scorer.service import serve


async def _serve(config: Config, stop: asyncio.Event) -> None:
    await serve(config, lambda: load_engine(config.engine, config.model, config.threads), stop)


if __name__ == "__main__":
    sys.exit(main("workers.scorer", "Scores comments and lets the policy decide.", _serve))
