"""pydantic's findings as sentences for the person who has to mend the request."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from services.intake.problems import FieldError

#: What other systems call our fields: too far from ours to be found by their spelling.
_ALSO_KNOWN_AS = {
    "body": "text",
    "content": "text",
    "message": "text",
    "comment": "text",
    "user": "author",
    "username": "name",
    "story": "article",
    "page": "article",
    "parent_id": "parent",
    "reply_to": "parent",
    "in_reply_to": "parent",
    "lang": "language",
    "locale": "language",
    "date": "created_at",
    "timestamp": "created_at",
    "id": "external_id",
    "comment_id": "external_id",
    "custom": "metadata",
    "link": "url",
    "headline": "title",
    "order": "sort",
    "after": "cursor",
    "status": "mode",
    "user_id": "reporter",
}


def explain(error: ValidationError, model: type[BaseModel], part: str) -> list[FieldError]:
    """Every finding of ``error``, which ``model`` raised on the ``part`` of a request."""
    return [_explain(details, model, part) for details in error.errors(include_url=False)]


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) to ``path``."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _explain(details: ErrorDetails, model: type[BaseModel], part: str) -> FieldError:
    # "[key]" is pydantic's way to say that a mapping's key is meant, not its value.
    path = [step for step in details["loc"] if step != "[key]"]
    name = ".".join(map(str, path)) or "The body"
    subject = f"`{name}`" if path else name
    if "[key]" in details["loc"]:
        subject = f"The name {subject}"
    what, fix = _sentences(details, model, path)
    return FieldError(
        part=part,
        field=pointer(path) if part == "body" else name,
        what=f"{subject} {what}",
        fix=fix,
    )


def _sentences(
    details: ErrorDetails, model: type[BaseModel], path: Sequence[str | int]
) -> tuple[str, str]:
    context: Mapping[str, Any] = details.get("ctx") or {}
    if "fix" in context:  # one of our own checks, see ``fields``
        return details["msg"], context["fix"]
    given = details["input"]
    match details["type"]:
        case "missing":
            field = _owner(model, path).model_fields[str(path[-1])]
            return "is missing.", f"Add it: {_lower_first(field.description or 'it is needed.')}"
        case "extra_forbidden":
            return "is not a field here.", _did_you_mean(_owner(model, path), str(path[-1]))
        case "string_type":
            return f"is {json_type(given)}, not a string.", "Send a string, in double quotes."
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"is {json_type(given)}, not an object.", _object_with(model, path)
        case "string_too_short":
            return "is empty.", "Send at least one character."
        case "string_too_long":
            most = context["max_length"]
            return (
                f"has {len(given)} characters, and at most {most} are allowed.",
                f"Shorten it to {most} characters.",
            )
        case "too_long":
            most = context["max_length"]
            return f"has {len(given)} entries, and at most {most} are allowed.", "Send fewer."
        case "enum" | "literal_error":
            return f"is {_short(given)}.", f"It must be {context['expected']}."
        case "int_parsing" | "int_type" | "int_parsing_size":
            return f"is {_short(given)}, not a whole number.", "Send a number, such as 20."
        case "greater_than_equal" | "less_than_equal":
            least_or_most = context.get("ge", context.get("le"))
            word = "least" if "ge" in context else "most"
            return f"is {_short(given)}.", f"It must be at {word} {least_or_most}."
        case "string_pattern_mismatch":
            field = _owner(model, path).model_fields[str(path[-1])]
            return f"is {_short(given)}, which it cannot be.", field.description or ""
        case _:
            return f"cannot be used: {details['msg']}.", "See /docs for what it may be."


def _owner(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel]:
    """The model that the last step of ``path`` is, or should be, a field of."""
    for step in path[:-1]:
        inner = _model_in(model.model_fields[str(step)].annotation)
        if inner is None:
            break
        model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for option in (annotation, *typing.get_args(annotation)):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _did_you_mean(owner: type[BaseModel], name: str) -> str:
    fields = list(owner.model_fields)
    known = _ALSO_KNOWN_AS.get(name.lower())
    close = [known] if known in fields else difflib.get_close_matches(name, fields, n=1)
    every = ", ".join(f"`{field}`" for field in fields)
    hint = f"Did you mean `{close[0]}`? " if close else "Remove it. "
    return f"{hint}The fields here are {every}."


def _object_with(model: type[BaseModel], path: Sequence[str | int]) -> str:
    inner = model if not path else _model_in(_owner(model, path).model_fields[str(path[-1])].annotation)
    if inner is None:
        return 'Send an object of strings, such as {"section": "local"}.'
    fields = ", ".join(f"`{name}`" for name in inner.model_fields)
    return f"Send an object with the fields {fields}."


def json_type(value: object) -> str:
    """What JSON calls the type of ``value``, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def _short(value: object) -> str:
    """``value`` as JSON would have it, cut where it is long."""
    text = f'"{value}"' if isinstance(value, str) else json_type(value)
    return text if len(text) <= 60 else f'{text[:57]}..."'


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
