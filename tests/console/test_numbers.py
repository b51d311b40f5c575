"""The numbers: what the API says to whom, and that the page shows what was done."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from moderato.domain.comment import State
from moderato.domain.decision import Decision
from moderato.domain.numbers import DAY
from moderato.store.work import Finished
from tests.console.browser import Desks
from tests.console.conftest import to_harbour
from tests.console.served import Console
from tests.life import SCORES, Life, new_comment

SITE = "harbour-times"
EVIL = "<img src=x onerror=alert(1)>: x"


async def a_day_at_the_desk(life: Life, rule: str = "insult") -> None:
    """Five comments: two the policy approves, three it flags; ben rejects one and approves one,
    ana rejects one that the policy had approved, and takes a decision back.
    """
    approved = []
    for _ in range(2):
        approved.append(await life.accept(to_harbour()))
        await _policy(life, State.APPROVED, "otherwise")
    flagged = []
    for _ in range(3):
        flagged.append(await life.accept(to_harbour()))
        await _policy(life, State.FLAGGED, rule)
    decide, undo = life.store.comments.decide, life.store.comments.undo
    await decide(SITE, flagged[0], version=2, approve=False, by="ben")
    await decide(SITE, flagged[1], version=2, approve=True, by="ben")
    await decide(SITE, flagged[2], version=2, approve=True, by="ana")
    await undo(SITE, flagged[2], version=3, by="ana")
    await decide(SITE, approved[0], version=2, approve=False, by="ana")


async def _policy(life: Life, state: State, rule: str) -> None:
    (job,) = await life.jobs()
    decision = Decision(state, rule, "Because.", priority=0.5)
    finished = Finished(job, decision, SCORES, "test")
    assert await life.store.work.finish(life.scorer, [finished]) == ["done"]


def today() -> str:
    return datetime.now(UTC).date().isoformat()


async def as_if_counted_for(life: Life, days: int) -> None:
    since = await life.store.numbers.today() - days
    await life.redis.hset("moderato:meta", "numbers-since", str(since))


# -- the API ------------------------------------------------------------------------------------


async def test_the_figures_are_what_was_done(console: Console) -> None:
    await a_day_at_the_desk(console.life)
    read = (await (await console.client("ana")).get("/api/numbers")).body
    total = read["total"]
    assert total["arrived"] == 5
    assert total["policy"] == {"approved": 2, "flagged": 3, "rejected": 0}
    assert {name: many for name, many in total["people"].items() if many} == {
        "approve": 1,
        "reject": 2,
        "undo": 1,
    }
    assert (total["agreed"], total["disagreed"]) == (1, 1)
    assert total["overturned"] == {"approved": 1, "rejected": 0}
    assert total["took"]["policy"]["count"] == 2
    assert total["took"]["people"]["count"] == 2
    assert total["took"]["people"]["p50"] > 0
    rules = {rule.pop("rule"): rule for rule in read["rules"]}
    assert rules["insult"] == {
        "approved": 0,
        "flagged": 3,
        "rejected": 0,
        "agreed": 1,
        "disagreed": 1,
        "overturned": 0,
    }
    assert (rules["otherwise"]["approved"], rules["otherwise"]["overturned"]) == (2, 1)
    assert read["days"][-1] == {"day": read["today"]} | total
    assert read["from"] <= read["since"] == read["to"] == read["today"]
    assert len(read["days"]) == 1  # what was before is not known, and not zero
    assert read["before"] is None
    waiting = read["waiting"][SITE]["flagged"]
    assert waiting["count"] == 1
    assert waiting["oldest"] == waiting["median"] > 0
    assert read["waiting"]["north-coast"]["flagged"]["count"] == 0


async def test_a_span_is_held_against_the_one_before(console: Console) -> None:
    life = console.life
    await as_if_counted_for(life, 30)
    await a_day_at_the_desk(life)
    day = await life.store.numbers.today()
    shard = life.store.numbers.shard(SITE)
    await life.redis.rename(shard.numbers(SITE, day), shard.numbers(SITE, day - 7))
    await life.accept(to_harbour())
    client = await console.client("ana")
    read = (await client.get("/api/numbers")).body
    assert [one["arrived"] for one in read["days"]] == [0, 0, 0, 0, 0, 0, 1]
    assert read["before"]["arrived"] == 5
    back = date.fromisoformat(read["from"]).isoformat()
    alone = (await client.get(f"/api/numbers?from={back}&to={back}")).body
    assert (alone["total"]["arrived"], alone["before"]["arrived"]) == (0, 5)


async def test_a_site_is_counted_alone(console: Console) -> None:
    await a_day_at_the_desk(console.life)
    await console.life.accept(new_comment(site="north-coast"))
    client = await console.client("ana")
    arrived = {}
    for site in ("", "?site=north-coast", f"?site={SITE}"):
        arrived[site] = (await client.get(f"/api/numbers{site}")).body["total"]["arrived"]
    assert list(arrived.values()) == [6, 1, 5]
    assert (await client.get("/api/numbers?site=nowhere")).status == 404


@pytest.mark.parametrize(
    ("name", "everybody", "seen"),
    [("ana", True, ["ana", "ben"]), ("cleo", True, ["ana", "ben"]), ("ben", False, ["ben"])],
)
async def test_only_editors_see_everybodys_row(
    console: Console, name: str, everybody: bool, seen: list[str]
) -> None:
    await a_day_at_the_desk(console.life)
    client = await console.client(name)
    answer = await client.get("/api/numbers")
    assert [person["name"] for person in answer.body["people"]] == seen
    assert answer.body["everybody"] is everybody
    assert answer.body["people"][-1] == {
        "name": "ben",
        "approve": 1,
        "reject": 1,
        "reversed": 0,
        **dict.fromkeys(("keep", "propose", "escalate", "hold", "return", "undo"), 0),
    }
    if not everybody:
        assert "ana" not in repr(answer.body)
    exported = (await client.get("/api/numbers/export")).body
    assert "ana" not in exported
    assert "ben" not in exported


async def test_a_moderator_who_did_nothing_has_a_row_of_zeros(console: Console) -> None:
    (row,) = (await (await console.client("ben")).get("/api/numbers")).body["people"]
    assert row.pop("name") == "ben"
    assert not any(row.values())


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-01-02&to=2026-01-01",
        "from=2026-01-01",
        "to=2026-01-01",
        "from=yesterday&to=2026-01-01",
        "from=2024-01-01&to=2026-01-01",
        "days=7",
    ],
)
async def test_a_wrong_span_is_refused(console: Console, query: str) -> None:
    client = await console.client("ana")
    for path in ("/api/numbers", "/api/numbers/export"):
        assert (await client.get(f"{path}?{query}")).status == 422


@pytest.mark.parametrize(
    "query", ["from=1970-01-01&to=1970-01-02", "from=9999-12-30&to=9999-12-31"]
)
async def test_a_span_without_days_that_were_counted_is_empty(console: Console, query: str) -> None:
    read = (await (await console.client("ana")).get(f"/api/numbers?{query}")).body
    assert read["total"]["arrived"] == 0
    assert read["before"] is None or read["before"]["arrived"] == 0


async def test_the_export_has_a_line_per_site_and_day(console: Console) -> None:
    await as_if_counted_for(console.life, 1)
    await a_day_at_the_desk(console.life)
    answer = await (await console.client("ben")).get("/api/numbers/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.body)))
    assert [row["site"] for row in rows] == [SITE, "north-coast"] * 2
    (row,) = [row for row in rows if row["arrived"] != "0"]
    assert (row["day"], row["site"], row["arrived"]) == (today(), SITE, "5")
    assert (row["policy_flagged"], row["people_reject"], row["overturned_approved"]) == (
        "3",
        "2",
        "1",
    )
    assert int(row["took_people_p50"]) > 0
    assert all(one["took_people_p50"] == "" for one in rows if one is not row)


# -- the page -----------------------------------------------------------------------------------


async def figure(page: Page, name: str) -> str:
    return await page.locator(f"[data-figure={name}] .figure").inner_text()


async def check(page: Page) -> None:
    results: Any = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark"), (3840, "light")])
async def test_the_page_shows_what_was_done(desks: Desks, width: int, scheme: str) -> None:
    await a_day_at_the_desk(desks.console.life)
    page = await desks.at("/numbers", "ana", width=width, scheme=scheme)
    await expect(page.locator("#figures .figure")).to_have_count(6)
    assert await figure(page, "arrived") == "5"
    assert await figure(page, "alone") == "40%"
    assert await figure(page, "people") == "3"
    assert await figure(page, "agreed") == "50%"
    assert await figure(page, "overturned") == "50%"
    await expect(page.locator("#partly")).to_be_visible()
    bars = page.locator("#decisions .column")
    await expect(bars).to_have_count(1)
    await expect(bars).to_have_attribute(
        "aria-label",
        " ".join(
            [
                f"{datetime.now(UTC):%A, %B} {datetime.now(UTC).day}, {datetime.now(UTC).year}:",
                "5 received, 2 approved by the policy, 1 approved by people,",
                "0 rejected by the policy, 2 rejected by people, 3 flagged by the policy.",
            ]
        ),
    )
    await expect(page.locator("#rules tbody tr").first).to_contain_text("1 rejected, 1 approved")
    await expect(page.locator("#people tbody tr")).to_have_count(2)
    await expect(page.locator("#waiting tbody tr")).to_have_count(1)
    for details in await page.locator("details").all():
        await details.locator("summary").click()
    await expect(page.locator("#decisions-table tbody td").first).to_have_text("5")
    await check(page)


async def test_the_charts_are_read_with_arrow_keys(desks: Desks) -> None:
    await as_if_counted_for(desks.console.life, 40)
    await a_day_at_the_desk(desks.console.life)
    page = await desks.at("/numbers", "ana")
    days = page.locator("#decisions .column")
    await expect(days).to_have_count(7)
    told = page.locator("#decisions .told")
    await page.locator("#csv").focus()
    await page.keyboard.press("Tab")  # one stop for the whole chart: the newest day
    await expect(days.nth(6)).to_be_focused()
    await expect(told).to_contain_text("5 received")
    await page.keyboard.press("ArrowLeft")
    await expect(days.nth(5)).to_be_focused()
    await expect(told).to_contain_text("0 received")
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowLeft")
    await expect(days.nth(0)).to_be_focused()
    await days.nth(6).hover()
    await expect(told).to_contain_text("5 received")
    await check(page)


async def test_the_span_stands_in_the_address(desks: Desks) -> None:
    await as_if_counted_for(desks.console.life, 40)
    await a_day_at_the_desk(desks.console.life)
    page = await desks.at("/numbers", "ana")
    await page.get_by_role("button", name="28 days").click()
    await expect(page.locator("#decisions .column")).to_have_count(28)
    await expect(page.get_by_role("button", name="28 days")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert f"to={today()}" in page.url
    await page.get_by_label("Site").select_option("north-coast")
    await expect(page.get_by_text("Nothing has happened in this span yet.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Nothing has happened in this span yet.")).to_be_visible()
    await expect(page.get_by_label("To")).to_have_value(today())
    await page.get_by_label("Site").select_option(SITE)
    await expect(page.locator("#decisions .column")).to_have_count(28)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export CSV").click()
    assert "numbers" in (await download.value).suggested_filename
    await page.get_by_label("From").fill("2020-01-01")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator(".notice[role=alert]")).to_contain_text("at most 366 days")


async def test_a_new_deployment_is_told_that_there_is_nothing_yet(desks: Desks) -> None:
    page = await desks.at("/numbers", "ben")
    await expect(page.get_by_text("Nothing has happened in this span yet.")).to_be_visible()
    await expect(page.get_by_text("Nothing waits for a person.")).to_be_visible()
    await expect(page.locator("#numbers")).to_be_hidden()
    await check(page)


async def test_where_nobody_decided_the_chart_of_durations_says_so(desks: Desks) -> None:
    await desks.console.life.flagged(to_harbour())
    page = await desks.at("/numbers", "ben")
    await expect(page.locator("#decisions .column")).to_have_count(1)
    await expect(page.locator("#speed .told")).to_have_text(
        "No person has decided anything in this span."
    )


async def test_a_moderator_sees_what_they_did_and_nobody_else(desks: Desks) -> None:
    await a_day_at_the_desk(desks.console.life)
    page = await desks.at("/numbers", "ben")
    await expect(page.get_by_role("heading", name="What you did")).to_be_visible()
    await expect(page.locator("#people tbody tr")).to_have_count(1)
    assert "ana" not in await page.locator("main").inner_text()


async def test_hostile_names_stay_text(desks: Desks) -> None:
    life = desks.console.life
    await life.store.sites.create("evil", EVIL)
    await a_day_at_the_desk(life, rule=EVIL)
    comment = await life.flagged(to_harbour())
    await life.store.comments.decide(SITE, comment, version=2, approve=True, by=EVIL)
    await life.flagged(new_comment(site="evil"))
    page = await desks.at("/numbers", "ana", width=360)
    await expect(page.locator("#rules")).to_contain_text(EVIL)
    await expect(page.locator("#people")).to_contain_text(EVIL)
    await expect(page.locator("#waiting")).to_contain_text(EVIL)
    assert await page.locator("main").locator("img, script, iframe").count() == 0
    await check(page)


async def test_the_page_speaks_german(desks: Desks) -> None:
    await a_day_at_the_desk(desks.console.life)
    page = await desks.page(width=360)
    await page.context.add_init_script("localStorage.setItem('moderato.language', 'de')")
    client = await desks.console.client("ana")
    cookie = {"name": "moderato", "value": client.cookie, "url": desks.console.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(f"{desks.console.url}/numbers")
    await expect(page.get_by_role("heading", name="Zahlen")).to_be_visible()
    await expect(page.locator("[data-figure=alone]")).to_contain_text("40 %")
    await check(page)


async def test_a_name_of_a_day_is_the_same_on_every_clock(desks: Desks) -> None:
    """Far from UTC the page still names the UTC day."""
    life = desks.console.life
    await as_if_counted_for(life, 40)
    day = await life.store.numbers.today() - 3
    await life.redis.hset(life.store.numbers.shard(SITE).numbers(SITE, day), "arrived", "3")
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        context = await desks.browser.new_context(timezone_id=zone, locale="en-GB")
        client = await desks.console.client("ana")
        cookie = {"name": "moderato", "value": client.cookie, "url": desks.console.url}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        await page.goto(f"{desks.console.url}/numbers")
        words = page.locator("#decisions .column").nth(3)
        name = datetime.fromtimestamp(day * DAY / 1000, UTC).strftime("%A").lower()
        about = re.compile(rf"^{name}.* 3 received", re.IGNORECASE)
        await expect(words).to_have_attribute("aria-label", about)
        await context.close()
