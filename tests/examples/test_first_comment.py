"""The whole way, with nobody's hand on it: form, intake, model, policy, publisher, page."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.examples.conftest import Reader, Site, comment, was_never_reloaded
from tests.processes import Spawn


@pytest.mark.timeout(180)
async def test_leave_the_first_comment(site: Site, spawn: Spawn, reader: Reader) -> None:
    await spawn("workers.scorer", site.config)
    ada, ben = await reader(), await reader()
    await expect(ada.get_by_role("heading", name="Be the first to comment")).to_be_visible()
    await comment(ada, "I took the 1.40 home from the hospital for eleven years. Thank you, Rosa.")
    for page in (ada, ben):
        await expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
        await expect(page.locator(".comment .said")).to_contain_text("Thank you, Rosa.")
        await expect(page.locator(".comment .standing")).to_be_hidden()
        assert await was_never_reloaded(page)

    await comment(ben, "You stupid pathetic idiot, I hope you drown.", name="Ben")
    told = re.compile(r"Waiting for a moderator\.|Not published\. ")
    await expect(ben.locator(".own .standing")).to_have_text(told)
    await expect(ada.locator(".comment")).to_have_count(1)
