"""A real browser before the chat page. What stands behind it is the fixture ``served``: a
scripted bot here, exchangeable for the whole program."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

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
PATIENCE = 30_000  # milliseconds for what a page does, on a busy machine

expect.set_options(timeout=PATIENCE)


class Opener(Protocol):
    """Opens the page in a browser profile of its own."""

    async def __call__(
        self, *, width: int = 1280, height: int = 800, dark: bool = False, language: str = "en-GB"
    ) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests here, since they share one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest_asyncio.fixture(loop_scope="session")
async def served(bot: ScriptedBot) -> AsyncIterator[Served]:
    bot.channel = preview(bot.handle)
    async with serving(bot.channel) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this worker. On a developer's machine it may be missing, in CI it must not."""
    path = _path()
    if path is None:
        missing = "needs Chromium: /usr/bin/chromium or `chromium` on PATH"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        await running.close()


def _path() -> str | None:
    return str(DEBIAN) if DEBIAN.exists() else shutil.which("chromium")


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """The browser, and afterwards none of the test's windows."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What the pages complain about: errors, refused scripts and styles. There must be none."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_page(browser: Browser, served: Served, problems: list[str]) -> Opener:
    async def opened(
        *, width: int = 1280, height: int = 800, dark: bool = False, language: str = "en-GB"
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        context.set_default_timeout(PATIENCE)
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
