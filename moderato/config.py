"""Every setting, in one place, from the environment: this file is its documentation.

A setting is read once, at start, by a ``__main__``; nothing else looks at the environment.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints


class ConfigError(Exception):
    """A setting cannot be used; the message says which one and what would be right."""


@dataclass(frozen=True, slots=True)
class Config:
    """``Config.from_env()`` reads field ``name`` from ``MODERATO_NAME``."""

    # -- Redis --------------------------------------------------------------------------------
    #: Where Redis is: redis://, rediss:// or unix://. `moderato up` starts its own when unset.
    redis_url: str = "redis://127.0.0.1:6379/0"
    #: Shards of the deployment; fixed when it is created, a later change is refused.
    shards: int = 1
    #: Replicas that must hold a comment before it is acknowledged (Redis WAIT).
    replicas: int = 0
    #: Seconds a Redis command may take.
    redis_timeout: float = 5.0
    #: Intake answers 503 above this share of Redis's maxmemory.
    redis_memory_limit: float = 0.70

    # -- where things listen ------------------------------------------------------------------
    #: Address to listen on; 0.0.0.0 is every network this machine is in.
    host: str = "127.0.0.1"
    #: The API for sites.
    intake_port: int = 8080
    #: The moderators' console.
    console_port: int = 8081
    #: Health and metrics of the scorer.
    scorer_port: int = 8082
    #: Health and metrics of the publisher.
    publisher_port: int = 8083

    # -- intake -------------------------------------------------------------------------------
    #: Largest request body, bytes.
    max_body_bytes: int = 65_536
    #: Longest comment, characters.
    max_text_chars: int = 10_000
    #: Deepest reply; a comment on the article itself has depth 0.
    max_depth: int = 10
    #: Seconds a client may take to send its body.
    body_timeout: float = 10.0
    #: Longest `Prefer: wait`, seconds.
    max_wait: float = 30.0
    #: Comments a site may post per minute, on average.
    rate_per_minute: int = 6_000
    #: Comments a site may post at once.
    rate_burst: int = 1_000
    #: Seconds an Idempotency-Key is remembered.
    idempotency_ttl: int = 86_400
    #: Days back that comments with nearly the same words are found; 0 looks for none.
    similar_days: int = 7
    #: Reader reports that send a released comment back to a person.
    reports_to_flag: int = 3

    # -- scorer -------------------------------------------------------------------------------
    #: "onnx" or "detoxify".
    engine: str = "onnx"
    #: Name of a bundled or pulled model; the one of `moderato models use` when unset.
    model: str = ""
    #: Folder of pulled models; `models` in the data folder when unset.
    models_dir: str = ""
    #: Tokens in one batch, padding included.
    batch_tokens: int = 4_096
    #: Milliseconds a batch waits to fill.
    batch_linger_ms: int = 5
    #: Comments a scorer holds in memory.
    prefetch: int = 256
    #: Seconds without a sign of life after which another worker takes a comment over.
    lease: float = 30.0
    #: Times a comment is tried before it is dead-lettered.
    max_deliveries: int = 5
    #: Seconds a comment waits for a model that is down before a person gets it.
    unscored_after: float = 300.0
    #: Threads of the model. The onnx engine reads a text in each; 0: as many as processors.
    threads: int = 0

    # -- decisions ----------------------------------------------------------------------------
    #: Seconds a moderator's decision can be undone before it is released.
    undo_window: float = 10.0
    #: Score from which two people must agree on a flagged comment; 0: one always suffices.
    second_opinion: float = 0.0

    # -- publisher ----------------------------------------------------------------------------
    #: Comma-separated networks webhooks may go to although they are private, as 127.0.0.0/8.
    webhook_allow: str = ""
    #: Seconds a webhook may take.
    webhook_timeout: float = 15.0
    #: Deliveries under way at once.
    webhook_concurrency: int = 16

    # -- console ------------------------------------------------------------------------------
    #: Seconds after which an open comment counts as left, unless the page says otherwise.
    lease_seconds: float = 30.0
    #: Hours a login lasts.
    session_hours: float = 12.0
    #: Set when the console is served over HTTPS: the cookie is then Secure and __Host-.
    secure_cookies: bool = False
    #: Hours an invitation to the console can be accepted.
    invitation_hours: float = 72.0
    #: The least role that must log in with a second factor: moderator, editor or administrator.
    require_second_factor: str = ""
    #: Days the audit log keeps its lines; 0 keeps them for good.
    audit_days: float = 365.0
    #: Days the numbers of a day are kept; 0 keeps them for good.
    numbers_days: int = 400

    # -- all ----------------------------------------------------------------------------------
    #: debug, info, warning or error.
    log_level: str = "info"
    #: "auto" (console on a terminal, JSON otherwise), "console" or "json".
    log_format: str = "auto"
    #: Seconds work in progress is given at shutdown.
    drain: float = 20.0

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Config:
        """The settings in ``env`` (default: the process's), defaults elsewhere.

        Raises ConfigError on a value that does not parse and on a MODERATO_ name that no
        setting has, because a misspelt setting is otherwise silently ignored.
        """
        env = os.environ if env is None else env
        hints = get_type_hints(cls)
        names = {f"MODERATO_{f.name.upper()}": f.name for f in fields(cls)}
        unknown = sorted(
            key
            for key in env
            if key.startswith("MODERATO_") and key not in names and key not in _OTHERS
        )
        if unknown:
            raise ConfigError(
                f"{unknown[0]} is not a setting of Moderato; see docs/configuration.md."
            )
        given: dict[str, Any] = {}
        for variable, name in names.items():
            if variable in env:
                given[name] = _parse(variable, env[variable], hints[name])
        config = cls(**given)
        for name in given:
            _check(f"MODERATO_{name.upper()}", name, getattr(config, name))
        return config


#: Settings for which zero makes no sense.
_POSITIVE = frozenset(
    {
        "shards",
        "redis_timeout",
        "redis_memory_limit",
        "max_body_bytes",
        "max_text_chars",
        "body_timeout",
        "rate_per_minute",
        "rate_burst",
        "idempotency_ttl",
        "reports_to_flag",
        "batch_tokens",
        "prefetch",
        "lease",
        "max_deliveries",
        "webhook_timeout",
        "webhook_concurrency",
        "session_hours",
        "lease_seconds",
        "invitation_hours",
    }
)
#: Settings with a largest value.
_LARGEST = {
    "redis_memory_limit": 1.0,
    "second_opinion": 1.0,
    "intake_port": 65_535,
    "console_port": 65_535,
    "scorer_port": 65_535,
    "publisher_port": 65_535,
}
#: Settings that are one of a few words.
_WORDS = {
    "engine": ("onnx", "detoxify"),
    "require_second_factor": ("", "moderator", "editor", "administrator"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("auto", "console", "json"),
}

#: Variables that are read elsewhere: by the command line, by the tests, by the example site.
_OTHERS = frozenset(
    {
        "MODERATO_DATA_DIR",
        "MODERATO_URL",
        "MODERATO_API_KEY",
        "MODERATO_WEBHOOK_SECRET",
        "MODERATO_TEST_REDIS_SERVER",
    }
)


def _check(variable: str, name: str, value: Any) -> None:
    """Raises ConfigError on a value of the right type that cannot be meant."""
    if name in _WORDS and value not in _WORDS[name]:
        raise ConfigError(f"{variable}={value!r}: must be one of {', '.join(_WORDS[name])}.")
    if isinstance(value, bool | str):
        return
    if not math.isfinite(value) or value < 0 or (value == 0 and name in _POSITIVE):
        least = "more than 0" if name in _POSITIVE else "0 or more"
        raise ConfigError(f"{variable}={value}: must be {least}.")
    if value > _LARGEST.get(name, value):
        raise ConfigError(f"{variable}={value}: must be at most {_LARGEST[name]:g}.")


def _parse(variable: str, raw: str, kind: type) -> Any:
    if kind is bool:
        lowered = raw.strip().lower()
        if lowered in {"1", "true", "yes", "on"}:
            return True
        if lowered in {"0", "false", "no", "off", ""}:
            return False
        raise ConfigError(f"{variable}={raw!r}: say 1 or 0.")
    if kind is str:
        return raw
    try:
        return kind(raw)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise ConfigError(f"{variable}={raw!r}: must be {what}.") from None
