"""Taking comments in: once, whole, or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from moderato.config import Config, ConfigError
from moderato.domain.comment import Article
from moderato.store.comments import UnpreparedError
from moderato.store.connection import connect
from moderato.store.outcomes import Accepted, BadParent, KeyReused, NotDurableError
from moderato.store.store import Store
from tests.conftest import ConfigFactory, free_port
from tests.life import Life, new_comment
from tests.redis_process import RedisProcess


async def test_the_same_key_and_body_give_the_same_comment_however_often(life: Life) -> None:
    outcomes = await asyncio.gather(
        *(
            life.store.comments.accept(new_comment(), body_hash="h", idempotency_key="k")
            for _ in range(20)
        )
    )
    assert len({outcome.id for outcome in outcomes if isinstance(outcome, Accepted)}) == 1
    assert sum(isinstance(o, Accepted) and not o.known for o in outcomes) == 1
    assert await life.redis.xlen(life.store.shards[0].work) == 1


async def test_the_same_key_with_another_body_is_refused(life: Life) -> None:
    first = await life.accept(body_hash="h1", idempotency_key="k")
    again = await life.store.comments.accept(
        new_comment("Other words."), body_hash="h2", idempotency_key="k"
    )
    assert again == KeyReused("idempotency", first)


async def test_the_sites_own_id_is_as_good_as_a_key(life: Life) -> None:
    new = new_comment(external_id="cms-1")
    first = await life.accept(new, body_hash="h1")
    assert await life.store.comments.accept(new, body_hash="h1") == Accepted(first, known=True)
    assert await life.store.comments.accept(new, body_hash="h2") == KeyReused("external", first)


async def test_keys_of_two_sites_do_not_meet(life: Life) -> None:
    one = await life.accept(new_comment(), body_hash="h", idempotency_key="k")
    two = await life.accept(new_comment(site="herald"), body_hash="h", idempotency_key="k")
    assert one != two
    assert await life.store.comments.get("herald", one) is None


async def test_what_was_posted_is_what_is_read(life: Life) -> None:
    text = "Zwölf Boxkämpfer 🥊\u0000 with a NUL, \u202e and a tab\t."
    new = new_comment(
        text, metadata={"section": "sport"}, language="de", written_at=1_700_000_000_123
    )
    record = await life.store.comments.get("gazette", await life.accept(new))
    assert record is not None
    comment = record.comment
    assert (comment.text, comment.metadata, comment.language, comment.written_at) == (
        text,
        {"section": "sport"},
        "de",
        1_700_000_000_123,
    )
    assert comment.article == new.article
    assert record.scores is None


@pytest.mark.parametrize("why", ["missing", "other-article", "too-deep"])
async def test_a_bad_parent_leaves_nothing_behind(life: Life, why: str) -> None:
    parent: str | None = None
    for _ in range(life.config.max_depth + 1):
        parent = await life.accept(new_comment(parent=parent))
    size = await life.redis.dbsize()
    reply = {
        "missing": new_comment(parent="nothing-here"),
        "other-article": new_comment(parent=parent, article=Article("a2", "https://x.example")),
        "too-deep": new_comment(parent=parent),
    }[why]
    outcome = await life.store.comments.accept(reply, body_hash="h", idempotency_key="k")
    assert outcome == BadParent(why)
    assert await life.redis.dbsize() == size


async def test_repeated_posts_are_counted_by_what_they_say(life: Life) -> None:
    for text in ("Buy now!", "buy   NOW", "Something else."):
        last = await life.accept(new_comment(text))
    repeats = [job.record.comment.repeats for job in await life.jobs()]
    assert repeats == [1, 2, 1]
    assert last


async def test_without_a_consumer_group_nothing_is_taken(life: Life) -> None:
    await life.redis.delete(life.store.shards[0].work)
    with pytest.raises(UnpreparedError):
        await life.accept()
    await life.store.prepare()
    assert await life.accept()


async def test_too_few_replicas_is_not_an_acknowledgement(make_config: ConfigFactory) -> None:
    config = make_config(replicas=1, redis_timeout=0.2)
    async with connect(config) as redis:
        store = Store(redis, config)
        await store.prepare()
        with pytest.raises(NotDurableError):
            await store.comments.accept(new_comment(), body_hash="h")


async def test_a_resend_is_no_more_acknowledged_than_the_first_try(
    make_config: ConfigFactory, redis_binary: Path, tmp_path: Path
) -> None:
    """The resend writes nothing new; it must still wait until a replica has the first try."""
    servers = []
    for name in ("master", "replica"):
        (tmp_path / name).mkdir()
        servers.append(RedisProcess(redis_binary, tmp_path / name, free_port()))
    master, replica = servers
    master.start()
    replica.start("--replicaof", "127.0.0.1", master.url.split(":")[-1].split("/")[0])
    try:
        config = make_config(redis_url=master.url, replicas=1, redis_timeout=2.0)
        async with connect(config) as redis:
            store = Store(redis, config)
            await store.prepare()
            async with asyncio.timeout(20):
                while not int(await redis.wait(1, 500)):
                    pass
            first = await store.comments.accept(
                new_comment("One."), body_hash="h1", idempotency_key="k1"
            )
            assert isinstance(first, Accepted)
            replica.pause()
            for _ in range(2):
                with pytest.raises(NotDurableError):
                    await store.comments.accept(
                        new_comment("Two."), body_hash="h2", idempotency_key="k2"
                    )
    finally:
        replica.kill()
        master.kill()


async def test_the_client_never_repeats_a_write_by_itself() -> None:
    """One lost reply must stay one command: a counting server sees a single attempt."""
    attempts = 0

    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        while data := await reader.read(65_536):
            if b"XADD" in data:
                attempts += 1
                break
            writer.write(b"+OK\r\n" * data.count(b"CLIENT"))
        writer.close()

    server = await asyncio.start_server(drop, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, connect(Config(redis_url=f"redis://127.0.0.1:{port}")) as redis:
        with pytest.raises((RedisConnectionError, OSError)):
            await redis.xadd("stream", {"a": "b"})
    assert attempts == 1


async def test_another_number_of_shards_is_refused(life: Life) -> None:
    store = Store(life.redis, Config(shards=4))
    with pytest.raises(ConfigError, match="MODERATO_SHARDS=1"):
        await store.prepare()


async def test_sites_spread_over_shards_and_stay_apart(make_config: ConfigFactory) -> None:
    config = make_config(shards=4)
    async with connect(config) as redis:
        life = Life(redis, config)
        await life.store.prepare()
        made = {f"site{n}": await life.accept(new_comment(site=f"site{n}")) for n in range(12)}
        used = [shard for shard in life.store.shards if await redis.xlen(shard.work)]
        assert len(used) == 4
        assert len(await life.jobs()) == 12
        for site, comment in made.items():
            assert await life.store.comments.get(site, comment) is not None
        await life.close()
