"""The example site's server: what it believes and what it gives away."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect
from standardwebhooks import Webhook

from examples.news_site.webhooks import Inbox
from moderato.config import Config
from moderato.domain.comment import State
from tests.conftest import free_port
from tests.examples.conftest import SITE, Site
from tests.examples.test_reader import score_next
from tests.processes import REPOSITORY, Spawn


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    """A reader's browser without the browser: it keeps its cookie."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(site.url, cookie_jar=jar) as http:
        async with http.get("/") as answer:
            assert answer.status == 200
        yield http


def form(text: str = "Well said.", **changes: str) -> dict[str, str]:
    return {"name": "Ada", "text": text, "key": "0" * 32, **changes}


POST = "/articles/night-ferry/comments"


async def test_pages_are_protected(site: Site, visitor: aiohttp.ClientSession) -> None:
    async with visitor.get("/articles/night-ferry") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page
    assert "onclick" not in page
    async with visitor.get("/static/comments.js") as answer:
        assert answer.status == 200


def test_scripts_write_text_only() -> None:
    scripts = list(Path(REPOSITORY, "examples/news_site/static").glob("*.js"))
    assert scripts
    for path in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", path.read_text())


async def test_a_webhook_is_believed_only_with_its_signature(
    site: Site, visitor: aiohttp.ClientSession
) -> None:
    body = json.dumps({"type": "comment.approved", "data": {}})
    now = datetime.now(UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    forged = Webhook("whsec_" + "A" * 44).sign("msg_1", now, body)
    for signature in ("", "nonsense", "v1,", forged):
        signed = {**headers, "webhook-signature": signature}
        async with visitor.post("/webhooks/moderato", data=body, headers=signed) as answer:
            assert answer.status == 401


def test_only_news_counts() -> None:
    inbox = Inbox(limit=2)
    assert inbox.is_news("msg_c_3", "c", 3)
    assert not inbox.is_news("msg_c_3", "c", 3), "the same webhook again"
    assert not inbox.is_news("msg_c_2", "c", 2), "an older one that was overtaken"
    assert inbox.is_news("msg_c_4", "c", 4)
    assert inbox.is_news("msg_d_2", "d", 2)
    assert inbox.is_news("msg_e_2", "e", 2)
    assert inbox.is_news("msg_c_3", "c", 3), "forgotten: memory is bounded"


async def test_a_reader_sees_their_own_comment_and_no_other_readers(
    site: Site, visitor: aiohttp.ClientSession
) -> None:
    async with visitor.post(POST, json=form()) as answer:
        posted = await answer.json()
    assert (posted["state"], posted["standing"]) == ("pending", "Being checked.")
    await score_next(site.life, State.FLAGGED)
    async with visitor.get(f"/comments/{posted['id']}") as answer:
        assert (await answer.json())["standing"] == "Waiting for a moderator."
    somebody_else = aiohttp.ClientSession(
        site.url, headers={"Cookie": "reader=somebody-else"}, cookie_jar=aiohttp.DummyCookieJar()
    )
    async with somebody_else as other, other.get(f"/comments/{posted['id']}") as answer:
        assert answer.status == 404


async def test_nobody_learns_a_readers_id(site: Site, visitor: aiohttp.ClientSession) -> None:
    async with visitor.post(POST, json=form()) as answer:
        posted = await answer.json()
    record = await site.life.store.comments.get(SITE, posted["id"])
    assert record is not None
    (cookie,) = (morsel.value for morsel in visitor.cookie_jar)
    assert cookie not in repr(record)
    await site.life.score_all(State.APPROVED)
    await site.life.publish_all()
    async with visitor.get(POST) as answer:
        text = await answer.text()
    assert posted["id"] in text
    assert record.comment.author.id not in text


async def test_a_form_that_is_not_right(site: Site, visitor: aiohttp.ClientSession) -> None:
    unknown_parent = form(parent="f" * 32)
    for sent, status in (
        (b"", 400),
        (b"[1]", 400),
        (b'"text"', 400),
        (as_json(form("")), 422),
        (as_json(form("x" * 2001)), 422),
        (as_json(form(name=" ")), 422),
        (as_json(form(key="no")), 422),
        (as_json(unknown_parent), 502),
    ):
        async with visitor.post(POST, data=sent) as answer:
            assert answer.status == status, sent


def as_json(sent: dict[str, str]) -> bytes:
    return json.dumps(sent).encode()


async def test_the_article_can_be_read_when_moderato_is_away(
    browser: Browser, config: Config, spawn: Spawn
) -> None:
    port = free_port()
    process = await spawn(
        "examples.news_site",
        config,
        port=port,
        PORT=str(port),
        MODERATO_URL=f"http://127.0.0.1:{free_port()}",
        MODERATO_API_KEY="mod_nobody",
        MODERATO_WEBHOOK_SECRET="whsec_" + "A" * 44,
    )
    page = await browser.new_page()
    await page.goto(process.url)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("night ferry")
    await expect(page.get_by_text("The comments are away for a moment.")).to_be_visible()
    await page.get_by_label("Your comment").fill("Hello?")
    await page.get_by_label("Your name").fill("Ada")
    await page.locator("#send").click()
    await expect(page.get_by_role("alert")).to_contain_text("Your text is still here")


@pytest.mark.parametrize("given", [["--help"], []])
async def test_it_says_what_it_needs(given: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.news_site", *given),
        cwd=REPOSITORY,
        env={},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == (0 if given else 1)
    assert b"MODERATO_API_KEY" in said
