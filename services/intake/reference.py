"""The reference part of the docs page: operations and schemas, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from services.intake.html import Html, element, join, prose

Json = dict[str, Any]


def each(document: Json) -> Iterator[tuple[str, str, Json]]:
    """(method, path, operation) in the document's order."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def operations(document: Json) -> list[Html]:
    return [_operation(*one) for one in each(document)]


def schemas(document: Json) -> list[Html]:
    made = [element("h2", "Schemas", id="schemas")]
    for name, schema in sorted(document["components"]["schemas"].items()):
        made.append(
            element(
                "section",
                element("h3", name),
                prose(schema.get("description", "")),
                _fields(schema) if "properties" in schema else _values(schema),
                id=f"schema-{name}",
            )
        )
    return made


def _operation(method: str, path: str, operation: Json) -> Html:
    parts = [
        element("h2", operation["summary"]),
        element(
            "p", element("b", method, class_=f"method {method.lower()}"), " ", element("code", path)
        ),
        prose(operation["description"]),
    ]
    if operation["parameters"]:
        parts += [element("h3", "Parameters"), _parameters(operation["parameters"])]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        parts += [element("h3", "Body"), element("p", _type(schema), ", as JSON.")]
    parts += [element("h3", "Answers"), _answers(operation["responses"])]
    return element("section", *parts, id=operation["operationId"])


def _parameters(parameters: list[Json]) -> Html:
    rows = [
        (
            join(element("code", one["name"]), _badge(one["in"]), _required(one["required"])),
            _type(one["schema"]),
            join(
                prose(one["description"], "span"),
                _limits(one["schema"]),
                _example(one.get("example")),
            ),
        )
        for one in parameters
    ]
    return _table(("Name", "Type", "Meaning"), rows)


def _answers(responses: Json) -> Html:
    rows = []
    for status, response in responses.items():
        content = response.get("content", {})
        schema = next(iter(content.values()))["schema"] if content else None
        headers = ", ".join(response.get("headers", {}))
        rows.append(
            (
                element("code", status),
                join(
                    prose(response["description"], "span"),
                    element("small", f"Headers: {headers}") if headers else Html(),
                ),
                _type(schema) if schema else Html("no body"),
            )
        )
    return _table(("Status", "Meaning", "Body"), rows)


def _fields(schema: Json) -> Html:
    required = schema.get("required", [])
    rows = [
        (
            join(element("code", name), _required(name in required)),
            _type(field),
            join(
                prose(field.get("description", ""), "span"),
                _limits(field),
                _example(next(iter(field.get("examples", [])), None)),
            ),
        )
        for name, field in schema["properties"].items()
    ]
    return _table(("Field", "Type", "Meaning"), rows)


def _values(schema: Json) -> Html:
    return element("p", *(join(element("code", value), Html(" ")) for value in schema["enum"]))


def _type(schema: Json) -> Html:
    """A schema's type in a word or two; a named one as a link."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return element("a", name, href=f"#schema-{name}")
    if "anyOf" in schema:
        options = [_type(option) for option in schema["anyOf"]]
        return join(options[0], *(join(Html(" or "), option) for option in options[1:]))
    match schema.get("type"):
        case "array":
            return join(Html("list of "), _type(schema["items"]))
        case "object":
            return join(Html("map to "), _type(_values_of(schema)))
        case kind:
            return element("span", str(schema.get("format", kind)))


def _values_of(schema: Json) -> Json:
    """The schema of a map's values; where its names have a pattern, it stands under that."""
    found: Json = schema.get("additionalProperties") or next(
        iter(schema["patternProperties"].values())
    )
    return found


def _limits(schema: Json) -> Html:
    """The bounds a value must keep, where its type has any."""
    bounded = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
    words = {
        "maxLength": "at most {} characters",
        "maxProperties": "at most {} entries",
        "minimum": "at least {}",
        "maximum": "at most {}",
        "default": "by default {}",
    }
    found = [text.format(bounded[name]) for name, text in words.items() if name in bounded]
    if "enum" in bounded:
        found.append("one of " + ", ".join(bounded["enum"]))
    return element("small", "; ".join(found)) if found else Html()


def _example(example: object) -> Html:
    return element("small", "e.g. ", element("code", str(example))) if example else Html()


def _required(required: bool) -> Html:
    return _badge("required") if required else Html()


def _badge(text: str) -> Html:
    return element("small", text, class_="badge")


def _table(names: tuple[str, ...], rows: Sequence[tuple[Html, ...]]) -> Html:
    head = element("tr", *(element("th", name, scope="col") for name in names))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    return element(
        "div", element("table", element("thead", head), element("tbody", *body)), class_="scroll"
    )
