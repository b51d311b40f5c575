"""The OpenAPI document and the docs page tell what the server does."""

from __future__ import annotations

import asyncio
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from services.intake.kinds import KINDS
from services.intake.operations import OPERATIONS
from services.intake.requests import PostedComment
from tests.conftest import ConfigFactory
from tests.intake.served import Api, Serve
from tests.processes import Spawn

SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(400)
async def test_schemathesis_finds_nothing(
    spawn: Spawn, make_config: ConfigFactory, start: Serve, tmp_path: Path
) -> None:
    api = await start()
    await api.released()
    intake = await spawn("services.intake", make_config(rate_per_minute=10**6, rate_burst=10**6))
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("st")),
        "--config-file",
        str(SETTINGS),
        "run",
        f"{intake.url}/openapi.json",
        "--header",
        f"Authorization: Bearer {api.key}",
        "--seed",
        "1",
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    report, _ = await process.communicate()
    assert process.returncode == 0, report.decode()
    assert "request_failed" not in intake.log


async def test_every_route_is_documented(api: Api) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in api.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/v1")
    }
    document = (await api.get("/openapi.json")).json
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    assert described == {(one.method, one.path) for one in OPERATIONS}
    assert {(method, path) for method, path in served if method != "HEAD"} == described


async def test_the_document_is_openapi_3_1_with_the_limits_in_it(start: Serve) -> None:
    api = await start(max_text_chars=123)
    document = (await api.get("/openapi.json", Authorization="")).json
    assert document["openapi"] == "3.1.0"
    posted = document["components"]["schemas"]["PostedComment"]
    assert posted["properties"]["text"]["maxLength"] == 123
    assert posted["required"] == ["article", "author", "text"]
    assert document["security"] == [{"apiKey": []}]
    for reference in re.findall(r"#/components/schemas/(\w+)", str(document)):
        assert reference in document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in item.values():
            assert {"401", "500", "503"} <= set(operation["responses"])


async def test_the_examples_in_the_document_work(api: Api) -> None:
    schemas = (await api.get("/openapi.json")).json["components"]["schemas"]
    (example,) = schemas["PostedComment"]["examples"]
    assert (await api.post_comment(example)).status == 202
    fields = {
        name: field["examples"][0]
        for name, field in schemas["PostedComment"]["properties"].items()
        if "examples" in field
    }
    assert PostedComment.model_validate({**example, **fields}).external_id == "comment-4711"


class Page(HTMLParser):
    """What a page refers to, and what may be referred to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.links |= {given[name] for name in ("href", "src") if name in given}
        self.ids += [given["id"]] if "id" in given else []


async def test_the_docs_page_stands_alone(api: Api) -> None:
    answer = await api.get("/docs", Authorization="")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    text = answer.raw.decode()
    page = Page(text)
    assert not page.tags & {"script", "style", "iframe", "img"}
    assert "style=" not in text
    elsewhere = {link for link in page.links if not link.startswith("#")}
    assert elsewhere == {"/docs.css", "/openapi.json"}
    for link in elsewhere:
        assert (await api.get(link, Authorization="")).status == 200
    assert {link[1:] for link in page.links - elsewhere} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    # Each operation has its place, and each problem's type leads to one.
    assert {operation.id for operation in OPERATIONS} <= set(page.ids)
    assert {kind.type for kind in KINDS} <= {f"/docs#{name}" for name in page.ids}
    assert "curl &quot;$MODERATO_URL/v1/comments&quot;" in text


async def test_the_root_leads_to_the_docs(api: Api) -> None:
    answer = await api.get("/", Authorization="")
    assert (answer.status, answer.headers["Location"]) == (302, "/docs")
