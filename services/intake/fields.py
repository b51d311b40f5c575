"""The kinds of values a request may hold: what each allows, for checking and for OpenAPI.

A check raises PydanticCustomError with a sentence that goes on from the field's name, and with
``fix`` in its context: a sentence that says what would be right.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

#: Longest id of an article, an author, a comment of the site's own, in characters.
ID_CHARS: Final = 256
NAME_CHARS: Final = 200
TITLE_CHARS: Final = 500
URL_CHARS: Final = 2_048
METADATA_ENTRIES: Final = 20
METADATA_KEY_CHARS: Final = 64
METADATA_VALUE_CHARS: Final = 500
#: Seconds a site's clock may be ahead of ours.
CLOCK_SKEW: Final = 600

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_RFC3339: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d):(?P<second>[0-5]\d|60)"
    r"(?P<fraction>\.\d+)?(?P<zone>[Zz]|[+-]\d\d:\d\d)"
)
_COMMENT_ID: Final = re.compile(r"[0-9a-f]{32}")

Check = Callable[[str, ValidationInfo], str]


@dataclass(frozen=True)
class Checked:
    """Adds a check to a string type, and to its JSON schema what the check means there."""

    check: Check
    schema: tuple[tuple[str, Any], ...] = ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **dict(self.schema)}


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


def _one_line(value: str, _info: ValidationInfo) -> str:
    _refuse_controls(value)
    return value


def _article_id(value: str, _info: ValidationInfo) -> str:
    _refuse_controls(value)
    if value in {".", ".."}:
        raise PydanticCustomError(
            "dots",
            "is '{value}', which clients drop from an address.",
            {"value": value, "fix": "Give the article another id."},
        )
    return value


def _name(value: str, _info: ValidationInfo) -> str:
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


def _text(value: str, info: ValidationInfo) -> str:
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


def _url(value: str, _info: ValidationInfo) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises ValueError where it is not a number
    except ValueError:
        good = False
    if not good or re.search(rf"[\s{_CONTROL}]", value):
        raise PydanticCustomError(
            "web_address",
            "is not the address of a web page.",
            {"fix": "Send it whole, such as https://news.example/harbour-bridge."},
        )
    return value


def _comment_id(value: str, _info: ValidationInfo) -> str:
    if not is_comment_id(value):
        raise PydanticCustomError(
            "comment_id",
            "is not the id of a comment.",
            {"fix": "Send the `id` that Moderato gave to the comment: 32 of 0-9 and a-f."},
        )
    return value


def _language(value: str, _info: ValidationInfo) -> str:
    if not re.fullmatch(_LANGUAGE, value):
        raise PydanticCustomError(
            "language",
            "is not a language tag.",
            {"fix": "Send an ISO 639 code or a BCP 47 tag, such as en, de or pt-BR."},
        )
    return value


def _moment(value: str, _info: ValidationInfo) -> datetime:
    """A point in time as RFC 3339 writes it; UTC."""
    match = _RFC3339.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        # A leap second has no place in a datetime: it counts as the one before it.
        second = "59" if match["second"] == "60" else match["second"]
        fraction = (match["fraction"] or "")[:7]
        zone = match["zone"].upper()
        text = f"{match['date']}T{match['time']}:{second}{fraction}{zone}"
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "moment",
            "is not a time.",
            {"fix": "Send date, time and zone as RFC 3339 has them: 2026-05-04T09:30:00Z."},
        ) from None
    if not 0 <= moment.timestamp() <= time.time() + CLOCK_SKEW:
        raise PydanticCustomError(
            "moment_range",
            "is {moment}, which is {where}.",
            {
                "moment": moment.isoformat(),
                "where": "before 1970" if moment.timestamp() < 0 else "in the future",
                "fix": "Send when the comment was written, with its zone; or leave it out.",
            },
        )
    return moment


@dataclass(frozen=True)
class _Moment:
    """A string in JSON, a datetime here."""

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            _moment,
            core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(datetime.isoformat),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": "date-time"}


_LANGUAGE: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
_LINE: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_VISIBLE_LINE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
)

Identifier = Annotated[
    str,
    Field(min_length=1, max_length=ID_CHARS),
    Checked(_one_line, (("pattern", _LINE),)),
]
ArticleId = Annotated[
    str,
    Field(min_length=1, max_length=ID_CHARS),
    Checked(_article_id, (("pattern", _LINE),)),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=NAME_CHARS),
    Checked(_name, (("pattern", _VISIBLE_LINE),)),
]
Title = Annotated[
    str,
    Field(max_length=TITLE_CHARS),
    Checked(_one_line, (("pattern", _LINE),)),
]
WebAddress = Annotated[
    str,
    Field(max_length=URL_CHARS),
    Checked(_url, (("format", "uri"), ("pattern", r"^https?://[^\s/?#]+"))),
]
#: Its greatest length is a setting: it comes with the validation's context.
Text = Annotated[
    str,
    Field(min_length=1),
    Checked(_text, (("pattern", r"^[^\u0000]*[^\s\u0000][^\u0000]*$"),)),
]
CommentId = Annotated[str, Checked(_comment_id, (("pattern", "^[0-9a-f]{32}$"),))]
Language = Annotated[str, Checked(_language, (("pattern", f"^{_LANGUAGE}$"),))]
Moment = Annotated[datetime, _Moment()]
MetadataKey = Annotated[
    str,
    Field(min_length=1, max_length=METADATA_KEY_CHARS),
    Checked(_one_line, (("pattern", _LINE),)),
]
MetadataValue = Annotated[
    str,
    Field(max_length=METADATA_VALUE_CHARS),
    Checked(_one_line, (("pattern", _LINE),)),
]
