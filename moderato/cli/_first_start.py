"""What a new installation needs before anybody can use it: an account, and the example's site."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from moderato.store.sites import Endpoint
from moderato.store.store import Store
from moderato.store.users import Role

ADMINISTRATOR = "admin"
DEMO_SITE = "demo"


@dataclass(frozen=True, slots=True)
class DemoSite:
    """What the example news site must know."""

    api_key: str
    webhook_secret: str


async def first_account(store: Store) -> str | None:
    """Make ``admin`` where there is no account yet: its password, never readable again."""
    if await store.users.all():
        return None
    return await store.users.create(ADMINISTRATOR, Role.ADMINISTRATOR)


async def demo_site(store: Store, folder: Path, webhook_url: str) -> DemoSite:
    """The site ``demo`` with its webhook to ``webhook_url``, made or mended as needed.

    An API key is shown once, so it is kept in ``folder/demo.json``, readable by its owner only;
    where that file is gone or no longer fits, the key is rotated.
    """
    path = folder / "demo.json"
    kept = _read(path)
    if await store.sites.get(DEMO_SITE) is None:
        api_key = await store.sites.create(DEMO_SITE, "The example news site")
    elif kept and await store.sites.authenticate(kept.api_key) == DEMO_SITE:
        api_key = kept.api_key
    else:
        api_key = await store.sites.rotate_key(DEMO_SITE)
    endpoint = await _endpoint(store, webhook_url)
    demo = DemoSite(api_key, endpoint.secret)
    _write(path, demo)
    return demo


async def _endpoint(store: Store, url: str) -> Endpoint:
    """The one enabled endpoint at ``url``; those of earlier starts on other ports are removed."""
    found: Endpoint | None = None
    for endpoint in await store.sites.endpoints(DEMO_SITE):
        if endpoint.url == url and not endpoint.disabled and found is None:
            found = endpoint
        else:
            await store.sites.remove_endpoint(DEMO_SITE, endpoint.id)
    return found or await store.sites.add_endpoint(DEMO_SITE, url)


def _read(path: Path) -> DemoSite | None:
    try:
        return DemoSite(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, demo: DemoSite) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"api_key": demo.api_key, "webhook_secret": demo.webhook_secret}, file)
