"""The OpenAPI 3.1 document: made from the table of operations and the types that check them."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from moderato import __version__
from moderato.config import Config
from services.intake import kinds, problems
from services.intake.kinds import Kind
from services.intake.operations import OPERATIONS, Header, Operation, Outcome
from services.intake.problems import ProblemDocument

_REF: Final = "#/components/schemas/{model}"

_DESCRIPTION: Final = """\
Post your readers' comments; Moderato scores them, decides by your policy, asks a moderator where \
it must, and gives you back the thread of what was approved.

Every request carries your site's API key: `Authorization: Bearer mod_...`. A site sees its own \
comments and nothing else. All bodies are JSON in UTF-8, all times ISO 8601 in UTC.

What goes wrong is told as `application/problem+json` (RFC 9457): `type` says which kind of \
problem, `detail` what happened, and `errors` lists every field that is not right, with what would \
be. A field that does not exist is an error too."""

#: What any request can meet.
_ALWAYS: Final = (kinds.UNAUTHORIZED, kinds.INTERNAL, kinds.UNAVAILABLE)


class _Untitled(GenerateJsonSchema):
    """Leaves out the titles made from the fields' names: they say nothing new."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(config: Config) -> dict[str, Any]:
    """The whole document; ``config`` gives the limits in it."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Moderato intake",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}],
        "tags": [
            {"name": "Comments", "description": "Taking comments in, and how they stand."},
            {"name": "Articles", "description": "What readers see, and whether they may write."},
            {"name": "Model", "description": "What gives the scores."},
        ],
        "paths": paths,
        "components": {
            "schemas": _schemas(config),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Your site's key, `mod_...`; `moderato site add` shows it once.",
                }
            },
        },
    }


def _schemas(config: Config) -> dict[str, Any]:
    sent: list[type[BaseModel]] = [one.body for one in OPERATIONS if one.body]
    answered: set[type[BaseModel]] = {
        outcome.body for one in OPERATIONS for outcome in one.outcomes.values() if outcome.body
    }
    _, made = models_json_schema(
        [
            *((model, "validation") for model in sent),
            *((model, "serialization") for model in answered),
            (ProblemDocument, "serialization"),
        ],
        ref_template=_REF,
        schema_generator=_Untitled,
    )
    schemas: dict[str, Any] = made["$defs"]
    schemas["State"]["description"] = "Where a comment stands."
    schemas["ArticleMode"]["description"] = "How an article takes comments."
    schemas["PostedComment"]["properties"]["text"]["maxLength"] = config.max_text_chars
    return schemas


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            *_parameters(operation.path_model, "path"),
            *_parameters(operation.query, "query"),
            *map(_header_parameter, operation.headers),
        ],
        "responses": _responses(operation),
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(operation.body)}},
        }
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    responses = {str(status): _outcome(o) for status, o in sorted(operation.outcomes.items())}
    by_status: dict[int, list[Kind]] = {}
    for kind in (*operation.problems, *_ALWAYS):
        by_status.setdefault(kind.status, []).append(kind)
    for status, these in sorted(by_status.items()):
        responses[str(status)] = _problem(these)
    return responses


def _outcome(outcome: Outcome) -> dict[str, Any]:
    described: dict[str, Any] = {"description": outcome.description}
    if outcome.headers:
        described["headers"] = {header.name: _header(header) for header in outcome.headers}
    if outcome.body:
        described["content"] = {outcome.content_type: {"schema": _reference(outcome.body)}}
    return described


def _problem(these: list[Kind]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": " ".join(f"{kind.title}." for kind in these),
        "content": {problems.CONTENT_TYPE: {"schema": _reference(ProblemDocument)}},
    }
    if these[0].status in {429, 503}:
        waits = Header("Retry-After", "Seconds to wait before you send it again.", "2")
        described["headers"] = {waits.name: _header(waits)}
    return described


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _parameters(model: type[BaseModel] | None, where: str) -> list[dict[str, Any]]:
    """One parameter for each field of ``model``."""
    if model is None:
        return []
    schema = model.model_json_schema(schema_generator=_Untitled)
    required = schema.get("required", [])
    found: list[dict[str, Any]] = []
    for name, field in schema["properties"].items():
        description = field.pop("description")
        examples = field.pop("examples", None)
        found.append(
            {
                "name": name,
                "in": where,
                "required": name in required,
                "description": description,
                "schema": _without_null(field),
                **({"example": examples[0]} if examples else {}),
            }
        )
    return found


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is left out is missing, not null."""
    options = schema.pop("anyOf", None)
    if options:
        schema |= next(option for option in options if option != {"type": "null"})
        schema.pop("default", None)
    return schema


def _header_parameter(header: Header) -> dict[str, Any]:
    return {
        "name": header.name,
        "in": "header",
        "required": False,
        "description": header.description,
        "schema": {"type": "string", **({"pattern": header.pattern} if header.pattern else {})},
        "example": header.example,
    }


def _header(header: Header) -> dict[str, Any]:
    return {
        "description": header.description,
        "schema": {"type": "string"},
        "example": header.example,
    }
