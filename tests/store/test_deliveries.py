"""Webhook deliveries: claimed by one, settled once, given up visibly."""

from __future__ import annotations

from moderato.domain.comment import State
from tests.life import Life


async def due(life: Life) -> None:
    await life.accept()
    await life.score_all(State.APPROVED)
    await life.publish_all(("e1",))


async def test_a_claim_keeps_others_away_until_its_lease_ends(life: Life) -> None:
    await due(life)
    shard, deliveries = life.store.shards[0], life.store.deliveries
    ((delivery, token),), _ = await deliveries.claim(shard, 10, lease=60)
    assert (delivery.type, delivery.attempts) == ("comment.approved", 0)
    others, wait = await deliveries.claim(shard, 10, lease=60)
    assert others == []
    assert wait is not None
    assert 0 < wait <= 60
    assert await deliveries.settle(shard, delivery, token, "delivered", status="204")
    assert await deliveries.waiting() == 0


async def test_whoever_lost_the_lease_records_nothing(life: Life) -> None:
    await due(life)
    shard, deliveries = life.store.shards[0], life.store.deliveries
    ((delivery, late),), _ = await deliveries.claim(shard, 10, lease=-1)
    ((_, token),), _ = await deliveries.claim(shard, 10, lease=60)
    assert not await deliveries.settle(shard, delivery, late, "dead", error="late")
    assert await deliveries.settle(shard, delivery, token, "retry", retry_in=-1, status="500")
    ((again, _),), _ = await deliveries.claim(shard, 10, lease=60)
    assert (again.attempts, again.status) == (1, "500")


async def test_a_delivery_given_up_is_listed_and_can_be_replayed(life: Life) -> None:
    await due(life)
    shard, deliveries = life.store.shards[0], life.store.deliveries
    ((delivery, token),), _ = await deliveries.claim(shard, 10, lease=60)
    await deliveries.settle(shard, delivery, token, "dead", status="410", error="gone")
    (dead,) = await deliveries.dead()
    assert (dead.id, dead.error, dead.state) == (delivery.id, "gone", "dead")
    assert await deliveries.replay(dead)
    assert not await deliveries.replay(dead)
    ((again, _),), _ = await deliveries.claim(shard, 10, lease=60)
    assert (again.id, again.attempts) == (delivery.id, 0)
