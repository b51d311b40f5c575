"""Two days at the desk of a harbour town's newspaper, for the pictures and for a look at them.

Nothing is made up but the comments: the bundled model scores them and the default policy decides,
in a scorer of its own.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from moderato.config import Config
from moderato.domain.comment import Author, State
from moderato.embedded import find_server
from moderato.store.comments import NewComment
from moderato.store.connection import connect
from moderato.store.users import Role
from tests.conftest import free_port
from tests.console.browser import Desks, chromium
from tests.console.samples import BEFORE, FERRY, SAMPLES, Sample
from tests.console.served import PASSWORD, console_on
from tests.console.test_account import enrol
from tests.life import Life
from tests.processes import Spawner
from tests.redis_process import RedisProcess

SITE = "harbour-times"
#: Harsh words, but somebody else's.
QUOTE = Sample(
    "Jonas Pell",
    "You are stupid, lazy idiots, the chairman told us. To our faces. I was there.",
    None,
)
MORE = (
    Sample("Oskar", "Congratulations, you clowns have ruined the only good thing here.", None),
    Sample("Lotte W.", "So the pensioners can rot on the other side? Pathetic.", None),
    Sample("Kaj", "What a load of crap. Show us the numbers.", None, article=FERRY),
)
#: What a moderator does with some that wait: the step, and the note.
MOVED = {
    "Kaj": ("hold", "The numbers come on Friday."),
    "Lotte W.": ("escalate", "Is this still about the ferry, or about old people?"),
}
#: Public, and readers object: how many.
REPORTED = {"Maren Holt": 2, "Edda Lindqvist": 1}
#: Who has a second factor, beside the three of every test.
WITH_FACTOR = "dora"


@dataclass
class Town:
    """``invitation`` is the address of a page on which somebody invited chooses a password."""

    desks: Desks
    life: Life
    invitation: str = ""

    async def open_again(self, name: str) -> None:
        """Takes the newest decision on the comment by ``name`` back, as if nothing had been."""
        for record in await self.life.store.comments.get_many(SITE, await self._ids()):
            if record and record.comment.author.name == name and record.last:
                version = record.comment.version
                await self.life.store.comments.undo(
                    SITE, record.comment.id, version=version, by="ana"
                )

    async def _ids(self) -> list[str]:
        prefix = self.life.store.comments.shard(SITE).comment(SITE, "")
        return [key.removeprefix(prefix) async for key in self.life.redis.scan_iter(f"{prefix}*")]


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    """A console on a Redis of its own, with its browser and everything below in place."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = RedisProcess(find_server(), folder, free_port())
        server.start()
        config = Config(redis_url=server.url, scorer_port=free_port())
        redis = connect(config)
        life = Life(redis, config)
        spawner = Spawner(folder)
        try:
            async with console_on(life) as console, chromium() as browser:
                made = Town(Desks(browser, console), life)
                await _comments(life, spawner)
                await _people(made)
                yield made
        finally:
            await spawner.close()
            await life.close()
            await redis.aclose()
            server.kill()


async def _people(made: Town) -> None:
    """Through the console itself, so that the audit log has what was done."""
    life, desks = made.life, made.desks
    ben, cleo = await desks.console.client("ben"), await desks.console.client("cleo")
    for item in (await ben.get("/api/queue")).body["items"]:
        if (name := item["author"]["name"]) in MOVED:
            step, note = MOVED[name]
            path = f"/api/comments/{item['site']}/{item['id']}/{step}"
            assert (await ben.post(path, {"version": 2, "note": note})).status == 200
    ana, rolf = await desks.console.client("ana"), f"site={SITE}&id=rolf-b."
    ruling = {"standing": "premoderated", "version": 0, "seconds": 604_800}
    ruling["note"] = "Three insults this week."
    assert (await ana.post(f"/api/author/standing?{rolf}", ruling)).status == 200
    for client, text in (
        (ben, "Wrote to him on Monday. He says that he will calm down."),
        (ana, "The same tone again, under the budget article."),
    ):
        assert (await client.post(f"/api/author/notes?{rolf}", {"text": text})).status == 201
    invited = await cleo.post("/api/people/invite", {"name": "eskil", "role": "moderator"})
    made.invitation = invited.body["path"]
    url = "https://harbour-times.example/hooks/comments"
    assert (await cleo.post(f"/api/sites/{SITE}/webhooks", {"url": url})).status == 200
    await life.store.users.create(WITH_FACTOR, Role.EDITOR, PASSWORD)
    await enrol(await desks.console.client(WITH_FACTOR))


async def _comments(life: Life, spawner: Spawner) -> None:
    scorer = await spawner.spawn("workers.scorer", life.config)
    before = await _post(life, BEFORE, None)
    await all_scored(life)
    for sample, comment in zip(BEFORE, before, strict=True):
        record = await life.store.comments.get(sample.site, comment)
        assert record is not None
        if record.comment.state is State.FLAGGED:
            await life.store.comments.decide(
                sample.site,
                comment,
                version=record.comment.version,
                approve=sample.state is State.APPROVED,
                by="ben",
                reason="" if sample.state is State.APPROVED else "It attacks people.",
            )
    await life.let_undo_windows_end()
    await life.publish_all()
    for sample, comment in zip(BEFORE, before, strict=True):
        for reader in range(REPORTED.get(sample.author, 0)):
            await life.store.comments.report(sample.site, comment, by=f"reader-{reader}")
    scored = [sample for sample in SAMPLES if sample.state is State.FLAGGED]
    today = [QUOTE, *scored, *MORE]
    ids = await _post(life, today, before[-1])
    await all_scored(life)
    for number, (sample, comment) in enumerate(zip(today, ids, strict=True)):
        await _age(life, sample.site, comment, minutes=3 * (len(today) - number))
    scorer.terminate()
    await scorer.wait()
    await _post(life, [Sample("Nils", "Ferry \u0001\u0002 now", None)], None)
    (job,) = await life.jobs()
    error = "The tokenizer gave no token for two characters of the text."
    await life.store.work.bury(life.scorer, job.entry, error, "nils")
    await _post(life, [sample for sample in SAMPLES if sample.state is State.PENDING], None)


async def _post(life: Life, samples: Sequence[Sample], parent: str | None) -> list[str]:
    ids = []
    for sample in samples:
        comment = NewComment(
            site=sample.site,
            article=sample.article,
            author=Author(sample.author.lower().replace(" ", "-"), sample.author),
            text=sample.plain,
            parent=parent if sample.replies else None,
        )
        await life.store.articles.set_mode(sample.site, sample.article.id, sample.article.mode)
        ids.append(await life.accept(comment))
    return ids


async def all_scored(life: Life) -> None:
    """Returns once no comment waits for the scorer."""
    async with asyncio.timeout(120):
        while True:
            if (await life.store.work.backlog())["work"] == 0:
                return
            await asyncio.sleep(0.1)


async def _age(life: Life, site: str, comment: str, minutes: int) -> None:
    """Has its life so far that much earlier: on a picture, not all can be new."""
    shard = life.store.comments.shard(site)
    earlier = minutes * 60_000
    for field in ("received_at", "written_at"):
        await life.redis.hincrby(shard.comment(site, comment), field, -earlier)
    history = shard.history(site, comment)
    for index, raw in enumerate(await life.redis.lrange(history, 0, -1)):
        line = json.loads(raw)
        await life.redis.lset(history, index, json.dumps({**line, "at": line["at"] - earlier}))
