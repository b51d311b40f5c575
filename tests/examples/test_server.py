"""The example site's server: what it believes and what it gives away."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect
from standardwebhooks import Webhook

from examples.news_site.webhooks import Inbox
from moderato.config import Config
from moderato.domain.author import Standing
from moderato.domain.comment import ArticleMode, State
from tests.conftest import free_port
from tests.examples.conftest import SITE, Site
from tests.examples.test_reader import score_next
from tests.processes import REPOSITORY, Spawn


@pytest.fixture
async def alone(config: Config, spawn: Spawn) -> str:
    """The address of an example site whose Moderato does not answer."""
    port = free_port()
    process = await spawn(
        "examples.news_site",
        config,
        port=port,
        PORT=str(port),
        MODERATO_URL=f"http://127.0.0.1:{free_port()}",
        MODERATO_API_KEY="mod_nobody",
        MODERATO_WEBHOOK_SECRET=SECRET,
    )
    return process.url


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A reader's browser without the browser: it keeps its cookie."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, cookie_jar=jar) as http:
        async with http.get("/") as answer:
            assert answer.status == 200
        yield http


def form(text: str = "Well said.", **changes: str) -> dict[str, str]:
    return {"name": "Ada", "text": text, "key": "0" * 32, **changes}


SECRET = "whsec_" + "A" * 44
POST = "/articles/night-ferry/comments"


async def test_pages_are_protected(alone: str) -> None:
    async with visiting(alone) as visitor, visitor.get("/articles/night-ferry") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page
    assert "onclick" not in page


def test_scripts_write_text_only() -> None:
    scripts = list(Path(REPOSITORY, "examples/news_site/static").glob("*.js"))
    assert scripts
    for path in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", path.read_text())


async def test_a_webhook_is_believed_only_with_its_signature(alone: str) -> None:
    comment = {"id": "c", "version": 2, "released": False, "state": "flagged", "author": None}
    body = json.dumps({"data": {**comment, "decision": {"reason": None}}})
    now = datetime.now(UTC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    forged = Webhook("whsec_" + "B" * 44).sign("msg_1", now, body)
    right = Webhook(SECRET).sign("msg_1", now, body)
    async with aiohttp.ClientSession(alone) as http:
        for signature in ("", "nonsense", "v1,", forged, right):
            signed = {**headers, "webhook-signature": signature}
            async with http.post("/webhooks/moderato", data=body, headers=signed) as answer:
                assert answer.status == (204 if signature == right else 401)


def test_only_news_counts() -> None:
    inbox = Inbox(limit=2)
    assert inbox.is_news("msg_c_3", "c", 3)
    assert not inbox.is_news("msg_c_3", "c", 3), "the same webhook again"
    assert not inbox.is_news("msg_c_2", "c", 2), "an older one that was overtaken"
    assert inbox.is_news("msg_c_4", "c", 4)
    assert inbox.is_news("msg_d_2", "d", 2)
    assert inbox.is_news("msg_e_2", "e", 2)
    assert inbox.is_news("msg_c_3", "c", 3), "forgotten: memory is bounded"


async def test_readers_see_their_own_comments_and_nobodys_id(site: Site) -> None:
    async with visiting(site.url) as ada, visiting(site.url) as ben:
        async with ada.post(POST, json=form()) as answer:
            posted = await answer.json()
        assert (posted["state"], posted["standing"]) == ("pending", "Being checked.")
        await score_next(site.life, State.APPROVED)
        async with ada.get(f"/comments/{posted['id']}") as answer:
            assert (await answer.json())["state"] == "approved"
        async with ben.get(f"/comments/{posted['id']}") as answer:
            assert answer.status == 404

        record = await site.life.store.comments.get(SITE, posted["id"])
        assert record is not None
        (cookie,) = (morsel.value for morsel in ada.cookie_jar)
        assert cookie not in repr(record)
        async with ben.get(POST) as answer:
            assert record.comment.author.id not in await answer.text()


async def test_a_closed_article_says_so(site: Site) -> None:
    await site.life.store.articles.set_mode(SITE, "night-ferry", ArticleMode.CLOSED)
    async with visiting(site.url) as ada, ada.post(POST, json=form()) as answer:
        assert (answer.status, await answer.text()) == (409, "Comments on this article are closed.")


async def test_a_reader_who_may_not_comment_is_told_until_when_and_why(site: Site) -> None:
    store = site.life.store
    async with visiting(site.url) as ada:
        async with ada.post(POST, json=form()) as answer:
            assert answer.status == 200
            comment = (await answer.json())["id"]
        record = await store.comments.get(SITE, comment)
        assert record is not None
        author = record.comment.author.id
        for version, (standing, seconds, words) in enumerate(
            (
                (
                    Standing.SUSPENDED,
                    3_600,
                    r"until \d+ \w+ \d{4}, \d\d:\d\d UTC. Personal attack.",
                ),
                (Standing.BANNED, None, r"any more. Personal attack."),
            )
        ):
            await store.authors.set_standing(
                *(SITE, author, standing),
                version=version,
                by="mia",
                seconds=seconds,
                rule="insult",
                reason="Personal attack.",
            )
            async with ada.post(POST, json=form(key="1" * 32)) as answer:
                assert answer.status == 403
                assert re.fullmatch(f"You cannot comment here {words}", await answer.text())


async def test_a_form_that_is_not_right(alone: str) -> None:
    for sent, status in (
        (b"", 400),
        (b"[1]", 400),
        (b'"text"', 400),
        (as_json(form("")), 422),
        (as_json(form("x" * 2001)), 422),
        (as_json(form(name=" ")), 422),
        (as_json(form(key="no")), 422),
        (as_json(form()), 502),
    ):
        async with visiting(alone) as visitor, visitor.post(POST, data=sent) as answer:
            assert answer.status == status, sent


def as_json(sent: dict[str, str]) -> bytes:
    return json.dumps(sent).encode()


async def test_the_article_can_be_read_when_moderato_is_away(browser: Browser, alone: str) -> None:
    page = await browser.new_page()
    await page.goto(alone)
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
