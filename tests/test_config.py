"""Settings: read from the environment, checked, and described."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from moderato.config import Config, ConfigError
from moderato.config_page import page
from tests.processes import REPOSITORY, environment


def test_nothing_set_gives_the_defaults() -> None:
    assert Config.from_env({"PATH": "/bin"}) == Config()


def test_each_kind_of_setting_is_read() -> None:
    config = Config.from_env(
        {
            "MODERATO_REDIS_URL": "unix:///run/redis.sock",
            "MODERATO_SHARDS": "4",
            "MODERATO_LEASE": "2.5",
            "MODERATO_SECURE_COOKIES": "yes",
        }
    )
    assert config.redis_url == "unix:///run/redis.sock"
    assert config.shards == 4
    assert config.lease == 2.5
    assert config.secure_cookies is True


def test_a_config_survives_the_way_through_the_environment() -> None:
    config = Config(shards=3, lease=0.5, secure_cookies=True, webhook_allow="127.0.0.0/8")
    assert Config.from_env(environment(config)) == config


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("MODERATO_SHARDS", "many", "must be a whole number"),
        ("MODERATO_SHARDS", "0", "must be more than 0"),
        ("MODERATO_REPLICAS", "-1", "must be 0 or more"),
        ("MODERATO_LEASE", "soon", "must be a number"),
        ("MODERATO_LEASE", "nan", "must be more than 0"),
        ("MODERATO_REDIS_MEMORY_LIMIT", "70", "must be at most 1"),
        ("MODERATO_INTAKE_PORT", "80800", "must be at most 65535"),
        ("MODERATO_SECURE_COOKIES", "perhaps", "say 1 or 0"),
        ("MODERATO_ENGINE", "torch", "must be one of onnx, detoxify"),
        ("MODERATO_LOG_FORMAT", "xml", "must be one of auto, console, json"),
        ("MODERATO_SHARD", "2", "is not a setting"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named_with_what_would_be_right(
    variable: str, value: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        Config.from_env({variable: value})
    assert variable in str(caught.value)


def test_the_page_is_up_to_date_and_describes_every_setting() -> None:
    written = Path(REPOSITORY, "docs", "configuration.md").read_text()
    assert written == page(), "Run: python -m moderato.config_page > docs/configuration.md"
    for field in fields(Config):
        (row,) = (
            line for line in written.splitlines() if f"`MODERATO_{field.name.upper()}`" in line
        )
        assert row.split("|")[3].strip(), f"{field.name} has no description in config.py"


@pytest.mark.parametrize("name", ["docker-compose.yml", "deploy/Dockerfile", "README.md"])
def test_settings_named_elsewhere_exist(name: str) -> None:
    named = set(re.findall(r"MODERATO_[A-Z_]+", Path(REPOSITORY, name).read_text()))
    known = set(re.findall(r"MODERATO_[A-Z_]+", page()))
    assert not named - known
