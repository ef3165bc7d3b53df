"""The whole notice as a web page, and the buttons that lead to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from bot.notice_page import routes
from bot.turn.context import House
from bot.web import WebParts, create_app
from tests.fakes.chat import Chat

ADDRESS = "https://bot.example.org/"


async def nothing() -> None:
    return


def client(house: House) -> httpx.AsyncClient:
    app = create_app(WebParts(nothing, pages=routes(house)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example.org")


def linked(chat: Chat, which: int = -1) -> list[tuple[str, str]]:
    """The links below a message."""
    return [(each.label, each.url) for each in chat.log[which].message.links]


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
async def test_the_page_has_the_whole_notice_in_each_language(house: House, language: str) -> None:
    async with client(house) as http:
        page = await http.get(f"/notice/{language}")
        chosen = await http.get("/notice", headers={"accept-language": f"{language};q=0.9, de"})
    assert page.status_code == 200
    assert chosen.text == page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    programme = house.blueprint.programme
    assert f'<html lang="{language}">' in page.text
    for texts in (programme.name, programme.funding_statement):
        assert texts[language] in page.text
    for texts in (programme.purpose, programme.retention, programme.rights):
        for paragraph in texts[language].split("\n\n"):
            assert paragraph in page.text
    for organisation in house.blueprint.organisations:
        assert organisation.privacy_contact in page.text


async def test_there_is_no_page_in_a_language_that_is_not_spoken(house: House) -> None:
    async with client(house) as http:
        assert (await http.get("/notice/xx")).status_code == 404


async def test_the_page_is_linked_beside_the_consent_where_there_is_one(
    chat: Callable[..., Chat], house: House
) -> None:
    jana = chat(locale="sk")
    jana.house = replace(house, public_url=ADDRESS)
    await jana.say("ahoj")
    assert linked(jana) == []
    page = [("Ako webová stránka", "https://bot.example.org/notice/sk")]
    for press in ("start", "read", "next"):
        await jana.press(press)
        assert linked(jana) == page
    await jana.say("/privacy")
    assert linked(jana, -2) == page
    await jana.say("súhlasím")
    assert linked(jana) == []
