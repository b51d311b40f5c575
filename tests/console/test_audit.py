"""The audit log: what it takes down, who may read which lines, and what leaves as a file."""

from __future__ import annotations

import csv
import io
import itertools
import json
import time

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect
from redis.asyncio import Redis

from moderato.store import keys
from moderato.store.audit import Audit, Filter, Line
from tests.console.browser import Desks
from tests.console.conftest import to_harbour
from tests.console.served import Console
from tests.life import Life

SECRET = "What the comment says stays out of the log."


async def _lines(life: Life, wanted: Filter | None = None) -> list[Line]:
    return list((await life.store.audit.find(wanted or Filter(), limit=1_000)).lines)


# -- the store ----------------------------------------------------------------------------------


async def test_pages_of_any_size_hold_what_fits_and_no_other(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the plain meaning of the filter, over every mix of it."""
    monkeypatch.setattr("moderato.store.audit._CHUNK", 4)
    monkeypatch.setattr("moderato.store.audit.SCANNED", 12)
    audit = life.store.audit
    people, actions, sites = ("ana", "ben"), ("login.in", "person.role", "person"), ("", "gazette")
    for by, action, site, subject in itertools.product(people, actions, sites, ("ana", "x")):
        await audit.record(by=by, action=action, site=site, subject=subject)
    every = (await audit.find(Filter(), limit=1_000)).lines
    assert len(every) == 12  # as many as one call looks at
    for person, action, site in itertools.product(("", "ana", "cleo"), ("", "person"), sites):
        wanted = Filter(person, action, site)
        right = [
            (by, act, at, subject)
            for by, act, at, subject in reversed(
                list(itertools.product(people, actions, sites, ("ana", "x")))
            )
            if (not person or person == by or (person == subject and at == ""))
            and (not action or act in {"person", "person.role"})
            and (not site or at == site)
        ]
        for limit in (1, 3, 100):
            found = await _all_pages(audit, wanted, limit)
            assert [(x.by, x.action, x.site, x.subject) for x in found] == right


async def _all_pages(audit: Audit, wanted: Filter, limit: int) -> list[Line]:
    found: list[Line] = []
    before: str | None = ""
    while before is not None:
        page = await audit.find(wanted, before=before, limit=limit)
        assert len(page.lines) <= limit
        found += page.lines
        before = page.next
    return found


async def test_a_time_span_holds_both_its_ends(life: Life, redis: Redis) -> None:
    for at in (1_000, 2_000, 3_000):
        fields = {"by": "ana", "action": "x", "site": "", "subject": "", "details": "{}"}
        await redis.xadd(keys.AUDIT, fields, id=f"{at}-0")  # type: ignore[arg-type]
    forever = Audit(life.redis, life.store.scripts, 1, _keeping(life, 0))
    page = await forever.find(Filter(since=1_000, until=2_000))
    assert [line.at for line in page.lines] == [2_000, 1_000]
    assert [line.at for line in (await forever.find(Filter(since=2_001))).lines] == [3_000]


async def test_lines_are_let_go_after_their_time(life: Life, redis: Redis) -> None:
    old = int((time.time() - 400 * 86_400) * 1000)
    fields = {"by": "ana", "action": "old", "site": "", "subject": "", "details": "{}"}
    for number in range(300):  # Redis lets whole nodes of a stream go, 100 lines each
        await redis.xadd(keys.AUDIT, fields, id=f"{old}-{number}")  # type: ignore[arg-type]
    audit = life.store.audit
    assert await _lines(life) == []
    await audit.record(by="ana", action="new")
    assert [line.action for line in await _lines(life)] == ["new"]
    assert int(await redis.xlen(keys.AUDIT)) <= 101


async def test_zero_days_keep_them_for_good(life: Life, redis: Redis) -> None:
    fields = {"by": "ana", "action": "old", "site": "", "subject": "", "details": "{}"}
    await redis.xadd(keys.AUDIT, fields, id="1-1")  # type: ignore[arg-type]
    audit = Audit(life.redis, life.store.scripts, 1, _keeping(life, 0))
    await audit.record(by="ana", action="new")
    assert [line.action for line in (await audit.find(Filter())).lines] == ["new", "old"]


def _keeping(life: Life, days: float):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(life.config, audit_days=days)


# -- what is taken down -------------------------------------------------------------------------


async def test_logins_and_decisions_are_taken_down_without_the_text(console: Console) -> None:
    life = console.life
    comment = await life.flagged(to_harbour(SECRET))
    client = await console.client("ana")
    await client.login("ana", "wrong password")
    await client.decide(comment, action="reject", rule="insult", reason="Words for the author.")
    await client.undo(comment, 3)
    await client.decide(comment, 4)
    await client.post("/api/logout")
    lines = await _lines(life)
    assert [(line.by, line.action, line.subject) for line in reversed(lines)] == [
        ("ana", "login.in", ""),
        ("", "login.failed", "ana"),
        ("ana", "comment.reject", comment),
        ("ana", "comment.undo", comment),
        ("ana", "comment.approve", comment),
        ("ana", "login.out", ""),
    ]
    assert lines[0].details["address"] == "127.0.0.1"
    assert "aiohttp" in str(lines[0].details["agent"])
    assert lines[3].details == {"version": 3, "rule": "insult"}
    assert lines[3].site == "harbour-times"
    assert SECRET not in repr(lines)
    assert "Words for the author" not in repr(lines)


async def test_a_decision_sent_again_is_one_line(console: Console) -> None:
    comment = await console.life.flagged(to_harbour())
    client = await console.client("ana")
    for _ in range(3):
        assert (await client.decide(comment)).status == 200
    assert len(await _lines(console.life, Filter(action="comment"))) == 1


async def test_a_name_nobody_has_is_not_kept(console: Console, redis: Redis) -> None:
    client = await console.client()
    await client.login("hunter2 typed in the wrong field")
    assert await _lines(console.life) == []


async def test_a_flood_of_failed_logins_does_not_fill_it(life: Life) -> None:
    worth = [await life.store.sessions.is_worth_a_line("ana") for _ in range(50)]
    assert worth == [True] * 20 + [False] * 30


# -- who reads it -------------------------------------------------------------------------------


async def test_a_moderator_reads_about_themself_an_editor_about_all(console: Console) -> None:
    ben, ana = await console.client("ben"), await console.client("ana")
    await console.life.store.audit.record(by="cleo", action="person.role", subject="ben")
    await console.life.store.audit.record(by="cleo", action="person.role", subject="ana")
    own = (await ben.get("/api/audit")).body
    assert not own["everybody"]
    assert [(line["by"], line["subject"]) for line in own["lines"]] == [
        ("cleo", "ben"),
        ("ben", ""),
    ]
    assert (await ben.get("/api/audit?person=BEN")).body["lines"] == own["lines"]
    assert (await ben.get("/api/audit?person=ana")).status == 403
    assert (await ben.get("/api/audit/export?person=ana")).status == 403
    assert '"ana"' not in (await ben.get("/api/audit/export")).body
    assert len((await ana.get("/api/audit")).body["lines"]) >= 4
    of_ben = (await ana.get("/api/audit?person=ben&action=person")).body["lines"]
    assert [line["subject"] for line in of_ben] == ["ben"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("before=x", "#/before"),
        ("limit=0", "#/limit"),
        ("limit=201", "#/limit"),
        ("since=-1", "#/since"),
        ("since=yesterday", "#/since"),
        ("who=ana", "#/who"),
    ],
)
async def test_a_wrong_query_is_told_what_is_wrong(
    console: Console, query: str, pointer: str
) -> None:
    answer = await (await console.client("ana")).get(f"/api/audit?{query}")
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == pointer


async def test_pages_follow_each_other(console: Console) -> None:
    client = await console.client("ana")
    for number in range(5):
        await console.life.store.audit.record(by="ana", action="x", subject=str(number))
    first = (await client.get("/api/audit?action=x&limit=3")).body
    second = (await client.get(f"/api/audit?action=x&limit=3&before={first['next']}")).body
    subjects = [line["subject"] for line in first["lines"] + second["lines"]]
    assert subjects == ["4", "3", "2", "1", "0"]
    assert second["next"] is None


# -- as a file ----------------------------------------------------------------------------------


async def test_the_export_holds_every_line_and_becomes_one(console: Console) -> None:
    client = await console.client("ana")
    for number in range(3):
        await console.life.store.audit.record(
            by="ana", action="x", site="gazette", subject=f"É {number}", details={"n": number}
        )
    answer = await client.get("/api/audit/export?action=x")
    assert answer.headers["Content-Disposition"].endswith('.jsonl"')
    read = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["subject"] for line in read] == ["É 2", "É 1", "É 0"]
    assert read[0]["details"] == {"n": 2}
    assert read[0]["at"].endswith("+00:00")
    (line,) = await _lines(console.life, Filter(action="audit.export"))
    assert line.details == {"format": "jsonl", "action": "x"}


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
)
async def test_a_spreadsheet_finds_no_formula(console: Console, evil: str) -> None:
    await console.life.store.audit.record(by="ana", action="x", subject=f"{evil}", site='",=2')
    answer = await (await console.client("ana")).get("/api/audit/export?action=x&format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    head, row = csv.reader(io.StringIO(answer.body, newline=""))
    assert head == ["id", "at", "by", "action", "site", "subject", "details"]
    # Universal newlines of the client aside, the cell is an apostrophe and the text.
    assert row[5] == f"'{evil}"
    assert row[4] == '",=2'
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


# -- the page -----------------------------------------------------------------------------------


async def test_the_page_filters_and_shows_hostile_lines_as_text(desks: Desks) -> None:
    audit = desks.console.life.store.audit
    evil = "<img src=x onerror=alert(1)>"
    for number in range(60):
        await audit.record(
            by="ben", action="comment.approve", site="harbour-times", subject=f"c{number}"
        )
    await audit.record(
        by=evil, action=evil, site=evil, subject=evil, details={"agent": evil, evil: "x" * 300}
    )
    page = await desks.at("/audit", "ana", width=360)
    await expect(page.locator("#lines tr")).to_have_count(50)
    await expect(page.locator("#lines")).to_contain_text(evil)
    assert await page.locator("#lines").locator("img, script").count() == 0
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await page.get_by_role("button", name="Older lines").click()
    await expect(page.locator("#lines tr")).to_have_count(62)
    await page.get_by_label("What").select_option("login")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("#lines tr")).to_have_count(1)
    await page.reload()
    await expect(page.locator("#lines tr")).to_have_count(1)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export CSV").click()
    assert "audit" in (await download.value).suggested_filename
