"""Reading a request's JSON body into the pydantic model that describes it."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from services.console.problems import ProblemError

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: web.Request, model: type[Model], *, seconds: float) -> Model:
    """The body as a ``model``; raises ProblemError, which names every field that is wrong.

    ``seconds`` the client may take to send it (config.body_timeout). How large it may
    be is the application's ``client_max_size``.
    """
    if request.content_type != "application/json":
        raise ProblemError(
            415,
            "Unsupported Media Type",
            f"The body is {request.content_type}; send application/json.",
        )
    try:
        async with asyncio.timeout(seconds):
            body = await request.read()
    except TimeoutError:
        raise ProblemError(
            408, "Request Timeout", f"The body did not arrive within {seconds:g} s."
        ) from None
    except (web.RequestPayloadError, ConnectionError):
        # The browser went away, so nobody reads this; it is the log that must stay quiet.
        raise ProblemError(400, "Bad Request", "The body broke off.") from None
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from None


def from_validation(error: ValidationError) -> ProblemError:
    """What pydantic found, as a problem: 400 where it is not JSON at all, else 422."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return ProblemError(400, "Bad Request", f"{found[0]['msg']}.")
    errors = [
        {"pointer": "#" + "".join(f"/{part}" for part in one["loc"]), "detail": one["msg"]}
        for one in found
    ]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return ProblemError(
        422,
        "Unprocessable Content",
        f"{first['pointer']}: {first['detail']}{more}.",
        errors=errors,
    )
