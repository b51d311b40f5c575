"""Wiring only: configuration -> Redis -> store -> the console."""

from __future__ import annotations

import asyncio
import sys

from moderato.config import Config, ConfigError
from moderato.runtime import run, serving
from moderato.store.connection import connect
from moderato.store.feed import Feed
from moderato.store.store import Store
from moderato.telemetry import setup_logging
from services.console.app import make_app

#: Seconds the feed's reads may block.
_BLOCK = 5.0


def main() -> int:
    try:
        config = Config.from_env()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    setup_logging(config, "console")

    async def serve(stop: asyncio.Event) -> None:
        redis, blocking = connect(config), connect(config, blocking=_BLOCK)
        try:
            store = Store(redis, config)
            await store.prepare()
            app = make_app(store, Feed(blocking, store.shards), config)
            async with serving(app, config.host, config.console_port):
                await stop.wait()
        finally:
            await redis.aclose()
            await blocking.aclose()

    return run(serve, config.drain)


if __name__ == "__main__":
    sys.exit(main())
