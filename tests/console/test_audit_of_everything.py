"""Every kind of act leaves a line, has words in the catalogue, and says nothing it must not."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import services.console
from moderato.store.audit import Filter
from tests.console.conftest import to_harbour
from tests.console.served import PASSWORD, Client, Console
from tests.console.test_account import NEW, code_now, enrol

CONSOLE = Path(services.console.__file__).parent
#: Families of acts that are not written out where they are recorded.
STEPS = {
    *("comment.approve", "comment.reject", "comment.keep", "comment.undo"),
    *("comment.propose", "comment.escalate", "comment.hold", "comment.return"),
    *("comment.bulk", "comment.bulk-undo", "comment.replay"),
}
TEXT = "What a reader wrote, and nobody else may keep."


def acts() -> set[str]:
    """Every act that the console's code records."""
    source = "\n".join(path.read_text() for path in CONSOLE.glob("*.py"))
    families = "login|account|person|author|site|webhook|article|audit"
    return set(re.findall(rf'"((?:{families})\.(?!html)[a-z-]+)"', source)) | STEPS


def test_every_act_has_words_in_every_language() -> None:
    for path in (CONSOLE / "static" / "strings").glob("*/audit.js"):
        words = set(re.findall(r'"audit\.act\.([\w.-]+)"', path.read_text()))
        # An account with a password is made on the command line alone.
        assert words == acts() | {"person.add"}, path


async def test_every_kind_of_act_leaves_a_line(console: Console) -> None:
    life = console.life
    cleo, ben = await console.client("cleo"), await console.client("ben")
    secrets = [*await _decide(console, ben), *await _people(console, cleo)]
    await _desk(console, cleo)
    secrets += [*await _own_account(console, ben), *await _sites(console, cleo)]
    await cleo.get("/api/audit/export?format=csv")
    lines = (await life.store.audit.find(Filter(), limit=1_000)).lines
    # Two people are needed where a setting says so alone; see test_together.
    assert {line.action for line in lines} == acts() - {"comment.propose"}
    log = repr([asdict(line) for line in lines])
    for secret in (TEXT, PASSWORD, NEW, *secrets):
        assert secret not in log


async def _decide(console: Console, ben: Client) -> list[str]:
    comment = await console.life.flagged(to_harbour(TEXT))
    await ben.decide(comment, action="reject", rule="other", reason=TEXT)
    await ben.undo(comment, 3)
    await ben.decide(comment, 4)
    await console.life.store.comments.report("harbour-times", comment, by="r1")
    assert (await ben.decide(comment, 5, action="keep")).status == 200
    return [cookie.value for cookie in ben.http.cookie_jar]


async def _desk(console: Console, cleo: Client) -> None:
    life, site = console.life, "harbour-times"
    comment = await life.flagged(to_harbour(TEXT))
    for version, act in enumerate(("escalate", "return", "hold"), start=2):
        path = f"/api/comments/{site}/{comment}/{act}"
        assert (await cleo.post(path, {"version": version, "note": TEXT})).status == 200
    ann = f"site={site}&id=ann"
    body = {"standing": "banned", "version": 0, "reason": TEXT, "note": TEXT}
    assert (await cleo.post(f"/api/author/standing?{ann}", body)).status == 200
    note = (await cleo.post(f"/api/author/notes?{ann}", {"text": TEXT})).body["id"]
    assert (await cleo.delete(f"/api/author/notes/{note}?{ann}")).status == 204
    article = f"/api/articles/{site}/ferry"
    assert (await cleo.post(f"{article}/mode", {"mode": "premod", "version": 0})).status == 200
    assert (await cleo.post(f"{article}/tighter", {"version": 1})).status == 200
    bulk = f"/api/bulk/{site}/{(await cleo.post('/api/bulk', {'site': site})).body['id']}"
    assert (await cleo.post(f"{bulk}/start", {"action": "approve", "reason": TEXT})).status == 202
    assert (await cleo.post(f"{bulk}/undo")).status == 202
    assert (await cleo.delete(f"/api/reasons/{site}")).status == 200
    await life.accept(to_harbour(TEXT, "Bob"))
    (job,) = await life.jobs()
    await life.store.work.bury(life.scorer, job.entry, "It broke.", "bob")
    (item,) = (await cleo.get("/api/queue?queue=dead")).body["items"]
    letter = f"/api/dead-letters/{site}/{item['letter']['id']}/replay"
    assert (await cleo.post(letter)).status == 202


