"""`moderato queue`: what waits is what it says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from moderato.store.views import Filter, View
from tests.cli.conftest import Moderato
from tests.conftest import ConfigFactory
from tests.life import Life, new_comment


@pytest.fixture
async def life(redis: Redis, make_config: ConfigFactory) -> AsyncIterator[Life]:
    life = Life(redis, make_config())
    await life.store.prepare()
    await life.store.sites.create("gazette", "The Gazette")
    await life.store.sites.create("bugle", "The Bugle")
    yield life
    await life.close()


async def test_counts_by_site_and_lane(moderato: Moderato, life: Life) -> None:
    flagged = await life.flagged()
    await life.accept(new_comment(site="bugle"))
    await life.accept(new_comment(site="bugle"), quick=True)
    await life.store.comments.decide("gazette", flagged, version=2, approve=True, by="ann")

    seen = json.loads((await moderato("queue", "--json")).output)
    by_site = {one["site"]: (one["pending"], one["flagged"]) for one in seen["sites"]}
    assert by_site == {"bugle": (2, 0), "gazette": (0, 0)}
    assert (seen["work"], seen["quick"], seen["held"], seen["outbox"]) == (1, 1, 1, 1)
    assert (seen["webhooks"], seen["dead_comments"], seen["dead_webhooks"]) == (0, 0, 0)


async def test_the_oldest_comment_has_its_age(moderato: Moderato, life: Life, redis: Redis) -> None:
    await life.accept(new_comment(site="bugle"))
    newest = await life.accept(new_comment(site="bugle"))
    seconds, _ = await redis.time()
    queue = life.store.queues.shard("bugle").queue("bugle", State.PENDING.value)
    await redis.zadd(queue, {newest: (seconds - 7200) * 1000})
    assert "2 h" in (await moderato("queue")).output
    seen = json.loads((await moderato("queue", "--json")).output)
    ages = {one["site"]: one["oldest_pending"] for one in seen["sites"]}
    assert ages["gazette"] is None
    assert 7200 <= ages["bugle"] < 7260


async def test_due_webhooks_and_dead_letters_are_counted(moderato: Moderato, life: Life) -> None:
    endpoint = await life.store.sites.add_endpoint("gazette", "https://gazette.example/hook")
    await life.accept()
    await life.score_all(State.APPROVED)
    await life.publish_all((endpoint.id,))
    shard = life.store.shards[0]
    await life.accept()
    (job,) = await life.jobs()
    await life.store.work.bury(life.scorer, job.entry, "It broke.", "ann")
    before = json.loads((await moderato("queue", "--json")).output)
    assert (before["webhooks"], before["dead_comments"], before["dead_webhooks"]) == (1, 1, 0)

    ((delivery, token),), _ = await life.store.deliveries.claim(shard, 10, 30)
    await life.store.deliveries.settle(shard, replace(delivery), token, "dead", error="Refused.")
    after = json.loads((await moderato("queue", "--json")).output)
    assert (after["webhooks"], after["dead_comments"], after["dead_webhooks"]) == (0, 1, 1)
    assert "moderato deadletters list" in (await moderato("queue")).output


async def test_mending_follows_the_comments(moderato: Moderato, life: Life, redis: Redis) -> None:
    comment = await life.flagged()
    base = life.store.queues.shard("gazette").queue("gazette", "flagged")
    await redis.delete(f"{base}:facts", f"{base}:rule:test-rule")
    await redis.zadd(f"{base}:age", {"gone": 1})
    wanted = View(filter=Filter(rules=frozenset({"test-rule"})))
    assert await life.store.queues.total(["gazette"], wanted) == 0
    output = (await moderato("queue", "--mend")).output
    assert "Comments indexed: 1." in output
    assert "Comments found among their article's and author's: 1." in output
    (row,) = (await life.store.queues.page(["gazette"], wanted, limit=5)).rows
    assert row.comment == comment
    assert await redis.zcard(f"{base}:age") == 1


async def test_no_site_says_how_to_begin(moderato: Moderato) -> None:
    result = await moderato("queue")
    assert result.exit_code == 0
    assert "moderato site add ID" in result.output
