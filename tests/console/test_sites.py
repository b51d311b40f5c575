"""Sites, keys and webhooks, as an administrator runs them, with a real publisher."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect
from redis.asyncio import Redis
from standardwebhooks import Webhook

from moderato.store.audit import Filter
from moderato.store.deliveries import NEWEST, Delivery
from tests.console.browser import Desks
from tests.console.conftest import to_harbour
from tests.console.served import Client, Console
from tests.publisher.conftest import eventually, publishing
from tests.publisher.sink import answers, sink_server
from workers.publisher.retries import Retries

SITE = "/api/sites/harbour-times"
QUICK = Retries(delays=(0.0,), jitter=0.1, rest=0.02, longest_rest=0.1)


async def _hook(cleo: Client, url: str) -> str:
    answer = await cleo.post(f"{SITE}/webhooks", {"url": url})
    assert answer.status == 200, answer.body
    name: str = answer.body["id"]
    return name


async def _settled(console: Console, delivery: str) -> Delivery:
    found: list[Delivery] = []

    async def settled() -> bool:
        one = await console.life.store.deliveries.get("harbour-times", delivery)
        found[:] = [one] if one is not None and one.state != "waiting" else []
        return bool(found)

    await eventually(settled)
    return found[0]


async def _dead(console: Console, count: int) -> bool:
    return len(await console.life.store.deliveries.dead()) == count


# -- sites and keys -----------------------------------------------------------------------------


async def test_a_site_is_made_and_its_key_shown_once(console: Console) -> None:
    cleo = await console.client("cleo")
    made = await cleo.post("/api/sites", {"id": "gazette", "name": "The Gazette"})
    sites = console.life.store.sites
    assert await sites.authenticate(made.body["key"]) == "gazette"
    rotated = (await cleo.post("/api/sites/gazette/rotate-key")).body["key"]
    assert await sites.authenticate(made.body["key"]) is None
    assert await sites.authenticate(rotated) == "gazette"
    listed = await cleo.get("/api/sites")
    assert [site["id"] for site in listed.body["sites"]] == [
        "gazette",
        "harbour-times",
        "north-coast",
    ]
    lines = (await console.life.store.audit.find(Filter(site="gazette"))).lines
    assert [line.action for line in lines] == ["site.rotate-key", "site.create"]
    for secret in (made.body["key"], rotated):
        assert secret not in repr(listed.body)
        assert secret not in repr(lines)


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/api/sites", {"id": "harbour-times"}, "#/id"),
        ("/api/sites", {"id": "Harbour Times"}, "#/id"),
        ("/api/sites", {"id": "x", "name": "x" * 201}, "#/name"),
        (f"{SITE}/webhooks", {"url": "ftp://example.org/"}, "#/url"),
        (f"{SITE}/webhooks", {"url": "javascript:alert(1)"}, "#/url"),
        (f"{SITE}/webhooks", {"url": "https://"}, "#/url"),
        (f"{SITE}/webhooks", {"url": "https://example.org/\n"}, "#/url"),
        (f"{SITE}/webhooks", {"url": "https://example.org:99999/"}, "#/url"),
        (f"{SITE}/webhooks", {"url": "https://x", "secret": "mine"}, "#/secret"),
    ],
)
async def test_what_cannot_be_says_why(
    console: Console, path: str, body: object, pointer: str
) -> None:
    answer = await (await console.client("cleo")).post(path, body)
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "path",
    [
        "/api/sites/nowhere/rotate-key",
        f"{SITE}/webhooks/nothing/enable",
        f"{SITE}/webhooks/nothing/test",
        f"{SITE}/webhooks/nothing/replay",
        f"{SITE}/webhooks/nothing/remove",
        f"{SITE}/webhooks/nothing/rotate-secret",
        f"{SITE}/deliveries/nothing/replay",
    ],
)
async def test_what_is_not_there_is_not_found(console: Console, path: str) -> None:
    assert (await (await console.client("cleo")).post(path)).status == 404


async def test_a_site_reaches_no_other_sites_webhooks(console: Console) -> None:
    cleo = await console.client("cleo")
    hook = await _hook(cleo, "https://example.org/hook")
    path = f"/api/sites/north-coast/webhooks/{hook}"
    for act in ("enable", "disable", "rotate-secret", "remove", "test"):
        assert (await cleo.post(f"{path}/{act}")).status == 404
    assert len(await console.life.store.sites.endpoints("harbour-times")) == 1


# -- webhooks -----------------------------------------------------------------------------------


async def test_a_secret_is_rotated_in_two_steps(console: Console) -> None:
    cleo, sites = await console.client("cleo"), console.life.store.sites
    made = (await cleo.post(f"{SITE}/webhooks", {"url": "https://example.org/hook"})).body
    path = f"{SITE}/webhooks/{made['id']}"
    rotated = (await cleo.post(f"{path}/rotate-secret")).body
    (endpoint,) = await sites.endpoints("harbour-times")
    assert (endpoint.secret, endpoint.previous_secret) == (rotated["secret"], made["secret"])
    listed = (await cleo.get("/api/sites")).body
    assert rotated["secret"] not in repr(listed)
    assert made["secret"] not in repr(listed)
    assert (await cleo.post(f"{path}/finish-rotation")).body["rotating"] is False
    (endpoint,) = await sites.endpoints("harbour-times")
    assert endpoint.previous_secret == ""


async def test_two_changes_of_a_webhook_at_once_both_hold(console: Console) -> None:
    sites = console.life.store.sites
    endpoint = await sites.add_endpoint("harbour-times", "https://example.org/hook")
    changes = [
        lambda old: replace(old, disabled="Off."),
        lambda old: replace(old, previous_secret="whsec_old"),
        lambda old: replace(old, url="https://example.org/other"),
    ]
    await asyncio.gather(
        *(sites.change_endpoint("harbour-times", endpoint.id, change) for change in changes)
    )
    (found,) = await sites.endpoints("harbour-times")
    assert (found.disabled, found.previous_secret) == ("Off.", "whsec_old")
    assert found.url == "https://example.org/other"


async def test_a_test_goes_out_signed_and_says_what_came_of_it(console: Console) -> None:
    cleo = await console.client("cleo")
    config = replace(console.life.config, webhook_allow="127.0.0.0/8")
    async with sink_server() as sink, publishing(config, QUICK):
        hook = await _hook(cleo, sink.url())
        asked = await cleo.post(f"{SITE}/webhooks/{hook}/test")
        found = await _settled(console, asked.body["id"])
        assert (found.state, found.status, found.attempts) == ("delivered", "204", 1)
        (endpoint,) = await console.life.store.sites.endpoints("harbour-times")
        (got,) = sink.journal
        Webhook(endpoint.secret).verify(got.body, got.headers)
        assert (got.type, got.data) == ("webhook.test", {"site": "harbour-times"})

        # It fails once and for all, is no dead letter, and works while the webhook is off.
        sink.answer = answers(500)
        await cleo.post(f"{SITE}/webhooks/{hook}/disable")
        asked = await cleo.post(f"{SITE}/webhooks/{hook}/test")
        found = await _settled(console, asked.body["id"])
        assert (found.state, found.error) == ("dropped", "It answered 500.")
    assert await console.life.store.deliveries.dead() == []
    listed = (await cleo.get(f"{SITE}/deliveries?webhook={hook}")).body["deliveries"]
    assert [(one["state"], one["type"], one["comment"]) for one in listed] == [
        ("dropped", "webhook.test", ""),
        ("delivered", "webhook.test", ""),
    ]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
async def test_a_test_goes_to_no_private_address(console: Console, host: str) -> None:
    cleo = await console.client("cleo")
    async with sink_server() as sink, publishing(console.life.config, QUICK):
        url = sink.url().replace("127.0.0.1", host)
        asked = await cleo.post(f"{SITE}/webhooks/{await _hook(cleo, url)}/test")
        found = await _settled(console, asked.body["id"])
        assert found.state == "dropped"
        assert "MODERATO_WEBHOOK_ALLOW" in found.error
        assert sink.journal == []


async def test_what_was_given_up_is_listed_and_replayed(console: Console) -> None:
    life, cleo = console.life, await console.client("cleo")
    config = replace(life.config, webhook_allow="127.0.0.0/8", undo_window=0.0)
    async with sink_server() as sink, publishing(config, QUICK):
        sink.answer = answers(500)
        hook, _other = await _hook(cleo, sink.url()), await _hook(cleo, sink.url())
        comments = [await life.flagged(to_harbour(author=name)) for name in ("Ann", "Bob")]
        object.__setattr__(life.config, "undo_window", 0.0)
        for comment in comments:
            await cleo.decide(comment)
        # Being flagged was told as well.
        await eventually(lambda: _dead(console, 8))
        path = f"{SITE}/deliveries?state=dead&webhook={hook}"
        dead = (await cleo.get(path)).body["deliveries"]
        assert len(dead) == 4
        assert {one["webhook"] for one in dead} == {hook}
        assert {one["status"] for one in dead} == {"500"}
        assert (await cleo.get("/api/sites/north-coast/deliveries")).body["deliveries"] == []
        sink.answer = answers(204)
        one = dead[0]["id"]
        assert (await cleo.post(f"/api/sites/north-coast/deliveries/{one}/replay")).status == 404
        assert (await cleo.post(f"{SITE}/deliveries/{one}/replay")).status == 200
        assert (await _settled(console, one)).state == "delivered"
        assert (await cleo.post(f"{SITE}/deliveries/{one}/replay")).status == 404
        answer = await cleo.post(f"{SITE}/webhooks/{hook}/replay")
        assert answer.body == {"replayed": 3}
        for each in dead:
            assert (await _settled(console, each["id"])).state == "delivered"
        assert len(await life.store.deliveries.dead()) == 4
    await _check_index(life.redis, "harbour-times")


async def _check_index(redis: Redis, site: str) -> None:
    """The index of a site's newest deliveries holds just those there are."""
    (key,) = [key async for key in redis.scan_iter(f"*:deliveries:{site}")]
    there = set()
    async for name in redis.scan_iter("*:delivery:*"):
        if await redis.hget(name, "site") == site:
            there.add(name.partition(":delivery:")[2])
    assert set(await redis.zrange(key, 0, -1)) == there
    assert len(there) <= NEWEST


