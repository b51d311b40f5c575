"""``python -m services.intake``: settings, logs, and off it goes."""

from __future__ import annotations

import sys

from moderato.config import Config, ConfigError
from moderato.runtime import run
from moderato.telemetry import setup_logging
from services.intake.service import serve


def main() -> int:
    try:
        config = Config.from_env()
        setup_logging(config, "intake")
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return run(lambda stop: serve(config, stop), config.drain)


if __name__ == "__main__":
    sys.exit(main())
