"""Every word in every language: the same keys, plural forms and placeholders, and none unused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

import services.console
from tests.console.browser import Desks, chromium
from tests.console.served import Console

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
