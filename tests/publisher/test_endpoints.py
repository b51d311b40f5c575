"""What is remembered of a site's endpoints never ends a delivery by mistake."""

from __future__ import annotations

from dataclasses import replace

from tests.life import Life
from tests.publisher.conftest import SITE
from workers.publisher.endpoints import Endpoints


async def test_an_endpoint_added_or_enabled_a_moment_ago_is_found(life: Life) -> None:
    """Another publisher may have made the delivery, knowing more than we remember."""
    sites = life.store.sites
    endpoints = Endpoints(sites)
    assert await endpoints.of(SITE) == []
    added = await sites.add_endpoint(SITE, "https://gazette.example/hook")
    assert await endpoints.get(SITE, added.id) == added

    await endpoints.disable(SITE, added.id, "It answered 410 Gone.")
    assert await endpoints.enabled(SITE) == []
    await sites.save_endpoint(SITE, replace(added, disabled=""))
    assert await endpoints.get(SITE, added.id) == added


async def test_what_was_removed_is_gone(life: Life) -> None:
    sites = life.store.sites
    endpoints = Endpoints(sites)
    added = await sites.add_endpoint(SITE, "https://gazette.example/hook")
    assert await endpoints.get(SITE, added.id) == added
    await sites.remove_endpoint(SITE, added.id)
    assert await endpoints.get(SITE, "another") is None
    assert await endpoints.get(SITE, added.id) is None
