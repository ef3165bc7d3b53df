"""What a person does with the page."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect


async def be(page: Page, name: str) -> None:
    """Become somebody new."""
    if await page.locator("#welcome").is_visible():
        await page.locator("#starter-new").click()
    else:
        if not await page.locator("#new-person").is_visible():
            await page.locator("#people-open").click()
        await page.locator("#new-person").click()
    await page.locator("#person-name").fill(name)
    await page.locator("#person-save").click()
    await expect(page.locator("#start")).to_be_visible()


async def say(page: Page, text: str) -> None:
    await page.locator("#write").fill(text)
    await page.locator("#write").press("Enter")


def log(page: Page) -> Locator:
    """The conversation that is shown."""
    return page.locator(".log:not([hidden])")


def newest(page: Page) -> Locator:
    """The last thing that the bot said."""
    return log(page).locator(".message.bot").last
