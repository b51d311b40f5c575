"""Programs that die, hang, refuse to start or refuse to stop."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from moderato.process import Child, describe_exit
from moderato.supervisor import Backoff, Program, StartError, Supervisor, http_ready
from tests.processes import REPOSITORY

#: Says "up", writes each signal it gets, ends at SIGTERM.
POLITE = """
    import signal, sys
    signal.signal(signal.SIGTERM, lambda *_: (print("finishing"), sys.exit(0)))
    print("up", flush=True)
    signal.pause()
"""
#: Says "up" and takes no notice of SIGTERM.
STUBBORN = """
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("up", flush=True)
    while True: signal.pause()
"""


class Probe:
    """A program that is ready when it says "up", and the lines it wrote."""

    def __init__(self, name: str, source: str, **options: object) -> None:
        self.lines: list[str] = []
        self._up = asyncio.Event()
        child = Child(
            [sys.executable, "-c", textwrap.dedent(source)], on_line=self._on_line, cwd=REPOSITORY
        )
        self.program = Program(name, child, self.up, **options)  # type: ignore[arg-type]

    def _on_line(self, line: str) -> None:
        self.lines.append(line)
        if line == "up":
            self._up.set()

    async def up(self) -> None:
        await self._up.wait()
        self._up.clear()

    @property
    def pid(self) -> int:
        pid = self.program.child.pid
        assert pid is not None
        return pid


@asynccontextmanager
async def killed_at_the_end(*probes: Probe) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor()
    try:
        async with asyncio.timeout(20):
            yield supervisor
    finally:
        for probe in probes:
            probe.program.kill()
        await supervisor.stop()


async def test_a_program_that_dies_is_reported_and_started_again() -> None:
    probe = Probe("scorer", POLITE, backoff=Backoff(first=0.01))
    with capture_logs() as logs:
        async with killed_at_the_end(probe) as supervisor:
            await supervisor.start(probe.program)
            first = probe.pid
            os.kill(first, signal.SIGKILL)
            await probe.up()
            assert probe.pid != first
    report = next(entry for entry in logs if entry["event"] == "process_ended")
    assert report["process"] == "scorer"
    assert report["exit"] == "killed by SIGKILL"
    assert report["last_lines"] == ["up"]


async def test_a_program_that_ends_while_it_starts_is_an_error_with_its_last_lines() -> None:
    probe = Probe("intake", "print('MODERATO_SHARDS is odd'); raise SystemExit(2)", hint="Try 1.")
    message = r"(?s)intake ended while it started \(exit code 2\).*SHARDS is odd.*Try 1\."
    async with killed_at_the_end(probe) as supervisor:
        with pytest.raises(StartError, match=message):
            await supervisor.start(probe.program)


async def test_one_that_cannot_start_does_not_wait_for_the_others() -> None:
    never_ready = Probe("scorer", "import signal; signal.pause()")
    broken = Probe("intake", "raise SystemExit(1)")
    async with killed_at_the_end(never_ready, broken) as supervisor:
        with pytest.raises(StartError, match="intake ended"):
            await supervisor.start(never_ready.program, broken.program)


async def test_they_stop_in_the_given_order_each_with_its_work_done() -> None:
    first, second, third = probes = [Probe(name, POLITE) for name in ("one", "two", "three")]
    with capture_logs() as logs:
        async with killed_at_the_end(*probes) as supervisor:
            await supervisor.start(first.program)
            await supervisor.start(second.program, third.program)
            await supervisor.stop()
    stopped = [entry["process"] for entry in logs if entry["event"] == "process_stopped"]
    assert stopped == ["one", "two", "three"]
    assert all(probe.lines == ["up", "finishing"] for probe in probes)


async def test_one_that_will_not_stop_is_killed_after_its_time() -> None:
    probe = Probe("scorer", STUBBORN, drain=0.05)
    with capture_logs() as logs:
        async with killed_at_the_end(probe) as supervisor:
            await supervisor.start(probe.program)
            await supervisor.stop()
    (entry,) = (entry for entry in logs if entry["event"] == "process_stopped")
    assert entry["exit"] == "killed by SIGKILL"


async def test_a_kill_takes_what_the_program_started_along() -> None:
    source = """
        import subprocess, sys
        inner = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        print(inner.pid)
        print("up", flush=True)
        inner.wait()
    """
    probe = Probe("scorer", source)
    async with killed_at_the_end(probe) as supervisor:
        await supervisor.start(probe.program)
        inner = os.pidfd_open(int(probe.lines[0]))
        try:
            gone = asyncio.Event()
            asyncio.get_running_loop().add_reader(inner, gone.set)
            supervisor.kill()
            await gone.wait()
        finally:
            asyncio.get_running_loop().remove_reader(inner)
            os.close(inner)


async def test_children_end_when_their_parent_is_killed() -> None:
    parent = """
        import asyncio, sys
        from moderato.process import Child
        async def main():
            child = Child([sys.executable, "-c", "import signal; signal.pause()"])
            await child.start()
            print(child.pid)
            print("up", flush=True)
            await child.wait()
        asyncio.run(main())
    """
    probe = Probe("up", parent)
    async with killed_at_the_end(probe) as supervisor:
        await supervisor.start(probe.program)
        grandchild = os.pidfd_open(int(probe.lines[0]))
        try:
            gone = asyncio.Event()
            asyncio.get_running_loop().add_reader(grandchild, gone.set)
            os.kill(probe.pid, signal.SIGKILL)
            await gone.wait()
        finally:
            asyncio.get_running_loop().remove_reader(grandchild)
            os.close(grandchild)


async def test_a_line_too_long_to_read_does_not_stop_the_reading() -> None:
    source = """
        import sys
        sys.stdout.write("x" * (3 << 20) + "\\n")
        print("up", flush=True)
        sys.stdin.read()
    """
    probe = Probe("chatty", source)
    async with killed_at_the_end(probe) as supervisor:
        await supervisor.start(probe.program)
        assert probe.lines[-1] == "up"


async def test_ready_means_that_the_url_answers_200() -> None:
    source = """
        import http.server
        class Handler(http.server.BaseHTTPRequestHandler):
            asked = 0
            def do_GET(self):
                Handler.asked += 1
                self.send_response(200 if Handler.asked == 3 else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                print("asked", Handler.asked, flush=True)
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port)
        print("up", flush=True)
        server.serve_forever()
    """
    probe = Probe("web", source)
    async with killed_at_the_end(probe) as supervisor:
        await supervisor.start(probe.program)
        await http_ready(f"http://127.0.0.1:{probe.lines[0]}/readyz")
        assert "asked 2" in probe.lines


def test_delays_double_up_to_the_longest() -> None:
    assert list(itertools.islice(Backoff().delays(), 7)) == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit code 0"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")],
)
def test_an_exit_status_in_words(status: int, words: str) -> None:
    assert describe_exit(status) == words
