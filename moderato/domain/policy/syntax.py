"""TOML's own errors, said so that an editor can mend them."""

from __future__ import annotations

import re
import tomllib

from moderato.domain.policy.problems import Problem

_MESSAGE = re.compile(r"(.*?) \((?:at line (\d+), column (\d+)|at end of document)\)")
#: What tomllib's messages hold, and what helps then.
_FIXES = (
    ("Invalid value", 'put texts in quotes, as name = "default"'),
    ("Cannot overwrite a value", "this key is there twice: remove one"),
    ("Cannot declare", "this table is there twice: remove one, or use [[rules]] for rules"),
    ("Expected '=' after a key", "write key = value"),
    ("Unclosed", "close it"),
    ("Expected ']", "close the bracket"),
    ("Illegal character", "write a line break inside quotes as \\n"),
)


def syntax_problem(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """The one problem of a text that is no TOML; at the last line where TOML names none."""
    message = str(error)
    line, column = max(1, len(text.rstrip().splitlines())), None
    if found := _MESSAGE.fullmatch(message):
        message = found[1]
        if found[2]:
            line, column = int(found[2]), int(found[3])
    fix = next(
        (fix for part, fix in _FIXES if part in message),
        "check quotes, brackets and commas on this line",
    )
    return Problem(line, column, f"this is no valid TOML: {message}", fix)
