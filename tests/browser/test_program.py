"""The chat page with the whole program behind it, as a process that gets killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests import waiting
from tests.browser.acting import be, log, newest, say
from tests.browser.conftest import PATIENCE

pytestmark = pytest.mark.browser

MAIN = "from bot.cli import main; main()"
ROOT = Path(__file__).parents[2]


class Program:
    """``domov run`` with its own database, on a port that it keeps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors = folder / "errors"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def start(self) -> None:
        await (await self._domov("migrate")).wait()
        self.process = await self._domov("run")
        assert self.process.stdout is not None
        async with asyncio.timeout(waiting.PATIENCE):
            async for line in self.process.stdout:
                if re.search(rb"http://127\.0\.0\.1:\d+/", line):
                    return
        raise AssertionError("the program ended")

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """The exit code after SIGTERM."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(waiting.PATIENCE):
            return await self.process.wait()

    async def _domov(self, command: str) -> Process:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": f"sqlite:///{self.folder / 'living.sqlite3'}",
            "SECRET_KEY": "k" * 40,
            "PORT": str(self.port),
        }
        with self.errors.open("ab") as errors:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", MAIN, command),
                cwd=self.folder,
                env=environment,
                stdout=PIPE,
                stderr=errors,
            )


@pytest_asyncio.fixture(loop_scope="session")
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    running = Program(tmp_path)
    await running.start()
    yield running
    await running.stop()


async def press(page: Page, key: str = "") -> None:
    """Press the newest message's button with this key, or its first, and see it taken."""
    message = newest(page)
    await expect(message.locator(".key").first).to_be_visible()
    number = await log(page).locator(".message.bot").count()
    button = message.locator(f'[data-key="{key}"]' if key else ".key").first
    await button.click()
    await expect(log(page).locator(".message.bot")).to_have_count(number + 1)


async def test_conversation_survives_a_kill(browser: Browser, program: Program) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await page.goto(program.url)
    await be(page, "Jana")
    await page.locator("#start").click()
    await press(page, "start")
    await press(page, "agree")
    await press(page, "expat")
    await expect(newest(page)).to_contain_text("What's your name?")

    await program.kill()
    await say(page, "Jana Nováková")
    await expect(page.locator("#state")).to_have_class("offline")
    await program.start()

    await expect(newest(page)).to_contain_text("Which region do you come from?")
    await expect(log(page).locator(".notice")).to_be_visible()
    await expect(log(page).locator(".failed")).to_have_count(0)
    await expect(log(page).get_by_text("Jana Nováková")).to_have_count(1)

    await page.reload()
    await expect(log(page).locator(".notice")).to_be_visible()
    await press(page)
    await expect(newest(page)).to_contain_text("Where do you live now?")


TYPED = {
    "What's your name?": "Alex <b>No</b>vák",
    "Where do you live now?": "Boston, USA",
    "What do you do": "=HYPERLINK(1) & data",
}

# One format after the other in the same message; a button pressed again at once is a double click.
RATED = {" 1 of 11": "possible", " 2 of 11": "liked", " 3 of 11": "not_for_me"}


async def answer(page: Page) -> None:
    """Answer the open question, whatever it is."""
    message = log(page).locator(".message.bot:has(.key)").last
    words = await message.locator(".text").inner_text()
    typed = next((said for asked, said in TYPED.items() if asked in words), None)
    if typed and not await message.locator('[data-key="yes"]').count():
        return await say(page, typed)
    for marks in (".multi > .key", ".rank > .key"):
        for number in range(min(3, await message.locator(marks).count())):
            button = message.locator(marks).nth(number)
            await button.click()
            await expect(button).to_have_attribute("aria-pressed", "true")
    ways_on = (
        *(f'[data-key="{level}"]' for place, level in RATED.items() if place in words),
        '[data-key="!done"]', '[data-key^="survey_"]', ".keys:not(.controls) .key",
        '[data-key="!skip"]',
    )  # fmt: skip
    for way_on in ways_on:
        if await message.locator(way_on).count():
            return await message.locator(way_on).first.click()
    raise AssertionError(f"no way on from {words!r}")


async def test_registration_and_surveys_to_the_end(browser: Browser, program: Program) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(program.url)
    await be(page, "Alex")
    await page.locator("#start").click()
    await expect(newest(page).locator(".key").first).to_be_visible()
    menu = log(page).locator('[data-key="mydata"]')
    for _ in range(50):
        before = await newest(page).inner_text()
        await answer(page)
        await expect(log(page).locator(".waiting")).to_have_count(0)
        await page.wait_for_function(  # a rating goes on in its own message
            "before => [...document.querySelectorAll("
            "'.log:not([hidden]) .message.bot')].at(-1).innerText !== before",
            arg=before,
        )
        if await menu.count():
            break
    await expect(menu).to_have_count(1)
    await menu.click()
    shown = await downloaded(page, ".html")
    assert shown.startswith('<!doctype html>\n<html lang="en">')
    assert shown.endswith("</html>\n")
    for value in ("Alex &lt;b&gt;No&lt;/b&gt;vák", "Boston", "=HYPERLINK(1) &amp; data"):
        assert value in shown
    held = await downloaded(page, "json")
    for value in ("Alex <b>No</b>vák", "Boston", "=HYPERLINK(1) & data", "willingness", "possible"):
        assert value in held


async def downloaded(page: Page, name: str) -> str:
    """What is in a file that the bot sent."""
    async with page.expect_download() as download:
        await page.get_by_role("link", name=re.compile(f"Download .*{name}")).click()
    return (await (await download.value).path()).read_text("utf-8")


async def test_program_stops_soon_with_the_page_open(browser: Browser, program: Program) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await page.goto(program.url)
    await be(page, "Jana")
    await expect(page.locator("#state")).to_have_text("connected")
    assert await program.stop() == 0
    told = program.errors.read_text()
    assert "graceful shutdown exceeded" not in told, "it waits for the page to go"
