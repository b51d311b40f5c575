"""The programs of one installation on one machine: how each is run, and when it is ready."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

import moderato
from moderato.cli._lines import Lines
from moderato.config import Config
from moderato.process import Child
from moderato.supervisor import Program, http_ready

#: Several scorers: the second listens this much above the first, and so on.
_PORT_STEP = 10
#: Seconds beyond its own drain after which a program is killed.
_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: ``config`` for all, how many scorers, and the example site's port, if any."""

    config: Config
    scorers: int = 1
    demo_port: int | None = None

    @property
    def scorer_ports(self) -> list[int]:
        return [self.config.scorer_port + number * _PORT_STEP for number in range(self.scorers)]

    def ports(self) -> Iterator[tuple[int, str]]:
        """Each port, and the option that changes it."""
        yield self.config.intake_port, "--intake-port"
        yield self.config.console_port, "--console-port"
        for port in self.scorer_ports:
            yield port, "--scorer-port"
        yield self.config.publisher_port, "--publisher-port"
        if self.demo_port is not None:
            yield self.demo_port, "--demo-port"


def check_ports(plan: Plan) -> None:
    """Raises ClickException, naming port and option, where one is taken or given twice."""
    seen: dict[int, str] = {}
    for port, option in plan.ports():
        if port in seen:
            raise click.ClickException(
                f"Port {port} was given to {seen[port]} and to {option}; change one of them."
            )
        seen[port] = option
        with socket.socket(socket.AF_INET6 if ":" in plan.config.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((plan.config.host, port))
            except OSError as error:
                raise click.ClickException(
                    f"Port {port} on {plan.config.host} cannot be used ({error.strerror}); "
                    f"choose another one with {option}."
                ) from None


def services(plan: Plan, env: Mapping[str, str], lines: Lines) -> list[Program]:
    """Intake, console, scorers, publisher: in the order in which they stop.

    New comments are refused first; what was accepted is still decided and published.
    """
    config = plan.config

    def service(name: str, module: str, port: int, **extra: str) -> Program:
        child = Child([sys.executable, "-m", module], env={**env, **extra}, on_line=lines.of(name))
        return _program(name, child, config, port, "/readyz")

    scorers = [
        service(
            "scorer" if number == 0 else f"scorer-{number + 1}",
            "workers.scorer",
            port,
            MODERATO_SCORER_PORT=str(port),
        )
        for number, port in enumerate(plan.scorer_ports)
    ]
    return [
        service("intake", "services.intake", config.intake_port),
        service("console", "services.console", config.console_port),
        *scorers,
        service("publisher", "workers.publisher", config.publisher_port),
    ]


def example_site(plan: Plan, env: Mapping[str, str], lines: Lines) -> Program:
    """The example news site of a checkout. Raises ClickException where there is no checkout."""
    root = Path(moderato.__file__).parent.parent
    if not (root / "examples" / "news_site").is_dir():
        raise click.ClickException(
            "The example news site comes with the repository, not with the installed package: "
            "run `moderato up --demo` from a checkout, or leave --demo out."
        )
    assert plan.demo_port is not None
    url = f"http://{shown_host(plan.config)}:{plan.demo_port}"
    child = Child(
        [
            *(sys.executable, "-m", "examples.news_site"),
            *("--host", plan.config.host, "--port", str(plan.demo_port), "--public-url", url),
        ],
        env=env,
        cwd=root,
        on_line=lines.of("news site"),
    )
    return _program("news site", child, plan.config, plan.demo_port, "/")


def environment(plan: Plan, *, as_json: bool) -> dict[str, str]:
    """What every program is given: our environment with the settings of the plan."""
    config = plan.config
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "MODERATO_REDIS_URL": config.redis_url,
        "MODERATO_HOST": config.host,
        "MODERATO_INTAKE_PORT": str(config.intake_port),
        "MODERATO_CONSOLE_PORT": str(config.console_port),
        "MODERATO_SCORER_PORT": str(config.scorer_port),
        "MODERATO_PUBLISHER_PORT": str(config.publisher_port),
        "MODERATO_WEBHOOK_ALLOW": config.webhook_allow,
        "MODERATO_MODELS_DIR": config.models_dir,
        "MODERATO_LOG_FORMAT": "json" if as_json else "console",
    }


def shown_host(config: Config) -> str:
    """A host a browser on this machine can use, where ``config.host`` means all of them."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def _program(name: str, child: Child, config: Config, port: int, path: str) -> Program:
    url = f"http://{shown_host(config)}:{port}{path}"
    return Program(name, child, partial(http_ready, url), drain=config.drain + _GRACE)
