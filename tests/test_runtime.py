"""How a process lives and ends, what it logs, and what it says of its health."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from moderato.config import ConfigError
from moderato.health import add_health_routes, health_app
from moderato.runtime import end, serving
from tests.processes import REPOSITORY

PREAMBLE = """
import asyncio, sys, time
import structlog
from moderato.config import Config, ConfigError
from moderato.runtime import run, serving
from moderato.telemetry import setup_logging
setup_logging(Config.from_env(), "probe")
log = structlog.get_logger("probe")
def say(word):
    print(word, flush=True)
"""

Start = Callable[..., asyncio.subprocess.Process]


@asynccontextmanager
async def probe(program: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that runs PREAMBLE and ``program``; dead at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PREAMBLE + textwrap.dedent(program),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        env={**os.environ, "MODERATO_LOG_FORMAT": "json", **env},
    )
    try:
        async with asyncio.timeout(20):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def rest(process: asyncio.subprocess.Process) -> list[dict[str, object]]:
    """The log lines that are still to come; returns once the process ended."""
    out, errors = await process.communicate()
    assert errors == b"", errors.decode()
    return [json.loads(text) for text in out.decode().splitlines()]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_work_in_progress_finish(signum: signal.Signals) -> None:
    program = """
        async def main(stop):
            say("running")
            await stop.wait()
            log.info("finished")
        sys.exit(run(main, 5))
    """
    async with probe(program) as process:
        assert await line(process) == "running"
        process.send_signal(signum)
        events = [entry["event"] for entry in await rest(process)]
        assert events == ["stopping", "finished"]
        assert process.returncode == 0


async def test_work_that_does_not_finish_is_cut_off() -> None:
    program = """
        async def main(stop):
            say("running")
            await asyncio.to_thread(time.sleep, 60)
        sys.exit(run(main, 0.1))
    """
    async with probe(program) as process:
        assert await line(process) == "running"
        process.terminate()
        events = [entry["event"] for entry in await rest(process)]
        assert events == ["stopping", "drain_exceeded"]
        assert process.returncode == 1


async def test_a_thread_that_hangs_does_not_hold_up_the_end() -> None:
    program = """
        async def main(stop):
            asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)
            say("running")
            await stop.wait()
            log.info("finished")
        sys.exit(run(main, 5))
    """
    async with probe(program) as process:
        assert await line(process) == "running"
        process.terminate()
        events = [entry["event"] for entry in await rest(process)]
        assert events == ["stopping", "finished"]
        assert process.returncode == 0


async def test_a_second_signal_ends_it_at_once() -> None:
    program = """
        async def main(stop):
            say("running")
            await stop.wait()
            say("stopping slowly")
            await asyncio.sleep(60)
        sys.exit(run(main, 60))
    """
    async with probe(program) as process:
        assert await line(process) == "running"
        process.terminate()
        while await line(process) != "stopping slowly":
            pass
        process.terminate()
        assert [entry["event"] for entry in await rest(process)] == ["stopped_at_once"]
        assert process.returncode == 128 + signal.SIGTERM


async def test_an_exception_is_logged_without_the_values_of_variables() -> None:
    program = """
        async def main(stop):
            text = "a reader's " + "words"
            raise RuntimeError("broken")
        sys.exit(run(main, 1))
    """
    for log_format in ("json", "console"):
        async with probe(program, MODERATO_LOG_FORMAT=log_format) as process:
            out, _ = await process.communicate()
            assert process.returncode == 1
            assert "RuntimeError" in out.decode()
            assert "broken" in out.decode()
            assert "a reader's words" not in out.decode()


async def test_a_bad_setting_is_one_line() -> None:
    program = """
        async def main(stop):
            raise ConfigError("MODERATO_SHARDS=0: must be at least 1.")
        sys.exit(run(main, 1))
    """
    async with probe(program) as process:
        (entry,) = await rest(process)
        assert entry["message"] == "MODERATO_SHARDS=0: must be at least 1."
        assert process.returncode == 2


async def test_a_log_line_is_json_with_time_level_service_and_what_was_bound() -> None:
    program = """
        import logging
        structlog.contextvars.bind_contextvars(comment="c1", site="s1")
        log.info("comment_scored", milliseconds=3)
        logging.getLogger("some.library").warning("is %s", "late")
        log.debug("not_shown")
    """
    async with probe(program) as process:
        ours, theirs = await rest(process)
    assert str(ours.pop("timestamp")).endswith("Z")
    assert ours == {
        "event": "comment_scored",
        "level": "info",
        "service": "probe",
        "comment": "c1",
        "site": "s1",
        "milliseconds": 3,
    }
    assert (theirs["event"], theirs["level"]) == ("is late", "warning")


@pytest.mark.parametrize("setting", ["MODERATO_LOG_LEVEL", "MODERATO_LOG_FORMAT"])
async def test_a_wrong_log_setting_is_named(setting: str) -> None:
    async with probe("", **{setting: "loud"}) as process:
        _, errors = await process.communicate()
        assert f"{setting}='loud': must be" in errors.decode()


async def test_malformed_requests_leave_no_traceback_and_secrets_no_trace() -> None:
    program = """
        from aiohttp import web
        async def main(stop):
            async with serving(web.Application(), "127.0.0.1", 0) as port:
                say(port)
                await stop.wait()
        sys.exit(run(main, 5))
    """
    for level, expected in (("info", 0), ("debug", 1)):
        async with probe(program, MODERATO_LOG_LEVEL=level) as process:
            while not (port := await line(process)).isdigit():
                pass
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(b"GET /?key=secret HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")
            assert b"400" in await reader.readline()
            writer.close()
            async with aiohttp.ClientSession() as http:
                await http.get(f"http://127.0.0.1:{port}/nowhere?key=secret")
            process.terminate()
            entries = await rest(process)
        events = [str(entry["event"]) for entry in entries]
        assert sum(event.startswith("malformed_request") for event in events) == expected
        assert sum(event == "http_request" for event in events) >= expected
        assert not any("exception" in entry or "secret" in str(entry) for entry in entries)


async def test_readyz_names_what_fails_and_why() -> None:
    broken = False

    async def redis() -> None:
        if broken:
            raise ConnectionError("nobody answers")

    async def model() -> None:
        return

    app = health_app({"redis": redis, "model": model})
    async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{port}/readyz"
        async with http.get(url) as answer:
            assert answer.status == 200
            assert await answer.json() == {"status": "ready", "failing": {}}
        broken = True
        async with http.get(url) as answer:
            assert answer.status == 503
            failing = {"redis": "nobody answers"}
            assert await answer.json() == {"status": "not ready", "failing": failing}


async def test_a_check_that_hangs_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderato.health.CHECK_TIMEOUT", 0.01)

    async def hangs() -> None:
        await asyncio.Event().wait()

    app = health_app({"redis": hangs})
    async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["failing"] == {"redis": "no answer within 0.01 s"}
        async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200


async def test_metrics_are_prometheus_text() -> None:
    app = web.Application()
    add_health_routes(app, {})
    async with (
        serving(app, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.content_type == "text/plain"
        families = {f.name for f in text_string_to_metric_families(await answer.text())}
    assert {"process_start_time_seconds", "moderato_build_info"} <= families


async def test_a_taken_port_is_named() -> None:
    async with serving(health_app({}), "127.0.0.1", 0) as port:
        with pytest.raises(ConfigError, match=f"Port {port} on 127.0.0.1 is in use"):
            async with serving(health_app({}), "127.0.0.1", port):
                pytest.fail("Two listen on one port.")


async def test_a_task_that_misses_a_cancellation_is_cancelled_again() -> None:
    missed = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            missed.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert missed.is_set()
    assert task.cancelled()
