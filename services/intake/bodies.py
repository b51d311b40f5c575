"""From the bytes a client sends to a checked request, refusing whatever could do harm."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from moderato.config import Config
from services.intake import kinds
from services.intake.explain import explain, pointer
from services.intake.problems import FieldError, Problem, invalid

Model = TypeVar("Model", bound=BaseModel)

#: Deepest nesting of arrays and objects; what we ask for needs two.
MAX_NESTING: Final = 16


async def read(request: web.Request, model: type[Model], config: Config) -> Model:
    """The request's body as a ``model``. Raises Problem: 400, 408, 413, 415 or 422."""
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in {
        "utf-8",
        "utf8",
    }:
        given = request.headers.get("Content-Type", "nothing")
        raise Problem(
            kinds.NOT_JSON,
            f"The Content-Type is {given[:80]!r}; it must be application/json, in UTF-8.",
        )
    value = parse(await _bytes(request, config))
    try:
        return model.model_validate(value, context={"max_text_chars": config.max_text_chars})
    except ValidationError as error:
        raise invalid(*explain(error, model, "body")) from None


async def _bytes(request: web.Request, config: Config) -> bytes:
    try:
        async with asyncio.timeout(config.body_timeout):
            return await request.read()
    except TimeoutError:
        raise Problem(
            kinds.TOO_SLOW,
            f"The body did not arrive within {config.body_timeout:g} s. Send it again.",
            hang_up=True,
        ) from None
    except web.HTTPRequestEntityTooLarge:
        raise Problem(
            kinds.TOO_LARGE,
            f"The body is larger than the {config.max_body_bytes} bytes that are allowed. "
            "Shorten the text or the metadata.",
        ) from None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Problem(
            kinds.MALFORMED,
            "The body broke off, or is not encoded as its headers say.",
            hang_up=True,
        ) from error


def parse(raw: bytes) -> Any:
    """JSON as RFC 8259 has it, in UTF-8. Raises Problem, 400 or 422, on anything else."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} is not UTF-8") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"{error.msg} at {where}") from None
    except ValueError as error:  # a constant, a duplicate, a number of thousands of digits
        raise _malformed(str(error)) from None
    if errors := list(_surrogates(value)):
        raise invalid(*errors)
    return value


def _malformed(what: str) -> Problem:
    return Problem(kinds.MALFORMED, f"The body is not JSON: {what}.")


def _too_deep() -> Problem:
    return Problem(
        kinds.MALFORMED, f"The body nests deeper than {MAX_NESTING} levels; two are enough."
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object has the key {twice[:80]!r} twice")
    return found


def _surrogates(value: Any) -> Iterator[FieldError]:
    """Strings with half a character in them, which no UTF-8 text can hold; checks the depth."""
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while todo:
        path, inner = todo.pop()
        if len(path) > MAX_NESTING:
            raise _too_deep()
        if isinstance(inner, str):
            if _is_broken(inner):
                yield _half(path)
        elif isinstance(inner, list):
            todo.extend(((*path, index), item) for index, item in enumerate(inner))
        elif isinstance(inner, dict):
            for key, item in inner.items():
                if _is_broken(key):
                    yield _half(path)
                else:
                    todo.append(((*path, key), item))


def _is_broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _half(path: tuple[str | int, ...]) -> FieldError:
    where = ".".join(map(str, path)) or "The body"
    return FieldError(
        part="body",
        field=pointer(path),
        what=f"`{where}` holds half of a surrogate pair, which is not a character.",
        fix="Send the whole pair, such as \\ud83d\\ude00, or the character itself.",
    )
