"""From the key to the next comment on the screen, in a real browser."""

from __future__ import annotations

import os
import shutil

from playwright.async_api import Page, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Presses A as a person does, and waits until what comes of it has been painted: a message that is
#: sent in a frame's callback arrives after that frame.
_PRESS = """() => new Promise((resolve) => {
  const shown = () => document.querySelector(".text")?.textContent ?? "";
  const before = document.querySelector("[aria-current=true]")?.textContent;
  const began = performance.now();
  const key = new KeyboardEvent("keydown", { key: "a", bubbles: true, cancelable: true });
  document.body.dispatchEvent(key);
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const took = performance.now() - began;
      const after = document.querySelector("[aria-current=true]")?.textContent;
      resolve([took, before !== after && shown() !== ""]);
    };
    channel.port2.postMessage(0);
  });
})"""


async def key_to_paint(url: str, name: str, password: str, times: int) -> list[float]:
    """Milliseconds of each of ``times`` approvals; needs Chromium."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=args)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        # What is covered could not be approved unread.
        await page.add_init_script("localStorage.setItem('moderato.cover', 'off')")
        await page.goto(url)
        # The labels are there once the page's script is.
        await page.get_by_label("Name", exact=True).fill(name)
        await page.get_by_label("Password").fill(password)
        await page.keyboard.press("Enter")
        await page.locator(".text").wait_for()
        took = [await _press(page) for _ in range(times)]
        await browser.close()
    return took


async def _press(page: Page) -> float:
    took, moved = await page.evaluate(_PRESS)
    if not moved:
        raise RuntimeError("The next comment was not there after a key.")
    await page.wait_for_timeout(150)  # as quick as somebody who reads nothing
    return float(took)
