"""Everybody can use the chat page: small screens, screen readers, both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.acting import be, log, newest, say
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 4


async def everything(page: Page) -> None:
    """A conversation with one of each kind."""
    await be(page, "Jana with a rather long name, Boston")
    for text in ("/start", "skills", "rank", "rating", "/mydata", LONG):
        await say(page, text)
    await expect(newest(page)).to_contain_text(LONG)
    for tick in ("Presenting", "Curiosity"):
        await log(page).locator(".multi").get_by_role("button", name=tick).click()
    await log(page).locator(".rank").get_by_role("button", name="Empathy").click()
    rating = log(page).get_by_role("group", name="Online mentoring")
    await rating.get_by_role("button", name="Gladly").click()
    await expect(log(page).locator("[aria-pressed=true]")).to_have_count(6)


async def sideways(page: Page) -> list[str]:
    """What sticks out of the window, and whether the page itself scrolls."""
    found: list[str] = await page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            const out = [...document.querySelectorAll("main, main *")].filter((one) => {
                const box = one.getBoundingClientRect();
                const hidden = one.closest(".hidden, [hidden], svg");
                return box.width && !hidden && box.right > width + 0.5;
            }).map((one) => `${one.tagName}.${one.className}`);
            for (const one of [document.documentElement, document.getElementById("scroller")]) {
                if (one.scrollWidth > one.clientWidth) out.push(`${one.tagName} scrolls`);
            }
            const page = document.documentElement;
            if (page.scrollHeight > page.clientHeight) out.push("the page is too high");
            if (page.scrollTop || document.body.scrollTop) out.push("the page is shifted");
            return out;
        }"""
    )
    return found


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
async def test_320_pixels_need_no_sideways_scroll(open_page: Opener, language: str) -> None:
    page = await open_page(width=320, height=640, language=language)
    assert await sideways(page) == []
    await be(page, "Jana")
    for text in ("/start", "skills", "rating", "/mydata", LONG):
        await say(page, text)
    await expect(newest(page)).to_contain_text(LONG)
    assert await sideways(page) == []
    await page.locator("#attach").click()
    assert await sideways(page) == []
    await page.keyboard.press("Escape")
    await page.locator("#people-open").click()
    await expect(page.locator("#people-close")).to_be_focused()
    await expect(page.locator("#people .emblem")).to_be_in_viewport()
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.locator("main :focus").count() == 0
    await page.keyboard.press("Escape")
    await expect(page.locator("#people-open")).to_be_focused()
    await expect(page.locator("#people-close")).to_be_hidden()
    await page.locator("#people-open").click()
    await page.locator("#new-person").click()
    box = await page.locator("#person").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize("dark", [False, True])
async def test_text_has_contrast_in_both_themes(open_page: Opener, dark: bool) -> None:
    page = await open_page(dark=dark)
    first = await page.evaluate(CONTRAST)
    await everything(page)
    await page.locator("#attach").click()
    await be(page, "Matej")
    await page.get_by_role("button", name="Jana").click()
    second = await page.evaluate(CONTRAST)
    await page.locator("#edit-person").click()
    third = await page.evaluate(CONTRAST)
    assert first["seen"] > 15
    assert second["seen"] > 60
    assert first["weak"] + second["weak"] + third["weak"] == []


async def test_theme_button_overrules_the_system(open_page: Opener) -> None:
    page = await open_page(dark=True)
    button = page.get_by_role("button", name="Dark theme")
    ground = "getComputedStyle(document.body).backgroundColor"
    await expect(button).to_have_attribute("aria-pressed", "true")
    dark = await page.evaluate(ground)
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "false")
    light = await page.evaluate(ground)
    assert light != dark
    await page.reload()
    assert await page.evaluate(ground) == light


async def test_roles_tell_a_screen_reader_what_is_what(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "/start")
    await expect(newest(page)).to_contain_text("Where do you live?")
    await expect(page.locator("main")).to_match_aria_snapshot(
        """
        - main:
          - heading "Domov" [level=1]
          - paragraph:
            - text: You are Jana
            - status: /connected/
          - button "Change this person"
          - log "Conversation of Jana":
            - paragraph: Today
            - article:
              - text: "You: /start"
              - button "Edit this message"
            - article:
              - list:
                - listitem: mentor somebody
              - group "Answer buttons":
                - button "In the country"
                - button "Abroad"
              - link /About the project/
              - group "Other steps":
                - button "Cancel"
          - button "Send something else"
          - textbox "Write a message"
          - button "Send"
        """
    )
    await expect(page.locator("aside")).to_match_aria_snapshot(
        """
        - complementary "People":
          - button "New person"
          - list:
            - listitem:
              - button /Jana/
          - combobox "Language of this page"
          - button "Dark theme"
          - img "Emblem of the European Union"
          - paragraph: Co-funded by the European Union
        """
    )
    await expect(log(page)).to_have_attribute("aria-live", "polite")
    await expect(log(page)).not_to_have_attribute("aria-busy", "true")


async def test_every_control_has_a_name(open_page: Opener) -> None:
    page = await open_page()
    await everything(page)
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, textarea")]
            .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    buttons = await page.evaluate(
        """() => [...document.querySelectorAll(".multi > .key, .rank > .key, .levels > .key")]
            .map((one) => [one.tagName, one.getAttribute("aria-pressed")])"""
    )
    assert len(buttons) == 12 + 12 + 9
    assert {tag for tag, _ in buttons} == {"BUTTON"}
    assert {pressed for _, pressed in buttons} == {"true", "false"}


async def test_reduced_motion_is_respected(open_page: Opener) -> None:
    page = await open_page()
    await page.emulate_media(reduced_motion="reduce")
    moving = await page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
            const { animationName, transitionDuration } = getComputedStyle(one);
            return animationName !== "none" || parseFloat(transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0


@pytest.mark.parametrize(
    ("language", "statement"),
    [("sk", "Spolufinancovaný Európskou úniou"), ("sl", "Sofinancira Evropska unija")],
)
async def test_page_language_can_be_chosen(
    open_page: Opener, language: str, statement: str
) -> None:
    page = await open_page()
    await page.locator("#page-language").select_option(language)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.locator("#people .funding")).to_have_text(statement)
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", language)


async def test_emblem_follows_the_graphics_guide(open_page: Opener) -> None:
    """Two by three, twelve stars on a circle of a third of the height, one point up each."""
    page = await open_page()
    emblem = page.locator("#people .emblem")
    box = await emblem.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(1.5)
    centres = await emblem.evaluate(
        """(svg) => [...svg.querySelectorAll("polygon")].map((star) => {
            const points = [...star.points].map(({ x, y }) => [x, y]);
            const top = points.reduce((a, b) => (b[1] < a[1] ? b : a));
            return [top[0], top[1] + 30, star.getAttribute("fill")];
        })"""
    )
    assert len(centres) == 12
    assert {fill for _, _, fill in centres} == {"#FFCC00"}
    for x, y, _ in centres:
        assert ((x - 405) ** 2 + (y - 270) ** 2) ** 0.5 == pytest.approx(180, abs=0.05)
    fonts = await page.locator("#people .funding p").evaluate(
        "(p) => getComputedStyle(p).fontFamily"
    )
    assert fonts.startswith("Arial")
