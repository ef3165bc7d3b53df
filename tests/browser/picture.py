"""``python -m tests.browser.picture [FILE]``: the README's picture, the first minute of a chat.

``--language sk``, ``--phone``: another language, a phone's size, to look at.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.browser.acting import be, newest
from tests.browser.conftest import DEBIAN
from tests.browser.test_program import Program

DESK, PHONE = (1280, 960), (390, 844)
NAMES = {"en": "Jana", "sk": "Jana", "sl": "Maja"}
FILE = Path(__file__).parents[2] / "docs" / "chat.png"


async def _press(page: Page, key: str) -> None:
    await newest(page).locator(f'[data-key="{key}"]').click()
    await expect(newest(page).locator(f'[data-key="{key}"]')).to_have_count(0)


async def first_minute(page: Page, url: str, language: str) -> None:
    """Hello, the consent in short words, which persona, and the first question."""
    await page.goto(url)
    await be(page, NAMES[language])
    await page.locator("#start").click()
    await expect(newest(page).locator('[data-key="start"]')).to_be_visible()
    await _press(page, "start")
    await _press(page, "agree")
    await _press(page, "expat")
    await expect(newest(page)).to_contain_text("1")  # of so many


async def picture(path: Path, language: str, *, phone: bool) -> None:
    """Take it, with a program of its own."""
    width, height = PHONE if phone else DESK
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        await program.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=DEBIAN, args=["--no-sandbox"]
                )
                context = await browser.new_context(
                    viewport={"width": width, "height": height},
                    device_scale_factor=2 if phone else 1,
                    locale=language,
                )
                page = await context.new_page()
                await first_minute(page, program.url, language)
                await page.screenshot(path=path)
                await browser.close()
        finally:
            await program.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.picture", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--language", default="en", choices=sorted(NAMES))
    parser.add_argument("--phone", action="store_true")
    given = parser.parse_args()
    asyncio.run(picture(given.file, given.language, phone=given.phone))


if __name__ == "__main__":
    main()