async def _people(console: Console, cleo: Client) -> list[str]:
    path = "/api/people"
    tokens = []
    for name in ("dora", "eve"):
        invited = await cleo.post(f"{path}/invite", {"name": name, "role": "editor"})
        tokens.append(invited.body["path"].partition("#")[2])
    accept = {"token": tokens[0], "password": PASSWORD}
    assert (await cleo.post("/api/invitation/accept", accept)).status == 200
    assert (await cleo.post(f"{path}/eve/withdraw")).status == 204
    assert (await cleo.post(f"{path}/dora/role", {"role": "moderator"})).status == 200
    secret, codes = await enrol(await console.client("dora"))
    assert (await cleo.post(f"{path}/dora/second-factor/reset")).status == 204
    reset = await cleo.post(f"{path}/dora/reset")
    tokens.append(reset.body["path"].partition("#")[2])
    accept = {"token": tokens[2], "password": NEW}
    assert (await cleo.post("/api/invitation/accept", accept)).status == 200
    assert (await cleo.post(f"{path}/dora/remove")).status == 204
    return [*tokens, secret, *codes]


async def _own_account(console: Console, ben: Client) -> list[str]:
    path = "/api/account"
    await (await console.client()).login("ben", "wrong password")
    other = await console.client("ben")
    account = (await ben.get(path)).body
    (there,) = [one["id"] for one in account["sessions"] if not one["here"]]
    assert (await ben.post(f"{path}/sessions/{there}/end")).status == 204
    secret, codes = await enrol(ben)
    for code in ("wrong", codes[0]):
        body = {"name": "ben", "password": PASSWORD, "code": code}
        await other.post("/api/login", body)
    proof = {"password": PASSWORD, "code": codes[1]}
    new = (await ben.post(f"{path}/recovery-codes", proof)).body["recovery_codes"]
    off = await ben.post(
        f"{path}/second-factor/off", {"password": PASSWORD, "code": code_now(secret, 1)}
    )
    ben.csrf = off.body["csrf"]
    changed = await ben.post(f"{path}/password", {"password": PASSWORD, "new": NEW})
    ben.csrf = changed.body["csrf"]
    assert (await ben.post(f"{path}/sessions/end")).status == 204
    assert (await ben.login("ben", NEW)).status == 200
    assert (await ben.post("/api/logout")).status == 204
    return [secret, *codes, *new]


async def _sites(console: Console, cleo: Client) -> list[str]:
    made = (await cleo.post("/api/sites", {"id": "gazette"})).body
    rotated = (await cleo.post("/api/sites/gazette/rotate-key")).body
    url = "https://gazette.example/hook"
    hook = (await cleo.post("/api/sites/gazette/webhooks", {"url": url})).body
    path = f"/api/sites/gazette/webhooks/{hook['id']}"
    new = (await cleo.post(f"{path}/rotate-secret")).body
    deliveries = console.life.store.deliveries
    given_up = await deliveries.test("gazette", hook["id"])
    shard = deliveries.shard("gazette")
    await console.life.redis.zrem(shard.due, given_up)
    await console.life.redis.zadd(shard.dead_deliveries, {given_up: 1})
    for act in ("finish-rotation", "test", "replay", "disable", "enable", "remove"):
        assert (await cleo.post(f"{path}/{act}")).status in {200, 204}, act
    return [made["key"], rotated["key"], hook["secret"], new["secret"]]
