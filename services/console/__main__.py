"""Wiring only: configuration -> the console's service."""

from __future__ import annotations

import asyncio
import sys

from moderato.config import Config, ConfigError
from moderato.runtime import run
from moderato.telemetry import setup_logging
from services.console.service import serve


def main() -> int:
    try:
        config = Config.from_env()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    setup_logging(config, "console")

    async def serving(stop: asyncio.Event) -> None:
        await serve(config, stop)

    return run(serving, config.drain)


if __name__ == "__main__":
    sys.exit(main())
