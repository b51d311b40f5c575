"""What an examination found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    #: Works, but a person should look.
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` was found, in one line; ``fix`` says how to mend it, empty where it is well."""

    level: Level
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    findings: Sequence[Finding]


def ok(what: str) -> Finding:
    return Finding(Level.OK, what)


def look(what: str, fix: str) -> Finding:
    return Finding(Level.LOOK, what, fix)


def broken(what: str, fix: str) -> Finding:
    return Finding(Level.BROKEN, what, fix)
