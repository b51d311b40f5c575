"""The parameters of a request's path and query, checked by the types that document them."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from services.intake.explain import explain
from services.intake.problems import FieldError, invalid
from services.intake.requests import ArticlePath

Model = TypeVar("Model", bound=BaseModel)


def query(request: web.Request, model: type[Model]) -> Model:
    """The query as a ``model``. Raises Problem, 422."""
    given = request.query
    twice = sorted({name for name in given if len(given.getall(name)) > 1})
    if twice:
        raise invalid(
            *(
                FieldError(
                    part="query", field=name, what=f"`{name}` is given twice.", fix="Give it once."
                )
                for name in twice
            )
        )
    return _check(model, dict(given), "query")


def article(request: web.Request) -> str:
    """The article the path names. Raises Problem, 422, where no article can have that id."""
    return _check(ArticlePath, dict(request.match_info), "path").id


def _check(model: type[Model], given: dict[str, str], part: str) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(*explain(error, model, part)) from None