async def test_the_index_is_trimmed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderato.store.deliveries.NEWEST", 3)
    deliveries = console.life.store.deliveries
    made = [await deliveries.test("harbour-times", "hook") for _ in range(5)]
    assert {one.id for one in await deliveries.newest("harbour-times")} <= set(made)
    assert len(await deliveries.newest("harbour-times")) == 3


# -- the page -----------------------------------------------------------------------------------


async def test_the_page_adds_tests_and_shows_hostile_names_as_text(desks: Desks) -> None:
    console = desks.console
    evil = "<img src=x onerror=alert(1)>"
    await console.life.store.sites.create("evil", evil)
    await console.life.store.sites.add_endpoint("evil", f"https://example.org/{evil}")
    config = replace(console.life.config, webhook_allow="127.0.0.0/8")
    async with sink_server() as sink, publishing(config, QUICK):
        page = await desks.at("/admin", "cleo", width=360)
        site = page.get_by_role("region", name="Harbour Times")
        await site.get_by_label("Address of a new webhook").fill(sink.url())
        await site.get_by_role("button", name="Add webhook").click()
        await expect(page.locator(".secret")).to_contain_text("whsec_")
        await site.get_by_role("button", name="Test").click()
        await expect(page.locator(".notice")).to_contain_text("took the test (HTTP 204)")
        await site.get_by_role("button", name="Deliveries").click()
        await expect(site.locator(".deliveries tbody tr")).to_have_count(1)
        await expect(page.locator("#sites")).to_contain_text(evil)
        assert await page.locator("#sites").locator("img, script").count() == 0
        results = await Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.get_by_label("Id", exact=True).fill("gazette")
        await page.get_by_role("button", name="Make a site").click()
        await expect(page.locator(".secret")).to_contain_text("mod_")
