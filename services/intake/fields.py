"""The kinds of values a request may hold: what each allows, for checking and for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from services.intake import checks

#: Longest id of an article, an author, a comment of the site's own, in characters.
ID_CHARS: Final = 256
NAME_CHARS: Final = 200
TITLE_CHARS: Final = 500
URL_CHARS: Final = 2_048
METADATA_ENTRIES: Final = 20
METADATA_KEY_CHARS: Final = 64
METADATA_VALUE_CHARS: Final = 500
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


@dataclass(frozen=True)
class _Moment:
    """A string in JSON, a datetime here."""

    check: Callable[[str, ValidationInfo], datetime]

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            self.check,
            core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(datetime.isoformat),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": "date-time"}


_LINE: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_VISIBLE_LINE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
)

Identifier = Annotated[
    str,
    Field(min_length=1, max_length=ID_CHARS),
    Checked(checks.one_line, (("pattern", _LINE),)),
]
ArticleId = Annotated[
    str,
    Field(min_length=1, max_length=ID_CHARS),
    Checked(checks.article_id, (("pattern", _LINE),)),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=NAME_CHARS),
    Checked(checks.name, (("pattern", _VISIBLE_LINE),)),
]
Title = Annotated[
    str,
    Field(max_length=TITLE_CHARS),
    Checked(checks.one_line, (("pattern", _LINE),)),
]
WebAddress = Annotated[
    str,
    Field(max_length=URL_CHARS),
    Checked(checks.web_address, (("format", "uri"), ("pattern", r"^https?://[^\s/?#]+"))),
]
#: Its greatest length is a setting: it comes with the validation's context.
Text = Annotated[
    str,
    Field(min_length=1),
    Checked(checks.text, (("pattern", r"^[^\u0000]*[^\s\u0000][^\u0000]*$"),)),
]
CommentId = Annotated[str, Checked(checks.comment_id, (("pattern", "^[0-9a-f]{32}$"),))]
Language = Annotated[str, Checked(checks.language, (("pattern", f"^{checks.LANGUAGE}$"),))]
Moment = Annotated[datetime, _Moment(checks.moment)]
End = Annotated[datetime, _Moment(checks.end)]
MetadataKey = Annotated[
    str,
    Field(min_length=1, max_length=METADATA_KEY_CHARS),
    Checked(checks.one_line, (("pattern", _LINE),)),
]
MetadataValue = Annotated[
    str,
    Field(max_length=METADATA_VALUE_CHARS),
    Checked(checks.one_line, (("pattern", _LINE),)),
]
