"""Where intake and the console can be reached from this machine."""

from __future__ import annotations

from moderato.cli._programs import shown_host
from moderato.config import Config


def intake_url(config: Config) -> str:
    return f"http://{shown_host(config)}:{config.intake_port}"


def console_url(config: Config) -> str:
    return f"http://{shown_host(config)}:{config.console_port}"
