"""What a value must be: each check returns it, or says what is wrong and what would be right.

A check raises PydanticCustomError with a sentence that goes on from the field's name, and with
``fix`` in its context: a sentence that says what would be right.
"""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

#: Seconds a site's clock may be ahead of ours.
CLOCK_SKEW: Final = 600
#: A language tag, as far as anybody needs it (BCP 47).
LANGUAGE: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"

_COMMENT_ID: Final = re.compile(r"[0-9a-f]{32}")
_RFC3339: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d):(?P<second>[0-5]\d|60)"
    r"(?P<fraction>\.\d+)?(?P<zone>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


def is_comment_id(text: str) -> bool:
    """Whether ``text`` has the form of the ids that Moderato gives to comments."""
    return _COMMENT_ID.fullmatch(text) is not None


def _refuse_controls(value: str) -> None:
    for position, character in enumerate(value):
        if unicodedata.category(character) == "Cc":
            raise PydanticCustomError(
                "control_character",
                "holds the control character U+{code} at position {position}.",
                {
                    "code": f"{ord(character):04X}",
                    "position": position,
                    "fix": "Remove it: only the comment's text may have more than one line.",
                },
            )


def one_line(value: str, _info: ValidationInfo) -> str:
    _refuse_controls(value)
    return value


def article_id(value: str, _info: ValidationInfo) -> str:
    _refuse_controls(value)
    if value in {".", ".."}:
        raise PydanticCustomError(
            "dots",
            "is '{value}', which clients drop from an address.",
            {"value": value, "fix": "Give the article another id."},
        )
    return value


def name(value: str, _info: ValidationInfo) -> str:
    _refuse_controls(value)
    return _not_blank(value)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError(
            "blank",
            "has nothing in it but blanks.",
            {"fix": "Send at least one character that can be seen."},
        )
    return value


def text(value: str, info: ValidationInfo) -> str:
    most = info.context["max_text_chars"] if info.context else len(value)
    if len(value) > most:
        raise PydanticCustomError(
            "text_too_long",
            "has {length} characters, and at most {most} are allowed.",
            {"length": len(value), "most": most, "fix": f"Shorten it to {most} characters."},
        )
    if "\0" in value:
        raise PydanticCustomError(
            "nul",
            "holds a NUL character at position {position}.",
            {"position": value.index("\0"), "fix": "Remove it; every other character may stay."},
        )
    return _not_blank(value)


def web_address(value: str, _info: ValidationInfo) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises ValueError where it is not a number
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f\x7f-\x9f]", value):
        raise PydanticCustomError(
            "web_address",
            "is not the address of a web page.",
            {"fix": "Send it whole, such as https://news.example/harbour-bridge."},
        )
    return value


def comment_id(value: str, _info: ValidationInfo) -> str:
    if not is_comment_id(value):
        raise PydanticCustomError(
            "comment_id",
            "is not the id of a comment.",
            {"fix": "Send the `id` that Moderato gave to the comment: 32 of 0-9 and a-f."},
        )
    return value


def language(value: str, _info: ValidationInfo) -> str:
    if not re.fullmatch(LANGUAGE, value):
        raise PydanticCustomError(
            "language",
            "is not a language tag.",
            {"fix": "Send an ISO 639 code or a BCP 47 tag, such as en, de or pt-BR."},
        )
    return value


def end(value: str, _info: ValidationInfo) -> datetime:
    """A point in time as RFC 3339 writes it; UTC. That it is to come is the store's to say."""
    match = _RFC3339.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        # A leap second has no place in a datetime: it counts as the one before it.
        second = "59" if match["second"] == "60" else match["second"]
        fraction = (match["fraction"] or "")[:7]
        zone = match["zone"].upper()
        text = f"{match['date']}T{match['time']}:{second}{fraction}{zone}"
        when = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "moment",
            "is not a time.",
            {"fix": "Send date, time and zone as RFC 3339 has them: 2026-05-04T09:30:00Z."},
        ) from None
    return when


def moment(value: str, info: ValidationInfo) -> datetime:
    """Such a time, and one that has been."""
    when = end(value, info)
    if not 0 <= when.timestamp() <= time.time() + CLOCK_SKEW:
        raise PydanticCustomError(
            "moment_range",
            "is {moment}, which is {where}.",
            {
                "moment": when.isoformat(),
                "where": "before 1970" if when.timestamp() < 0 else "in the future",
                "fix": "Send when the comment was written, with its zone; or leave it out.",
            },
        )
    return when
