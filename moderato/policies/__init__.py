"""The policy a site starts with, kept as the file that a community editor would write."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from moderato.domain.policy import Policy, parse

_FILE = "default.toml"


def default_text() -> str:
    """The default policy as TOML, to be copied and changed."""
    return files(__name__).joinpath(_FILE).read_text(encoding="utf-8")


@cache
def load_default() -> Policy:
    """The default policy, read once per process."""
    return parse(default_text(), _FILE)
