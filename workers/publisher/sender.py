"""Posts one webhook, to checked addresses only."""

from __future__ import annotations

import errno
import socket
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

import moderato
from workers.publisher.addresses import Networks, refusal
from workers.publisher.answer import Answered, Unanswered
from workers.publisher.retries import retry_after

#: Seconds a connection is kept for the next webhook. Shorter than receivers keep theirs: a
#: connection that closes while we post on it costs a try.
_KEEP_ALIVE = 2.0


class ForbiddenAddressError(OSError):
    """The address is not one that webhooks may go to."""


class Sender:
    """``async with Sender(timeout, allowed) as sender``. ``timeout`` in seconds is for a whole try.

    The check stands where sockets are made, so that nothing gets around it: not a name that
    resolves to something else the second time, not ``http://0x7f.1/``, not a redirect (none is
    followed), not a proxy from the environment (none is used).
    """

    def __init__(self, timeout: float, allowed: Networks) -> None:
        self._timeout = timeout
        self._allowed = allowed
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=self._socket, keepalive_timeout=_KEEP_ALIVE, limit=0
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"Moderato/{moderato.__version__}",
            },
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answered | Unanswered:
        """One try. Never raises for what the endpoint, its name or its network does."""
        assert self._session is not None
        try:
            target = URL(url)
            if target.scheme not in {"http", "https"}:
                return Unanswered(f"{url}: webhooks go to http:// or https:// only.")
            # The body of the answer is not read: whatever it is, it means nothing.
            async with self._session.post(
                target, data=body, headers=headers, allow_redirects=False
            ) as response:
                asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
                return Answered(response.status, asked)
        except TimeoutError:
            return Unanswered(f"No answer within {self._timeout:g} s.")
        except aiohttp.ClientConnectorError as error:
            why = error.os_error.strerror or str(error.os_error)
            return Unanswered(f"Cannot connect to {error.host}:{error.port}: {why}.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Unanswered(str(error) or type(error).__name__)

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        why = refusal(str(where[0]), self._allowed)
        if why is not None:
            why = f"{why}; see MODERATO_WEBHOOK_ALLOW to allow it"
            raise ForbiddenAddressError(errno.EACCES, why)
        return socket.socket(family, kind, protocol)
