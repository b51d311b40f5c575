"""One installation on one machine: its Redis, its programs, and what a newcomer is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from moderato.cli._first_start import ADMINISTRATOR, demo_site, first_account
from moderato.cli._lines import Lines
from moderato.cli._programs import Plan, environment, example_site, services, shown_host
from moderato.embedded import EmbeddedRedis
from moderato.store.connection import connect
from moderato.store.store import Store
from moderato.supervisor import Program, Supervisor

T = TypeVar("T")

#: Where the example site takes its webhooks.
_WEBHOOK_PATH = "/webhooks/moderato"


class Installation:
    """Everything `moderato up` runs."""

    def __init__(self, plan: Plan, folder: Path, lines: Lines) -> None:
        self._plan = plan
        self._folder = folder
        self._lines = lines
        self._supervisor = Supervisor()
        self._redis: EmbeddedRedis | None = None
        self._show_redis = lines.of("redis")
        self._ready = False

    async def run(self) -> None:
        """Start everything and keep it running; cancelling this stops it in order."""
        async with AsyncExitStack() as stack:
            if "MODERATO_REDIS_URL" not in os.environ:
                self._redis = EmbeddedRedis(self._folder, on_line=self._redis_line)
                await stack.enter_async_context(self._redis)
                config = replace(self._plan.config, redis_url=self._redis.url)
                self._plan = replace(self._plan, config=config)
            programs = await self._with_store(self._programs)
            stack.push_async_callback(self._supervisor.stop)
            await self._supervisor.start(*programs)
            # Last, lest a start that fails takes the only sight of the password along.
            password = await self._with_store(first_account)
            self._welcome(password)
            self._ready = True
            await asyncio.Event().wait()

    def kill(self) -> None:
        """End everything at once; what was acknowledged is on disk."""
        self._supervisor.kill()
        if self._redis is not None:
            self._redis.kill()

    def _redis_line(self, line: str) -> None:
        """Redis explains itself at length when it starts; later, its warnings are worth a look."""
        if self._plan.config.log_level == "debug" or (self._ready and " # " in line):
            self._show_redis(line)

    async def _programs(self, store: Store) -> list[Program]:
        """What to run, with the example site's account made and wired in."""
        await store.prepare()
        env = environment(self._plan, as_json=self._lines.as_json)
        programs = services(self._plan, env, self._lines)
        if self._plan.demo_port is None:
            return programs
        demo = await demo_site(store, self._folder, f"{self._demo_url()}{_WEBHOOK_PATH}")
        wired = {
            **env,
            "MODERATO_URL": self._url(self._plan.config.intake_port),
            "MODERATO_API_KEY": demo.api_key,
            "MODERATO_WEBHOOK_SECRET": demo.webhook_secret,
        }
        return [*programs, example_site(self._plan, wired, self._lines)]

    async def _with_store(self, work: Callable[[Store], Awaitable[T]]) -> T:
        redis = connect(self._plan.config)
        try:
            return await work(Store(redis, self._plan.config))
        finally:
            await redis.aclose()

    def _welcome(self, password: str | None) -> None:
        config = self._plan.config
        intake, console = self._url(config.intake_port), self._url(config.console_port)
        if password is not None:
            login = f"log in as {ADMINISTRATOR} with the password  {password}  (shown this once)"
        else:
            login = "log in as before; a lost password: moderato user reset NAME"
        words = [
            "",
            "Moderato is ready.",
            "",
            f"  Intake     {intake}  the API for sites, explained at {intake}/docs",
            f"  Console    {console}  {login}",
        ]
        facts: dict[str, object] = {"intake": intake, "console": console}
        if self._plan.demo_port is not None:
            words += [
                f"  News site  {self._demo_url()}  an article: leave the first comment",
                f"             its webhooks may go to {config.webhook_allow}, because of --demo",
            ]
            facts |= {"news_site": self._demo_url(), "webhook_allow": config.webhook_allow}
        if self._redis is not None:
            words.append(f"  Data       {self._redis.data_dir}")
            facts["data_dir"] = str(self._redis.data_dir)
        words += ["", "  Ctrl-C stops it.", ""]
        self._lines.say("\n".join(words), "ready", password=password, **facts)

    def _url(self, port: int) -> str:
        return f"http://{shown_host(self._plan.config)}:{port}"

    def _demo_url(self) -> str:
        assert self._plan.demo_port is not None
        return self._url(self._plan.demo_port)
