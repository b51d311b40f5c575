"""Wiring only: configuration -> model -> Redis -> the scorer's loops."""

from __future__ import annotations

import asyncio
import sys

from moderato.config import Config, ConfigError
from moderato.runtime import run
from moderato.telemetry import setup_logging
from workers.scorer.engines import load_engine
from workers.scorer.service import serve


def main() -> int:
    try:
        config = Config.from_env()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    setup_logging(config, "scorer")

    async def serving(stop: asyncio.Event) -> None:
        await serve(config, lambda: load_engine(config.engine, config.model, config.threads), stop)

    return run(serving, config.drain)


if __name__ == "__main__":
    sys.exit(main())
