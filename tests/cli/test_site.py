"""`moderato site`: what it prints, and what it refuses."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from moderato.config import Config
from moderato.store.store import Store
from tests.cli.conftest import Moderato


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis, Config())


async def test_add_shows_a_key_that_works_and_how_to_use_it(
    moderato: Moderato, store: Store
) -> None:
    result = await moderato("site", "add", "gazette", "--name", "The Gazette")
    assert result.exit_code == 0, result.output
    (key,) = set(re.findall(r"mod_[\w-]+", result.output))
    assert await store.sites.authenticate(key) == "gazette"
    assert "curl http://127.0.0.1:8080/v1/comments" in result.output
    assert f"Authorization: Bearer {key}" in result.output


async def test_the_example_request_is_one_that_intake_takes(moderato: Moderato) -> None:
    from services.intake.requests import PostedComment

    result = await moderato("site", "add", "gazette")
    body = re.search(r"-d '(.*?)'$", result.output, re.DOTALL | re.MULTILINE)
    assert body is not None
    PostedComment.model_validate_json(body[1], context={"max_text_chars": 1000})


async def test_add_with_a_webhook_shows_its_secret_once(moderato: Moderato, store: Store) -> None:
    result = await moderato("site", "add", "gazette", "--webhook", "https://gazette.example/hook")
    (endpoint,) = await store.sites.endpoints("gazette")
    assert endpoint.url == "https://gazette.example/hook"
    assert endpoint.secret in result.output
    listed = await moderato("site", "webhook", "list", "gazette")
    assert endpoint.id in listed.output
    assert endpoint.secret not in listed.output


@pytest.mark.parametrize("site", ["Gazette", "the gazette", "-x", "a" * 64])
async def test_a_bad_id_is_refused_with_what_would_be_right(moderato: Moderato, site: str) -> None:
    result = await moderato("site", "add", "--", site)
    assert result.exit_code == 1
    assert "use a-z, 0-9 and '-'" in result.output


async def test_a_site_is_made_once(moderato: Moderato, store: Store) -> None:
    first = await moderato("site", "add", "gazette")
    (key,) = set(re.findall(r"mod_[\w-]+", first.output))
    second = await moderato("site", "add", "gazette")
    assert second.exit_code == 1
    assert "There is a site 'gazette' already" in second.output
    assert await store.sites.authenticate(key) == "gazette"


async def test_a_webhook_must_be_a_web_address(moderato: Moderato, store: Store) -> None:
    result = await moderato("site", "add", "gazette", "--webhook", "gazette.example/hook")
    assert result.exit_code == 2
    assert "say https://HOST/PATH" in result.output
    assert await store.sites.get("gazette") is None


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "10.1.2.3", "[::1]"])
async def test_a_private_webhook_says_what_the_publisher_needs(
    moderato: Moderato, host: str
) -> None:
    result = await moderato("site", "add", "gazette", "--webhook", f"http://{host}/hook")
    assert result.exit_code == 0
    assert "MODERATO_WEBHOOK_ALLOW" in result.output


async def test_rotate_key_ends_the_old_one(moderato: Moderato, store: Store) -> None:
    old = await store.sites.create("gazette", "The Gazette")
    result = await moderato("site", "rotate-key", "gazette")
    (new,) = set(re.findall(r"mod_[\w-]+", result.output))
    assert await store.sites.authenticate(new) == "gazette"
    assert await store.sites.authenticate(old) is None


async def test_list_shows_every_site(moderato: Moderato, store: Store) -> None:
    await store.sites.create("gazette", "The Gazette")
    await store.sites.create("bugle", "The Bugle")
    await store.sites.add_endpoint("bugle", "https://bugle.example/hook")
    result = await moderato("site", "list")
    assert [line.split()[0] for line in result.output.splitlines()] == ["site", "bugle", "gazette"]
    rows = json.loads((await moderato("site", "list", "--json")).output)
    assert [(row["id"], row["webhooks"]) for row in rows] == [("bugle", 1), ("gazette", 0)]


async def test_an_empty_list_says_how_to_begin(moderato: Moderato) -> None:
    assert "moderato site add ID" in (await moderato("site", "list")).output


async def test_a_disabled_webhook_is_enabled_again(moderato: Moderato, store: Store) -> None:
    await store.sites.create("gazette", "The Gazette")
    endpoint = await store.sites.add_endpoint("gazette", "https://gazette.example/hook")
    await store.sites.save_endpoint("gazette", replace(endpoint, disabled="it answered 410"))
    assert "it answered 410" in (await moderato("site", "webhook", "list", "gazette")).output
    result = await moderato("site", "webhook", "enable", "gazette", endpoint.id)
    assert result.exit_code == 0, result.output
    assert await store.sites.endpoints("gazette") == [endpoint]


async def test_a_webhook_is_removed(moderato: Moderato, store: Store) -> None:
    await store.sites.create("gazette", "The Gazette")
    endpoint = await store.sites.add_endpoint("gazette", "https://gazette.example/hook")
    result = await moderato("site", "webhook", "remove", "gazette", endpoint.id)
    assert result.exit_code == 0, result.output
    assert await store.sites.endpoints("gazette") == []


async def test_a_secret_is_rotated_without_a_gap(moderato: Moderato, store: Store) -> None:
    await store.sites.create("gazette", "The Gazette")
    old = await store.sites.add_endpoint("gazette", "https://gazette.example/hook")
    result = await moderato("site", "webhook", "rotate-secret", "gazette", old.id)
    (both,) = await store.sites.endpoints("gazette")
    assert both.secret in result.output
    assert both.secret != old.secret
    assert both.previous_secret == old.secret
    await moderato("site", "webhook", "rotate-secret", "gazette", old.id, "--finish")
    (after,) = await store.sites.endpoints("gazette")
    assert (after.secret, after.previous_secret) == (both.secret, "")


@pytest.mark.parametrize(
    "words",
    [
        ("rotate-key", "nobody"),
        ("webhook", "add", "nobody", "https://x.example"),
        ("webhook", "list", "nobody"),
        ("webhook", "remove", "nobody", "x"),
    ],
)
async def test_an_unknown_site_is_named(moderato: Moderato, words: tuple[str, ...]) -> None:
    result = await moderato("site", *words)
    assert result.exit_code == 1
    assert "There is no site 'nobody'; see `moderato site list`" in result.output


async def test_an_unknown_webhook_is_named(moderato: Moderato, store: Store) -> None:
    await store.sites.create("gazette", "The Gazette")
    result = await moderato("site", "webhook", "enable", "gazette", "beef")
    assert result.exit_code == 1
    assert "gazette has no webhook 'beef'" in result.output
