"""A real browser before the chat page. What stands behind it is the fixture ``served``: a
scripted bot here, exchangeable for the whole program."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.channels.preview.scripted import ScriptedBot
from tests.channels.preview.serving import Served, preview, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEBIAN = Path("/usr/bin/chromium")


def chromium() -> str | None:
    """Where Chromium is, if it is."""
    return str(DEBIAN) if DEBIAN.exists() else shutil.which("chromium")


class Opener(Protocol):
    """Opens the page in a browser profile of its own."""

    async def __call__(
        self, *, width: int = 1280, height: int = 800, dark: bool = False, language: str = "en-GB"
    ) -> Page: ...


@pytest.fixture
async def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
async def served(bot: ScriptedBot) -> AsyncIterator[Served]:
    bot.channel = preview(bot.handle)
    async with serving(bot.channel) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("needs Chromium: /usr/bin/chromium or `chromium` on PATH")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture
async def problems() -> AsyncIterator[list[str]]:
    """What the pages complain about: errors, refused scripts and styles. There must be none."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
async def open_page(browser: Browser, served: Served, problems: list[str]) -> Opener:
    async def opened(
        *, width: int = 1280, height: int = 800, dark: bool = False, language: str = "en-GB"
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        context.set_default_timeout(5000)
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        await page.goto(served.url)
        return page

    return opened
