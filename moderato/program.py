"""What every service and worker does when it is started: help, settings, logs, and off it goes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from moderato import __version__
from moderato.config import Config, ConfigError
from moderato.runtime import run
from moderato.telemetry import setup_logging

Serve = Callable[[Config, asyncio.Event], Awaitable[None]]


def main(module: str, purpose: str, serve: Serve, args: Sequence[str] | None = None) -> int:
    """Runs ``serve(config, stop)`` until it is told to stop; the exit status.

    ``module`` is what stands behind ``python -m``; the last part of it names the service in the
    logs. A setting that cannot be used is one line on standard error and status 2.
    """
    _parser(module, purpose).parse_args(args)
    try:
        config = Config.from_env()
        setup_logging(config, module.rpartition(".")[2])
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return run(lambda stop: serve(config, stop), config.drain)


def _parser(module: str, purpose: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=purpose,
        epilog=(
            "Settings come from MODERATO_ variables, as docs/configuration.md lists them:\n\n"
            f"  MODERATO_REDIS_URL=redis://10.0.0.5:6379/0 python -m {module}\n\n"
            "SIGTERM finishes what is under way; a second one ends at once.\n"
            "`moderato up` starts all of them on one machine, with a Redis."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"moderato {__version__}")
    return parser
