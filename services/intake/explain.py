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
    """What is wrong, going on from the field's name, and what would be right."""
    context: Mapping[str, Any] = details.get("ctx") or {}
    if "fix" in context:  # one of our own checks, see ``checks``
        return details["msg"], context["fix"]
    given, kind = details["input"], details["type"]
    match kind:
        case "missing":
            return "is missing.", f"Add it: {_lower_first(_description(model, path))}"
        case "extra_forbidden":
            return "is not a field here.", _did_you_mean(_owner(model, path), str(path[-1]))
        case "model_type" | "dict_type":
            return f"is {json_type(given)}, not an object.", _object_with(model, path)
        case "string_pattern_mismatch":
            return f"is {_short(given)}, which it cannot be.", _description(model, path)
        case _ if kind in _PLAIN:
            what, fix = _PLAIN[kind]
            words = {
                **context,
                "given": _short(given),
                "type": json_type(given),
                "length": len(given) if isinstance(given, str | dict | list) else 0,
            }
            return what.format(**words), fix.format(**words)
        case _:
            return f"cannot be used: {details['msg']}.", "See /docs for what it may be."


#: pydantic's error types whose sentences need nothing but the error itself.
_PLAIN = {
    "string_type": ("is {type}, not a string.", "Send a string, in double quotes."),
    "string_too_short": ("is empty.", "Send at least one character."),
    "string_too_long": (
        "has {length} characters, and at most {max_length} are allowed.",
        "Shorten it to {max_length} characters.",
    ),
    "too_long": (
        "has {length} entries, and at most {max_length} are allowed.",
        "Send no more than {max_length}.",
    ),
    "enum": ("is {given}.", "It must be {expected}."),
    "literal_error": ("is {given}.", "It must be {expected}."),
    "int_parsing": ("is {given}, not a whole number.", "Send a number, such as 20."),
    "int_parsing_size": ("is far too large.", "Send a number, such as 20."),
    "greater_than_equal": ("is {given}.", "It must be at least {ge}."),
    "less_than_equal": ("is {given}.", "It must be at most {le}."),
}


def _description(model: type[BaseModel], path: Sequence[str | int]) -> str:
    return _owner(model, path).model_fields[str(path[-1])].description or ""


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
    inner = (
        model if not path else _model_in(_owner(model, path).model_fields[str(path[-1])].annotation)
    )
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
