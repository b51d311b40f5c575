"""Every word in every language: the same keys, plural forms and placeholders, and none unused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

import services.console
from moderato.domain.author import SANCTIONS
from moderato.policies import load_default
from moderato.store.reasons import DEFAULT
from tests.console.browser import Desks, chromium, settled
from tests.console.samples import SAMPLES, play
from tests.console.served import PASSWORD, Console

STATIC = Path(services.console.__file__).with_name("static")
LANGUAGES = [path.stem for path in (STATIC / "strings").glob("*.js")]

Words = dict[str, Any]


@pytest.fixture
async def words(console: Console) -> AsyncIterator[dict[str, Words]]:
    """The catalogues, as a browser reads them, and the plural forms each language has."""
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{console.url}/login")
        read = """async (tag) => ({
          words: (await import(`/static/strings/${tag}.js`)).words,
          forms: new Intl.PluralRules(tag).resolvedOptions().pluralCategories,
        })"""
        yield {tag: await page.evaluate(read, tag) for tag in LANGUAGES}


async def test_the_catalogues_agree(words: dict[str, Words]) -> None:
    english = words["en"]["words"]
    assert set(words) == {"en", "de"}
    for tag, read in words.items():
        other = read["words"]
        assert set(other) == set(english), tag
        for key, message in other.items():
            assert isinstance(message, dict) == isinstance(english[key], dict), (tag, key)
            if isinstance(message, dict):
                assert set(message) == set(read["forms"]), (tag, key)
            assert _placeholders(message) == _placeholders(english[key]), (tag, key)
            assert all(text.strip() for text in _texts(message)), (tag, key)
    same = [key for key, text in english.items() if text == words["de"]["words"][key]]
    # A few words are those of both languages; a catalogue that was copied would have many.
    assert len(same) < len(english) / 10, same


async def test_every_key_that_is_asked_for_exists_and_no_other(words: dict[str, Words]) -> None:
    """A key may be put together from a beginning, as in t(`queue.${state}`)."""
    sources = [*STATIC.glob("*.js"), *STATIC.glob("*.html")]
    text = "\n".join(path.read_text() for path in sources)
    asked = set(re.findall(r'data-t(?:-label)?="([^"]+)"', text))
    asked |= set(re.findall(r'"([a-z][\w-]*(?:\.[\w-]+)+)"', text)) & set(words["en"]["words"])
    asked |= set(re.findall(r'\bt\((?:[^()`]*\? )?"([^"]+)"', text))
    made = re.findall(r"`([a-z][\w-]*(?:\.[\w-]+)*\.)\$\{", text)
    known = set(words["en"]["words"])
    assert asked <= known | {"offline", "title"}, sorted(asked - known)
    # "moderato." begins what is kept in the browser.
    for beginning in set(made) - {"moderato."}:
        assert any(key.startswith(beginning) for key in known), beginning
    unused = {k for k in known - asked if not any(k.startswith(beginning) for beginning in made)}
    assert not unused


async def test_every_problem_with_a_name_has_words(words: dict[str, Words]) -> None:
    source = "".join(path.read_text() for path in STATIC.parent.glob("*.py"))
    names = set(re.findall(r'"urn:moderato:problem:([a-z-]+)"', source))
    assert "conflict" in names
    for tag, read in words.items():
        assert {f"problem.{name}" for name in names} <= set(read["words"]), tag


async def test_a_problem_without_a_name_is_told_in_the_pages_language(desks: Desks) -> None:
    page = await desks.page(language="de")
    await page.goto(f"{desks.console.url}/login")
    told = await page.evaluate(
        """async () => {
          const { because } = await import("/static/problem.js");
          const { Refused } = await import("/static/api.js");
          const problem = { detail: "x", by: "Ben" };
          const of = (status, type) => because(new Refused(status, { type, ...problem }));
          return [of(404, "about:blank"), of(409, "urn:moderato:problem:article-changed"), of(418)];
        }"""
    )
    assert told[0] == "Das gibt es nicht mehr."
    assert told[1].startswith("Ben ")
    assert told[2] == "Das hat nicht geklappt: x"


async def test_what_comes_with_moderato_has_words(words: dict[str, Words]) -> None:
    """The default policy's rules, the default reasons; in English, the server's own words."""
    rules = {rule.name for rule in load_default().rules} | {"otherwise", "could-not-be-scored"}
    rules |= {sanction.rule for sanction in SANCTIONS.values()}
    for tag, read in words.items():
        named = {*rules, "reported", "erased", *(reason.rule for reason in DEFAULT)}
        assert {f"rule.{name}" for name in named} <= set(read["words"]), tag
    for reason in DEFAULT:
        english = words["en"]["words"]
        shown = (english[f"reason.{reason.rule}"], english[f"reason.{reason.rule}.words"])
        assert shown == (reason.label, reason.words)


async def test_what_the_server_says_is_german_or_says_that_it_is_not(desks: Desks) -> None:
    ids = await play(desks.console.life, SAMPLES[:2])
    page = await desks.page(language="de")
    await page.goto(f"{desks.console.url}/login")
    await page.get_by_label("Name").fill("ana")
    await page.get_by_label("Passwort").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await settled(page)
    await expect(page.locator(".entry-why").first).to_have_text("Beleidigung")
    # A policy's own sentence stays as it is, and is not read out as if it were German.
    await expect(page.locator(".reason")).to_have_attribute("lang", "")
    toxic = page.locator(".score", has=page.get_by_text("Giftig", exact=True))
    await expect(toxic).to_contain_text("Markiert, wenn mindestens 0.90 (Sehr giftig).")
    await page.keyboard.press("r")
    await page.keyboard.press("1")
    await expect(page.locator("#reasons")).to_contain_text("Persönlicher Angriff")
    told = "Er greift eine Person an statt das, was sie gesagt hat."
    await expect(page.locator("#reject-words")).to_have_value(told)
    async with page.expect_response("**/decision"):
        await page.keyboard.press("Enter")
    record = await desks.console.life.store.comments.get("harbour-times", ids[0])
    assert record is not None
    assert record.last is not None
    assert (record.last.rule, record.last.message) == ("insult", told)


async def test_the_page_speaks_the_browsers_language_until_somebody_chooses(desks: Desks) -> None:
    context = await desks.browser.new_context(locale="de-AT")
    page = await context.new_page()
    await page.goto(f"{desks.console.url}/login")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    await page.get_by_label("Name").fill("ana")
    await page.get_by_label("Passwort").fill("wrong password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Name oder Passwort stimmt nicht.")
    await page.evaluate("localStorage.setItem('moderato.language', 'en')")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await context.close()


async def test_somebody_chooses_german_on_the_desk(desks: Desks) -> None:
    page = await desks.open("ana")
    await page.keyboard.press("?")
    await page.locator("#language").select_option("de")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_text("Nichts ist markiert")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Tasten")).to_be_visible()


def _texts(message: Any) -> list[str]:
    return list(message.values()) if isinstance(message, dict) else [message]


def _placeholders(message: Any) -> set[str]:
    return {name for text in _texts(message) for name in re.findall(r"\{(\w+)\}", text)}
