"""A browser that goes away in the middle of something is nobody's fault, and nobody's alarm."""

from __future__ import annotations

import asyncio
import logging

import pytest
from yarl import URL

from tests.console.served import console_on
from tests.life import Life


async def test_a_browser_that_goes_away_while_it_sends_is_no_error(
    life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    async with console_on(life) as console:
        ana = await console.client("ana")
        url = URL(console.url)
        cookies = ana.http.cookie_jar.filter_cookies(url).values()
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(
            (
                "POST /api/comments/harbour-times/c1/decision HTTP/1.1\r\n"
                f"Host: {url.host}:{url.port}\r\n"
                f"Cookie: {'; '.join(f'{one.key}={one.value}' for one in cookies)}\r\n"
                f"X-CSRF-Token: {ana.csrf}\r\n"
                "Content-Type: application/json\r\nContent-Length: 100\r\n"
                'Expect: 100-continue\r\n\r\n{"action":'
            ).encode()
        )
        # It has begun to answer, and waits for the rest.
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        writer.transport.abort()
    # A console ends only when its requests have.
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
