"""`moderato deadletters`: both kinds are seen, and replaying puts them back to work."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from moderato.domain.comment import State
from tests.cli.conftest import Moderato
from tests.conftest import ConfigFactory
from tests.life import Life, new_comment


@pytest.fixture(params=[1, 3])
async def life(
    request: pytest.FixtureRequest, redis: Redis, make_config: ConfigFactory
) -> AsyncIterator[Life]:
    life = Life(redis, make_config(shards=request.param))
    await life.store.prepare()
    for site in ("gazette", "bugle"):
        await life.store.sites.create(site, site)
    yield life
    await life.close()


async def bury(life: Life, error: str, site: str = "gazette") -> str:
    comment = await life.accept(new_comment(site=site))
    (job,) = await life.jobs()
    assert await life.store.work.bury(life.scorer, job.entry, error, "ann")
    return comment


async def give_up(life: Life, error: str, site: str = "gazette", status: str = "") -> str:
    """A delivery nobody took; its id."""
    await life.publish_all()
    await life.accept(new_comment(site=site))
    await life.score_all(State.APPROVED)
    endpoint = await life.store.sites.add_endpoint(site, f"https://{site}.example/hook")
    await life.publish_all((endpoint.id,))
    shard = life.store.deliveries.shard(site)
    ((delivery, token),), _ = await life.store.deliveries.claim(shard, 10, 30)
    await life.store.deliveries.settle(shard, delivery, token, "dead", error=error, status=status)
    return delivery.id


async def listed(moderato: Moderato, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        (await moderato("deadletters", "list", "--json", *words)).output
    )
    return found


async def test_both_kinds_are_listed_with_their_error(moderato: Moderato, life: Life) -> None:
    comment = await bury(life, "ValueError: no tokens")
    await give_up(life, "it took too long", "bugle", status="504")
    letters = {one["kind"]: one for one in await listed(moderato)}
    assert letters["scoring"]["comment"] == comment
    assert letters["scoring"]["error"] == "ValueError: no tokens"
    assert letters["webhook"]["error"] == "HTTP 504 it took too long"
    assert letters["webhook"]["attempts"] == 1
    text = (await moderato("deadletters", "list")).output
    assert "ValueError: no tokens" in text
    assert "HTTP 504" in text


async def test_lists_are_narrowed_and_cut(moderato: Moderato, life: Life) -> None:
    await bury(life, "first")
    await bury(life, "second", "bugle")
    await give_up(life, "third", "bugle")
    assert [one["kind"] for one in await listed(moderato, "--kind", "webhook")] == ["webhook"]
    assert {one["error"] for one in await listed(moderato, "--site", "bugle")} == {
        "second",
        "third",
    }
    result = await moderato("deadletters", "list", "--limit", "1")
    assert "... and 2 more" in result.output


async def test_one_comment_is_replayed(moderato: Moderato, life: Life) -> None:
    first = await bury(life, "first")
    await bury(life, "second", "bugle")
    letter = next(one for one in await listed(moderato) if one["comment"] == first)
    result = await moderato("deadletters", "replay", str(letter["id"]))
    assert result.exit_code == 0, result.output
    assert "1 of 1 are on their way again" in result.output
    assert [one["error"] for one in await listed(moderato)] == ["second"]
    assert [job.record.comment.id for job in await life.jobs()] == [first]


async def test_one_webhook_is_replayed(moderato: Moderato, life: Life) -> None:
    delivery = await give_up(life, "Refused.")
    result = await moderato("deadletters", "replay", delivery)
    assert result.exit_code == 0, result.output
    shard = life.store.deliveries.shard("gazette")
    ((due, _),), _ = await life.store.deliveries.claim(shard, 10, 30)
    assert (due.id, due.attempts) == (delivery, 0)


async def test_all_are_replayed_once(moderato: Moderato, life: Life) -> None:
    comments = {
        await bury(life, f"error {n}", site) for n in range(3) for site in ("gazette", "bugle")
    }
    await give_up(life, "Refused.")
    result = await moderato("deadletters", "replay", "--all")
    assert "7 of 7 are on their way again" in result.output
    assert {job.record.comment.id for job in await life.jobs()} == comments
    assert await listed(moderato) == []
    assert "0 of 0" not in (await moderato("deadletters", "replay", "--all")).output


async def test_replay_all_of_one_kind(moderato: Moderato, life: Life) -> None:
    await bury(life, "stays")
    await give_up(life, "goes")
    await moderato("deadletters", "replay", "--all", "--kind", "webhook")
    assert [one["error"] for one in await listed(moderato)] == ["stays"]


async def test_an_unknown_id_is_named(moderato: Moderato, life: Life) -> None:
    result = await moderato("deadletters", "replay", "s0-1-1")
    assert result.exit_code == 1
    assert "There is no dead letter 's0-1-1'" in result.output


@pytest.mark.parametrize("words", [[], ["some-id", "--all"]])
async def test_what_to_replay_must_be_said(moderato: Moderato, words: list[str]) -> None:
    result = await moderato("deadletters", "replay", *words)
    assert result.exit_code == 2
    assert "the ID of one, or --all" in result.output


async def test_none_says_so(moderato: Moderato) -> None:
    assert (await moderato("deadletters", "list")).output == "There are no dead letters.\n"
