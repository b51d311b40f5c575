"""Logs: one event per line, for a person on a terminal, for a machine everywhere else.

    log = structlog.get_logger()
    log.info("comment_scored", comment=comment.id, site=comment.site)

Event names are in snake_case; a comment's text is never logged above debug. What other
libraries log through ``logging`` comes out in the same form. Metrics are prometheus_client's,
on its default registry; ``moderato.health`` serves them.
"""

from __future__ import annotations

import logging
import sys

import structlog
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import BaseRequest, StreamResponse
from prometheus_client import Info
from structlog.typing import EventDict, Processor

import moderato
from moderato.config import Config

#: Tracebacks without the values of local variables: comments and keys are among those.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)

_BUILD = Info("moderato_build", "Which release of which service this is.")


def setup_logging(config: Config, service: str) -> None:
    """Send every log line of this process to standard output, marked with ``service``.

    Times are UTC, ISO 8601.
    """
    terminal = sys.stdout.isatty()
    console = config.log_format == "console" or (config.log_format == "auto" and terminal)

    def name_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        name_service,
    ]
    render: list[Processor]
    if console:
        plain = structlog.dev.plain_traceback
        render = [structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=plain)]
    else:
        render = [_TRACEBACKS, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(config.log_level.upper())
    _quieten_malformed_requests()
    _BUILD.info({"version": moderato.__version__, "service": service})


class AccessLogger(AbstractAccessLogger):
    """aiohttp's access log as debug events, without the query string, which may hold secrets."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.DEBUG)

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        structlog.get_logger("aiohttp.access").debug(
            "http_request",
            method=request.method,
            path=request.path,
            status=response.status,
            milliseconds=round(time * 1000, 1),
            client=request.remote,
        )


def _quieten_malformed_requests() -> None:
    """One line instead of a traceback for what was never HTTP: scanners send it all day."""
    logger = logging.getLogger("aiohttp.server")
    if _shorten not in logger.filters:
        logger.addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.exc_info = None
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        record.msg, record.args = "malformed_request: %s", (type(error).__name__,)
        return logging.getLogger().isEnabledFor(logging.DEBUG)
    return True
