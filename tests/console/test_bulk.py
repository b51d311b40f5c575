"""Bulk decisions over HTTP, and a console that dies in the middle of one."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from moderato.domain.comment import State
from moderato.store.users import Role
from services.console import bulk_runner
from services.console.decisions import RELEASED
from tests.conftest import ConfigFactory
from tests.console.conftest import to_harbour
from tests.console.samples import SAMPLES, play
from tests.console.served import PASSWORD, Client, Console
from tests.life import Life
from tests.processes import Spawn

SITE = "harbour-times"


async def state_of(client: Client, bulk: str, *wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await client.get(f"/api/bulk/{SITE}/{bulk}")).body
            if found["state"] in wanted:
                return found
            await asyncio.sleep(0.02)


async def test_preview_start_and_undo(console: Console) -> None:
    await play(console.life, SAMPLES)
    ben, ana = await console.client("ben"), await console.client("ana")
    body = {"site": SITE, "score": ["insult:0.4:1"]}
    answer = await ben.post("/api/bulk", body)
    preview = answer.body
    assert (answer.status, preview["state"], preview["total"]) == (201, "preview", 3)
    assert preview["facets"]["rules"] == {"insult": 1, "threat": 1, "toxic": 1}
    names = [item["author"]["name"] for item in preview["samples"]["first"]]
    assert names == ["Rolf B.", "nightowl_77", "Petra Vos"]
    assert preview["samples"]["last"] == []
    path = f"/api/bulk/{SITE}/{preview['id']}"
    assert (await ben.post(f"{path}/undo")).status == 409
    why = {"action": "reject", "rule": "insult"}
    assert (await ben.post(f"{path}/start", why)).status == 202
    held = await state_of(ben, preview["id"], "held")
    assert (held["decided"], held["undo_until"] > held["created_at"]) == (3, True)
    assert (await ben.post(f"{path}/start", why)).status == 202
    assert (await ana.post(f"{path}/start", why)).status == 409
    (listed,) = (await ben.get("/api/bulk")).body["bulks"]
    assert listed["id"] == preview["id"]
    assert (await ana.post(f"{path}/undo")).status == 202
    undone = await state_of(ben, preview["id"], "undone")
    assert undone["undone"] == 3
    assert (await ben.get("/api/queue")).body["total"] == 9
    assert (await ben.get("/api/bulk")).body["bulks"] == []
    assert (await ben.post(f"/api/bulk/{SITE}/b0/start", why)).status == 404


async def test_a_wrong_body_and_a_lesser_role(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    ben = await console.client("ben")
    for wrong in (
        {"site": SITE, "ids": []},
        {"site": SITE, "ids": [comment], "rule": ["x"]},
        {"site": SITE, "score": ["insult"]},
        {"queue": "flagged"},
        {"site": SITE, "queue": "waiting"},
    ):
        assert (await ben.post("/api/bulk", wrong)).status == 422, wrong
    assert (await ben.post("/api/bulk", {"site": SITE, "queue": "escalated"})).status == 403
    assert (await ben.post("/api/bulk", {"site": "none"})).status == 404
    preview = (await ben.post("/api/bulk", {"site": SITE, "ids": [comment]})).body
    assert (preview["total"], preview["facets"]["rules"]) == (1, {"test-rule": 1})
    start = f"/api/bulk/{SITE}/{preview['id']}/start"
    assert (await ben.post(start, {"action": "reject", "rule": "none"})).status == 422


async def test_after_the_window_there_is_no_undo(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_runner, "_WAIT", 0.01)
    await console.life.flagged(to_harbour())
    ben = await console.client("ben")
    preview = (await ben.post("/api/bulk", {"site": SITE})).body
    path = f"/api/bulk/{SITE}/{preview['id']}"
    await ben.post(f"{path}/start", {"action": "approve"})
    await state_of(ben, preview["id"], "held")
    redis: Any = console.life.redis
    shard = console.life.store.comments.shard(SITE)
    await redis.hset(shard.bulk(SITE, preview["id"]), "until", 0)
    assert (await state_of(ben, preview["id"], "done"))["released"] == 1
    late = await ben.post(f"{path}/undo")
    assert (late.status, late.body["type"]) == (410, RELEASED)


@pytest.mark.timeout(180)
async def test_a_console_killed_in_the_middle(
    spawn: Spawn, make_config: ConfigFactory, life: Life
) -> None:
    store = life.store
    await store.prepare()
    await store.sites.create(SITE, "Harbour Times")
    await store.users.create("ben", Role.MODERATOR, PASSWORD)
    made = [await life.accept(to_harbour(f"Number {n}")) for n in range(600)]
    await life.score_all(State.FLAGGED)
    config = make_config(undo_window=1.0)
    first = await spawn("services.console", config)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        client = Client(http, first.url)
        await client.login("ben")
        bulk = (await client.post("/api/bulk", {"site": SITE})).body
        assert bulk["total"] == 600
        await client.post(f"/api/bulk/{SITE}/{bulk['id']}/start", {"action": "approve"})
        while True:
            now = await store.bulks.get(SITE, bulk["id"])
            assert now is not None
            if now.decided:
                break
    first.kill()
    now = await store.bulks.get(SITE, bulk["id"])
    assert now is not None
    assert 0 < now.decided < 600
    assert now.released == 0
    await spawn("services.console", make_config(undo_window=1.0))
    async with asyncio.timeout(90):
        while now is None or now.state != "done":
            now = await store.bulks.get(SITE, bulk["id"])
            await asyncio.sleep(0.05)
    assert (now.decided, now.conflicts, now.released) == (600, 0, 600)
    records = await store.comments.get_many(SITE, made)
    assert {(record.comment.state, record.comment.version) for record in records if record} == {
        (State.APPROVED, 3)
    }
    effects = [*(await life.publish_all()), *(await life.publish_all())]
    assert effects.count("released") == 600
