"""From a decision to a webhook at the site: real Redis, real HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from moderato.config import Config
from moderato.domain.comment import State
from moderato.store.outbox import webhook_id
from moderato.store.sites import Endpoint, new_webhook_secret
from tests.life import Life, new_comment
from tests.publisher.conftest import QUICK, SITE, Start, dead, eventually, settled
from tests.publisher.sink import Received, Sink, answers


async def approved(life: Life, text: str = "A fair point.") -> str:
    """A comment that the policy approved."""
    comment = await life.accept(new_comment(text))
    await life.score_all(State.APPROVED)
    return comment


async def test_an_approved_comment_is_released_and_the_site_hears_of_it(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await start()
    comment = await approved(life, "Bien écrit 🙂")
    got = await sink.next()
    message = Webhook(endpoint.secret).verify(got.body, got.headers)
    assert got.headers["content-type"] == "application/json"
    assert got.id == webhook_id(comment, 2)
    assert message["type"] == "comment.approved"
    data = message["data"]
    assert (data["id"], data["site"], data["text"]) == (comment, SITE, "Bien écrit 🙂")
    assert (data["released"], data["version"], data["state"]) == (True, 2, "approved")
    assert data["article"] == {"id": "a1", "url": "https://gazette.example/a1"}
    assert data["decision"]["scores"] == {"toxicity": 0.5}
    ids, _ = await life.store.threads.page(SITE, "a1", newest_first=True, limit=10)
    assert ids == [comment]


@pytest.mark.parametrize("state", [State.FLAGGED, State.REJECTED])
async def test_the_site_hears_of_what_is_not_published_too(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start, state: State
) -> None:
    await start()
    await life.accept()
    await life.score_all(state)
    got = await sink.next()
    assert got.type == f"comment.{state}"
    assert got.data["released"] is False
    assert got.data["decision"]["reason"] == "Because."


async def test_every_endpoint_of_the_site_gets_it(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    other = await life.store.sites.add_endpoint(SITE, sink.url("/other"))
    off = await life.store.sites.add_endpoint(SITE, sink.url("/off"))
    await life.store.sites.save_endpoint(SITE, replace(off, disabled="By hand."))
    await start()
    await approved(life)
    both = [await sink.next(), await sink.next()]
    assert {got.path for got in both} == {"/hook", "/other"}
    assert len({got.id for got in both}) == 1
    for got in both:
        secret = endpoint.secret if got.path == "/hook" else other.secret
        Webhook(secret).verify(got.body, got.headers)
    await settled(life)
    assert len(sink.journal) == 2


async def test_while_a_secret_is_rotated_the_old_one_verifies_too(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    rotated = replace(endpoint, secret=new_webhook_secret(), previous_secret=endpoint.secret)
    await life.store.sites.save_endpoint(SITE, rotated)
    await start()
    await approved(life)
    got = await sink.next()
    Webhook(endpoint.secret).verify(got.body, got.headers)
    Webhook(rotated.secret).verify(got.body, got.headers)


async def test_a_retry_has_the_same_id_a_fresh_timestamp_and_its_own_signature(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    sink.answer = answers(500, 204)
    await start(replace(QUICK, delays=(0.0, 1.1)))
    await approved(life)
    first, second = await sink.next(), await sink.next()
    assert first.id == second.id
    assert int(second.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])
    for got in (first, second):
        Webhook(endpoint.secret).verify(got.body, got.headers)
    await settled(life)
    assert len(sink.journal) == 2


@pytest.mark.parametrize(
    ("status", "form"), [(429, "seconds"), (500, "seconds"), (503, "seconds"), (503, "date")]
)
async def test_retry_after_is_honoured(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start, status: int, form: str
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    header = {"Retry-After": "1" if form == "seconds" else date}
    sink.answer = answers(web.Response(status=status, headers=header), 204)
    await start()
    await approved(life)
    first, second = await sink.next(), await sink.next()
    # A date has no fractions of a second: two seconds from now may be little more than one.
    assert second.at - first.at >= (1.0 if form == "seconds" else 0.5)


async def test_410_turns_the_endpoint_off(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    sink.answer = answers(410)
    await start()
    await approved(life)
    await sink.next()
    delivery = await dead(life)
    assert (delivery.status, delivery.attempts) == ("410", 1)
    (now,) = await life.store.sites.endpoints(SITE)
    assert "410" in now.disabled
    await approved(life)
    await settled(life)
    assert len(sink.journal) == 1


async def test_what_waits_for_an_endpoint_is_kept_when_it_is_disabled_and_dropped_when_removed(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    await approved(life)
    await life.publish_all((endpoint.id, "removed"))
    await life.store.sites.save_endpoint(SITE, replace(endpoint, disabled="By hand."))
    await start()
    await settled(life)
    (kept,) = await life.store.deliveries.dead()
    assert kept.error == "The endpoint is disabled: By hand."
    assert sink.journal == []


async def test_redirects_are_not_followed(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    sink.answer = answers(web.Response(status=307, headers={"Location": sink.url("/elsewhere")}))
    await start()
    await approved(life)
    delivery = await dead(life)
    assert delivery.error == "It answered 307."
    assert {got.path for got in sink.journal} == {"/hook"}


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("localhost", "loopback"),
        ("[::ffff:127.0.0.1]", "loopback"),
        ("0x7f.1", "loopback"),
        ("0177.0.0.1", ""),
        ("2130706433", ""),
        ("127.1", ""),
        ("0.0.0.0", "this-host"),
    ],
)
async def test_private_addresses_are_refused_unless_allowed(
    life: Life, sink: Sink, config: Config, start: Start, host: str, why: str
) -> None:
    await life.store.sites.add_endpoint(SITE, sink.url(host=host))
    await start(replace(QUICK, delays=(0.0,)), replace(config, webhook_allow=""))
    await approved(life)
    delivery = await dead(life)
    assert why in delivery.error
    assert delivery.status == ""
    assert sink.journal == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://", "nonsense"])
async def test_an_address_that_is_no_web_address_dies_visibly(
    life: Life, start: Start, url: str
) -> None:
    await life.store.sites.add_endpoint(SITE, url)
    await start(replace(QUICK, delays=(0.0,)))
    await approved(life)
    assert (await dead(life)).error


async def test_proxies_of_the_environment_are_not_used(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    await start()
    await approved(life)
    assert (await sink.next()).path == "/hook"


async def test_a_dead_delivery_is_listed_and_can_be_replayed(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    sink.answer = answers(500)
    await start()
    comment = await approved(life)
    delivery = await dead(life)
    assert (delivery.comment, delivery.endpoint) == (comment, endpoint.id)
    assert delivery.attempts == len(QUICK.delays) == len(sink.journal)
    assert (delivery.status, delivery.error) == ("500", "It answered 500.")
    sink.answer = answers(204)
    assert await life.store.deliveries.replay(delivery)
    await settled(life)
    assert len({got.id for got in sink.journal}) == 1
    assert await life.store.deliveries.dead() == []


async def test_an_endpoint_that_hangs_holds_nobody_up(
    life: Life, sink: Sink, endpoint: Endpoint, config: Config, start: Start
) -> None:
    hang = asyncio.Event()

    async def answer(received: Received) -> web.StreamResponse:
        if received.path == "/hangs":
            await hang.wait()
        return web.Response(status=204)

    sink.answer = answer
    await life.store.sites.add_endpoint(SITE, sink.url("/hangs"))
    for _ in range(20):
        await life.accept()
    await life.score_all(State.APPROVED)
    await start(
        replace(QUICK, delays=(0.0, 60.0), rest=60.0),
        replace(config, webhook_timeout=0.3, webhook_concurrency=4),
    )

    async def all_there() -> bool:
        return len([got for got in sink.journal if got.path == "/hook"]) == 20

    await eventually(all_there)
    assert len([got for got in sink.journal if got.path == "/hangs"]) <= 4
    hang.set()


async def test_one_delivery_that_cannot_be_made_stops_no_other(
    life: Life, sink: Sink, endpoint: Endpoint, start: Start
) -> None:
    broken = await life.store.sites.add_endpoint(SITE, sink.url("/x"), secret="whsec_a")
    await start()
    await approved(life)
    delivery = await dead(life)
    assert delivery.endpoint == broken.id
    assert {got.path for got in sink.journal} == {"/hook"}
