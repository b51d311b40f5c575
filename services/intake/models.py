"""The model in use: which attributes a site will find in its comments' scores."""

from __future__ import annotations

from aiohttp import web

from services.intake import kinds
from services.intake.answers import Model
from services.intake.context import INTAKE
from services.intake.problems import Problem
from services.intake.replies import answer


async def get(request: web.Request) -> web.Response:
    """The model that the scorers loaded last."""
    model = await request.app[INTAKE].store.models.in_use()
    if model is None:
        raise Problem(
            kinds.NOT_FOUND, "No scorer has loaded a model yet, so none is in use. Try again later."
        )
    return answer(
        Model(
            name=model.name,
            version=model.version,
            attributes=list(model.attributes),
            languages=sorted(model.languages),
            marks_spans=model.marks_spans,
        )
    )
