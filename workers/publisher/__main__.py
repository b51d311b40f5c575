"""``python -m workers.publisher``: settings, logs, and off it goes."""

from __future__ import annotations

import sys

from moderato.config import Config, ConfigError
from moderato.runtime import run
from moderato.telemetry import setup_logging
from workers.publisher.service import serve


def main() -> int:
    try:
        config = Config.from_env()
        setup_logging(config, "publisher")
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 - there is no log yet
        return 2
    return run(lambda stop: serve(config, stop), config.drain)


if __name__ == "__main__":
    sys.exit(main())
