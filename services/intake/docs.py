"""The page people read: /docs, written from the OpenAPI document, and the document itself."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from aiohttp import web

from moderato.config import Config
from services.intake import openapi, reference
from services.intake.html import Html, element, join, prose
from services.intake.kinds import KINDS

#: Nothing from elsewhere, no script, no frame: the page is text.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_CACHE: Final = {"Cache-Control": "public, max-age=300"}

_FIRST_STEPS: Final = """\
curl "$MODERATO_URL/v1/comments" \\
  -H "Authorization: Bearer $MODERATO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: $(uuidgen)" \\
  -d '{body}'"""


def add_routes(app: web.Application, config: Config) -> None:
    """Adds /openapi.json, /docs with its style sheet, and / that leads to it."""
    document = openapi.document(config)
    served = json.dumps(document).encode()
    written = page(document)
    style = (files("services.intake") / "static" / "docs.css").read_bytes()

    async def get_openapi(_request: web.Request) -> web.Response:
        return web.Response(body=served, content_type="application/json", headers=_CACHE)

    async def get_docs(_request: web.Request) -> web.Response:
        return web.Response(
            text=written,
            content_type="text/html",
            headers={"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"} | _CACHE,
        )

    async def get_style(_request: web.Request) -> web.Response:
        return web.Response(body=style, content_type="text/css", charset="utf-8", headers=_CACHE)

    async def get_root(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/docs"})

    app.router.add_get("/", get_root, name="root")
    app.router.add_get("/openapi.json", get_openapi, name="openapi")
    app.router.add_get("/docs", get_docs, name="docs")
    app.router.add_get("/docs.css", get_style, name="docs_style")


def page(document: dict[str, Any]) -> str:
    """The docs page for ``document``."""
    title = document["info"]["title"]
    head = join(
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        Html('<link rel="stylesheet" href="/docs.css">'),
    )
    body = join(
        element("nav", *_contents(document), aria_label="Contents"),
        element(
            "main",
            element(
                "header",
                element("h1", title),
                element("p", f"Version {document['info']['version']}", class_="version"),
            ),
            prose(document["info"]["description"]),
            _first_steps(document),
            *reference.operations(document),
            *reference.schemas(document),
            *_problems(),
        ),
    )
    whole = element("html", element("head", head), element("body", body), lang="en")
    return f"<!doctype html>\n{whole}"


def _first_steps(document: dict[str, Any]) -> Html:
    example = document["components"]["schemas"]["PostedComment"]["examples"][0]
    command = _FIRST_STEPS.format(body=json.dumps(example, indent=2))
    return element(
        "section",
        element("h2", "Post your first comment"),
        prose(
            "`MODERATO_URL` is the address of this page without `/docs`, `MODERATO_API_KEY` the "
            "key that `moderato site add` shows once."
        ),
        element("pre", element("code", command)),
        prose(
            "The answer, 202, means that the comment is stored for good. Read how it stands at "
            "`links.self`, or wait for the webhook; once it is approved it stands in the thread "
            "at `links.thread`."
        ),
        id="first-comment",
    )


def _contents(document: dict[str, Any]) -> list[Html]:
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        ("Begin", [("first-comment", "Post your first comment")]),
        *(
            (
                tag["name"],
                [
                    (operation["operationId"], operation["summary"])
                    for _, _, operation in reference.each(document)
                    if tag["name"] in operation["tags"]
                ],
            )
            for tag in document["tags"]
        ),
        ("More", [("schemas", "Schemas"), ("problems", "Problems")]),
    ]
    parts: list[Html] = []
    for name, entries in groups:
        links = [element("li", element("a", text, href=f"#{anchor}")) for anchor, text in entries]
        parts += [element("h2", name), element("ul", *links)]
    machine = element("a", "openapi.json", href="/openapi.json")
    return [*parts, element("p", "For machines: ", machine)]


def _problems() -> list[Html]:
    return [
        element("h2", "Problems", id="problems"),
        prose("What can go wrong. A problem's `type` leads to its place here."),
        *(
            element(
                "section",
                element("h3", element("code", str(kind.status)), f" {kind.title}"),
                element("p", element("code", kind.type)),
                prose(kind.explanation),
                id=kind.name,
            )
            for kind in KINDS
        ),
    ]
