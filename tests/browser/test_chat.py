"""Conversations on the chat page, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.acting import be, log, newest, say
from tests.browser.conftest import Opener
from tests.channels.preview.scripted import ScriptedBot
from tests.channels.preview.serving import Served, preview

pytestmark = pytest.mark.browser


async def test_conversation_by_mouse(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page()
    await page.locator(".starter").first.click()
    await page.locator("#start").click()
    await expect(newest(page)).to_contain_text("Where do you live?")
    await page.get_by_role("button", name="Abroad").click()
    await expect(newest(page)).to_contain_text("What's your name?")
    await expect(log(page)).to_contain_text("✓ Abroad")
    await expect(page.get_by_role("button", name="Abroad")).to_have_count(0)
    await expect(page.locator("#write")).to_have_attribute("placeholder", "Your name")
    await say(page, "Jana")
    await expect(newest(page)).to_contain_text("Jana")
    assert [what for _, what in bot.effects] == ["/start", "lives:=abroad", "Jana"]
    assert {event.locale for event in bot.events} == {"sk"}


async def test_conversation_by_keyboard_only(open_page: Opener, bot: ScriptedBot) -> None:
    """Nothing but Tab, Enter, Space, arrows and letters from the first paint on."""
    page = await open_page()
    keys = page.keyboard
    focused = page.locator(":focus")
    await keys.press("Tab")
    await expect(focused).to_have_class("skip")
    await keys.press("Tab")
    await expect(focused).to_have_id("new-person")
    await keys.press("Enter")
    await expect(focused).to_have_id("person-name")
    await keys.type("Jana")
    await keys.press("Enter")
    await expect(focused).to_have_id("write")
    await keys.type("skills")
    await keys.press("Enter")
    await expect(newest(page).locator(".keys.multi")).to_be_visible()

    await keys.press("ArrowUp")
    await expect(focused).to_have_text("Communication")
    await keys.press("ArrowDown")
    await keys.press("Space")
    await expect(focused).to_have_attribute("aria-pressed", "true")
    await expect(focused).to_have_text("Working in a team")
    await keys.press("ArrowRight")
    await keys.press("Enter")
    await expect(focused).to_have_attribute("aria-pressed", "true")
    await expect(focused).to_have_text("Critical thinking")

    while await focused.get_attribute("data-key") != "!done":
        await keys.press("Tab")
    await keys.press("Enter")
    await expect(newest(page)).to_contain_text("Noted: o1, o2")
    await expect(focused).to_have_id("write")
    assert [what for _, what in bot.effects] == ["skills", "multi:+o1", "multi:+o2", "multi:!done"]


async def test_focus_is_always_visible(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "skills")
    await expect(newest(page).locator(".keys.multi")).to_be_visible()
    seen: set[str] = set()
    for _ in range(32):
        await page.keyboard.press("Tab")
        name, ring = await page.evaluate(
            """() => {
                const at = document.activeElement;
                const frame = at.id === "write" ? at.closest(".line") : at;
                const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(frame);
                const outline = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
                const ring = at.id === "write" ? boxShadow !== "none" : outline;
                return [at.id || at.textContent, ring || at === document.body];
            }"""
        )
        seen.add(name)
        assert ring, name
    assert {"write", "send", "attach", "new-person", "theme", "edit-person"} <= seen


async def test_skip_link_leads_to_the_message_box(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await page.reload()
    await expect(page.locator("#composer")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(":focus")).to_have_id("write")


async def test_text_is_shown_as_typed(open_page: Opener) -> None:
    page = await open_page()
    await page.evaluate("() => { window.alert = () => { throw new Error('ran') } }")
    text = "<img src=x onerror=alert(1)> <b>x</b> &amp; @here *y*"
    await be(page, "<img src=x onerror=alert(2)>")
    await say(page, text)
    await expect(newest(page)).to_contain_text(text)
    await expect(log(page).locator(".message.me .text")).to_have_text(text)
    await expect(page.locator("#people-list b")).to_have_text("<img src=x onerror=alert(2)>")
    assert await page.locator("img").count() == 0


async def test_double_click_has_one_effect(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "skills")
    button = page.get_by_role("button", name="Presenting")
    await button.dblclick()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await say(page, "end")
    await expect(newest(page)).to_contain_text("end")
    assert [what for _, what in bot.effects] == ["skills", "multi:+o4", "end"]


async def test_ticks_ranks_and_ratings_show_their_state(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "rank")
    await page.get_by_role("button", name="Presenting").click()
    ranked = page.get_by_role("button", name=re.compile(r"place 1.*Presenting"))
    await expect(ranked).to_have_attribute("aria-pressed", "true")
    await say(page, "rating")
    row = page.get_by_role("group", name="Online mentoring")
    await row.get_by_role("button", name="Perhaps").click()
    await expect(row.get_by_role("button", name="Perhaps")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(row.get_by_role("button", name="Gladly")).to_have_attribute(
        "aria-pressed", "false"
    )


async def test_pages_turn_in_place(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "skills")
    await page.get_by_role("button", name="Next page").click()
    await expect(newest(page)).to_contain_text("Page 2 of 2")
    await expect(page.get_by_role("button", name="Giving feedback")).to_be_visible()
    await expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    await expect(log(page).locator(".message.bot")).to_have_count(1)


async def test_ticking_does_not_move_the_page(open_page: Opener) -> None:
    page = await open_page(width=320, height=640)
    await be(page, "Jana")
    await say(page, "skills")
    await expect(newest(page).locator(".keys.multi")).to_be_visible()
    top = "document.getElementById('scroller').scrollTop"
    for name in ("Presenting", "Curiosity", "Communication"):
        button = page.get_by_role("button", name=name)
        await button.scroll_into_view_if_needed()
        before = await page.evaluate(top)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate(top) == pytest.approx(before, abs=130)


async def test_long_answer_is_read_from_its_beginning(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page(width=320, height=640)
    await be(page, "Jana")
    await say(page, "a long story. " * 150)
    reply = newest(page)
    await expect(reply).to_contain_text("You said:")
    await expect(reply.get_by_text("You said:")).to_be_in_viewport()
    await page.get_by_role("button", name="To the newest message").click()
    await expect(reply.get_by_text("You said:")).not_to_be_in_viewport()
    await expect(reply.locator("time")).to_be_in_viewport()
    await expect(page.locator("#newest")).to_be_hidden()


async def test_old_buttons_can_still_be_pressed(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "skills")
    await say(page, "on we go")
    await expect(newest(page)).to_contain_text("on we go")
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(newest(page)).to_contain_text("That button is old.")


async def test_several_people_in_two_tabs(open_page: Opener, bot: ScriptedBot) -> None:
    first = await open_page()
    await be(first, "Jana")
    await say(first, "I am Jana")
    await expect(newest(first)).to_contain_text("I am Jana")
    await be(first, "Matej")
    await say(first, "I am Matej")
    await expect(newest(first)).to_contain_text("I am Matej")

    second = await first.context.new_page()
    await second.goto(first.url)
    await second.get_by_role("button", name="Jana").click()
    await expect(newest(second)).to_contain_text("I am Jana")
    await expect(log(second)).not_to_contain_text("Matej")
    await say(second, "hello from the second tab")
    await expect(newest(second)).to_contain_text("second tab")

    await expect(first.locator(".person", has_text="Jana").locator(".count")).to_have_text("1")
    await expect(log(first)).not_to_contain_text("second tab")
    await first.get_by_role("button", name="Jana").click()
    await expect(newest(first)).to_contain_text("hello from the second tab")
    await expect(first.locator(".unread:visible")).to_have_count(0)
    assert len({event.user for event in bot.events}) == 2


async def test_reload_keeps_people_and_transcript(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "one")
    await say(page, "two")
    await expect(log(page).locator(".message")).to_have_count(4)
    before = await log(page).locator(".text").all_inner_texts()
    await page.reload()
    await expect(log(page).locator(".message")).to_have_count(4)
    assert await log(page).locator(".text").all_inner_texts() == before
    await expect(page.locator("#who")).to_have_text("You are Jana")


async def test_page_reconnects_and_catches_up(
    open_page: Opener, served: Served, bot: ScriptedBot
) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "before")
    await expect(newest(page)).to_contain_text("before")
    await served.stop()
    await expect(page.locator("#state")).to_have_text("No connection, trying again…")
    await say(page, "while it was away")
    await expect(log(page).locator(".failed")).to_contain_text("Not sent.")

    bot.channel = served.channel = preview(bot.handle)
    await served.start()
    await expect(page.locator("#state")).to_have_text("connected")
    await expect(newest(page)).to_contain_text("while it was away")
    await expect(log(page).locator(".notice")).to_contain_text("nothing is lost")
    await expect(log(page).locator(".failed")).to_have_count(0)
    texts = await log(page).locator(".me .text").all_inner_texts()
    assert texts == ["before", "while it was away"]
    assert [what for _, what in bot.effects] == ["before", "while it was away"]

    await page.reload()
    await expect(log(page).locator(".notice")).to_contain_text("nothing is lost")
    await expect(log(page).locator(".message")).to_have_count(2)


async def test_message_that_failed_says_so_and_is_sent_again(
    open_page: Opener, bot: ScriptedBot
) -> None:
    page = await open_page()
    await be(page, "Jana")
    bot.broken = 3
    await say(page, "hello")
    await expect(log(page).locator(".failed")).to_contain_text("Not sent.")
    assert bot.effects == []
    await page.get_by_role("button", name="Try again").click()
    await expect(newest(page)).to_contain_text("hello")
    await expect(log(page).locator(".failed")).to_have_count(0)
    await expect(log(page).locator(".message.me")).to_have_count(1)


async def test_own_message_can_be_edited(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "Jnaa")
    await expect(newest(page)).to_contain_text("Jnaa")
    await page.get_by_role("button", name="Edit this message").click()
    await expect(page.locator("#write")).to_have_value("Jnaa")
    await say(page, "Jana")
    mine = log(page).locator(".message.me")
    await expect(mine.locator(".text")).to_have_text("Jana")
    await expect(mine).to_contain_text("edited")
    assert bot.effects[-1][1] == "Jana"


async def test_other_things_can_be_sent(open_page: Opener, bot: ScriptedBot) -> None:
    page = await open_page()
    await be(page, "Jana")
    for name in ("Sticker", "Location", "Someone else's contact"):
        await page.get_by_role("button", name="Send something else").click()
        await page.locator("#attach-menu").get_by_role("button", name=name).click()
        await expect(log(page).locator(".message.me").last).to_contain_text(name)
    await expect(log(page).locator(".message.bot")).to_have_count(3)
    assert [what for _, what in bot.effects] == [
        "sticker",
        "48.1486,17.1077",
        "contact own=False",
    ]


async def test_file_can_be_downloaded(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jana")
    await say(page, "/mydata")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download my data.json").click()
    file = await (await download.value).path()
    assert file.read_text() == '{"name": "Jana"}'


async def test_person_can_be_changed_and_removed(open_page: Opener) -> None:
    page = await open_page()
    await be(page, "Jnaa")
    await page.locator("#edit-person").click()
    await page.locator("#person-name").fill("Jana")
    await page.locator("#person-save").click()
    await expect(page.locator("#people-list")).to_contain_text("Jana")
    await page.locator("#edit-person").click()
    await page.get_by_role("button", name="Remove from this page").click()
    await expect(page.locator("#welcome")).to_be_visible()
    await page.reload()
    await expect(page.locator("#people-list li")).to_have_count(0)
