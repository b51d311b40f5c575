"""How services and workers start, seen from a shell."""

from __future__ import annotations

import subprocess
import sys

import pytest

MODULES = ["services.intake", "services.console", "workers.scorer", "workers.publisher"]


def start(module: str, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *args],
        capture_output=True,
        text=True,
        timeout=60,
        env=env,
        check=False,
    )


@pytest.mark.parametrize("module", MODULES)
def test_help_says_what_it_is_and_how_to_set_it_up(module: str) -> None:
    shown = start(module, "--help")
    assert shown.returncode == 0
    assert f"MODERATO_REDIS_URL=redis://10.0.0.5:6379/0 python -m {module}" in shown.stdout


@pytest.mark.parametrize("module", MODULES)
def test_a_setting_that_does_not_exist_is_refused(module: str) -> None:
    refused = start(module, MODERATO_REDDIS_URL="redis://127.0.0.1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("MODERATO_REDDIS_URL is not a setting of Moderato")
    assert len(refused.stderr.splitlines()) == 1


def test_an_argument_that_does_not_exist_is_refused() -> None:
    refused = start("services.intake", "--port", "80")
    assert refused.returncode == 2
    assert "unrecognized arguments: --port 80" in refused.stderr
