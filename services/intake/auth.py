"""Whose request it is: a site's API key as a bearer token (RFC 6750)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

from moderato.store.sites import Sites, hash_key
from services.intake import kinds
from services.intake.problems import Problem

#: Seconds a key is believed without asking: so long a rotated one goes on working.
REMEMBER: Final = 5.0
#: Keys remembered at most; there are as many as sites.
_MOST: Final = 4_096


class Keys:
    """Which site a key belongs to, asked of the store once every few seconds."""

    def __init__(self, sites: Sites, clock: Callable[[], float] = time.monotonic) -> None:
        self._sites = sites
        self._clock = clock
        self._known: dict[str, tuple[str, float]] = {}

    async def site(self, api_key: str) -> str | None:
        """The key's site; None where it belongs to none."""
        # The hash, so that a dump of this process's memory holds fewer keys.
        name = hash_key(api_key)
        known = self._known.get(name)
        if known and self._clock() < known[1]:
            return known[0]
        self._known.pop(name, None)
        site = await self._sites.authenticate(api_key)
        # Only keys that are right are remembered: wrong ones could be made without end.
        if site is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[name] = site, self._clock() + REMEMBER
        return site


async def authenticate(request: web.Request, keys: Keys) -> str:
    """The site that sent ``request``. Raises Problem, 401."""
    given = request.headers.get("Authorization", "")
    scheme, _, key = given.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _unauthorized(
            "Send your site's API key: `Authorization: Bearer mod_...`.", 'Bearer realm="moderato"'
        )
    key = key.strip()
    site = await keys.site(key) if key.isascii() else None
    if site is None:
        raise _unauthorized(
            "This API key belongs to no site. Perhaps it was rotated: ask whoever runs Moderato "
            "for the new one.",
            'Bearer realm="moderato", error="invalid_token"',
        )
    return site


def _unauthorized(detail: str, challenge: str) -> Problem:
    return Problem(kinds.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})
