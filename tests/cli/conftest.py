"""The command as a person runs it, on the tests' Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from click.testing import CliRunner, Result

from moderato.cli import group

#: ``await moderato("site", "list")``: what it printed and how it ended.
Moderato = Callable[..., Awaitable[Result]]


@pytest.fixture
def moderato(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Moderato:
    """Runs the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("MODERATO_REDIS_URL", redis_url)

    async def run(*words: str, stdin: str | None = None) -> Result:
        runner = CliRunner()
        return await asyncio.to_thread(runner.invoke, group, list(words), input=stdin)

    return run
