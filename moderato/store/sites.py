"""Sites: their API keys and the endpoints their webhooks go to."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from moderato.store import keys
from moderato.store.part import Part

#: What a site's id may look like: it stands in keys, URLs and members.
SITE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class SiteError(Exception):
    """A site cannot be made or changed as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """``created_at`` is UTC ms."""

    id: str
    name: str
    created_at: int
    key_hash: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a site's webhooks go. ``secret`` signs them (Standard Webhooks, ``whsec_...``).

    ``previous_secret`` also signs while a rotation lasts. ``disabled`` says why it is off.
    """

    id: str
    url: str
    secret: str
    previous_secret: str = ""
    disabled: str = ""


def hash_key(api_key: str) -> str:
    """SHA-256 is enough: a key has 256 random bits, there is nothing to guess."""
    return sha256(api_key.encode()).hexdigest()


def new_webhook_secret() -> str:
    """As Standard Webhooks asks: "whsec_" and base64 of 24 to 64 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Sites(Part):
    async def create(self, site: str, name: str) -> str:
        """Makes a site; returns its API key, which can never be read again."""
        if not SITE_ID.fullmatch(site):
            raise SiteError(
                f"{site!r} cannot be a site's id: use a-z, 0-9 and '-', at most 63 characters."
            )
        key = _new_key()
        made = Site(site, name, int(time.time() * 1000), hash_key(key))
        # The key first: a site whose key leads nowhere could not be repaired by its owner.
        await self.redis.hset(keys.API_KEYS, made.key_hash, site)
        if not await self.redis.hsetnx(keys.SITES, site, json.dumps(asdict(made))):
            await self.redis.hdel(keys.API_KEYS, made.key_hash)
            raise SiteError(f"There is a site {site!r} already; see `moderato site list`.")
        return key

    async def rotate_key(self, site: str) -> str:
        """Gives a site a new API key; the old one stops working within seconds."""
        old = await self._must_get(site)
        key = _new_key()
        await self.redis.hset(keys.API_KEYS, hash_key(key), site)
        changed = replace(old, key_hash=hash_key(key))
        await self.redis.hset(keys.SITES, site, json.dumps(asdict(changed)))
        await self.redis.hdel(keys.API_KEYS, old.key_hash)
        return key

    async def authenticate(self, api_key: str) -> str | None:
        """The site an API key belongs to."""
        site: Any = await self.redis.hget(keys.API_KEYS, hash_key(api_key))
        return None if site is None else str(site)

    async def get(self, site: str) -> Site | None:
        raw: Any = await self.redis.hget(keys.SITES, site)
        return Site(**json.loads(raw)) if raw else None

    async def all(self) -> list[Site]:
        """Every site, by id."""
        raw: Any = await self.redis.hvals(keys.SITES)
        return sorted((Site(**json.loads(line)) for line in raw), key=lambda site: site.id)

    async def endpoints(self, site: str) -> list[Endpoint]:
        raw: Any = await self.redis.hvals(keys.endpoints(site))
        return sorted((Endpoint(**json.loads(line)) for line in raw), key=lambda e: e.id)

    async def add_endpoint(self, site: str, url: str, secret: str | None = None) -> Endpoint:
        """Sends the site's webhooks to ``url`` too; the secret is made unless given."""
        await self._must_get(site)
        endpoint = Endpoint(id=secrets.token_hex(4), url=url, secret=secret or new_webhook_secret())
        await self.save_endpoint(site, endpoint)
        return endpoint

    async def save_endpoint(self, site: str, endpoint: Endpoint) -> None:
        await self.redis.hset(keys.endpoints(site), endpoint.id, _json(endpoint))

    async def change_endpoint(
        self, site: str, endpoint: str, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        """Applies ``change`` over nobody else's change: the endpoint as it is then, if any."""
        key = keys.endpoints(site)
        while True:
            raw: Any = await self.redis.hget(key, endpoint)
            if raw is None:
                return None
            new = change(Endpoint(**json.loads(raw)))
            answer = await self.scripts.run("swap", [key], [endpoint, raw, _json(new), ""])
            if answer == "done":
                return new

    async def remove_endpoint(self, site: str, endpoint: str) -> bool:
        return bool(await self.redis.hdel(keys.endpoints(site), endpoint))

    async def _must_get(self, site: str) -> Site:
        found = await self.get(site)
        if found is None:
            raise SiteError(f"There is no site {site!r}; see `moderato site list`.")
        return found


def check_webhook_url(url: str) -> None:
    """Raises SiteError on what is no address for webhooks, whatever it resolves to."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise SiteError(f"{url!r} is no URL a webhook can go to: say https://HOST/PATH.")


def rotated(endpoint: Endpoint) -> Endpoint:
    """The endpoint with a new secret; the one before signs as well, until ``finished``."""
    return replace(endpoint, secret=new_webhook_secret(), previous_secret=endpoint.secret)


def finished(endpoint: Endpoint) -> Endpoint:
    """The endpoint with its newest secret alone."""
    return replace(endpoint, previous_secret="")


def _json(endpoint: Endpoint) -> str:
    return json.dumps(asdict(endpoint))


def _new_key() -> str:
    return "mod_" + secrets.token_urlsafe(32)
