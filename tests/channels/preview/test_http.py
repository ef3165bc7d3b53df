"""The chat page over HTTP: a real server, a browser's requests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from bot.channels.preview.access import Access, Mode
from bot.channels.preview.channel import PreviewChannel
from bot.incoming import Incoming, Press, Text
from bot.outgoing import Action, Outgoing, Rejected
from bot.web import WebParts, create_app
from messages.message import File, Message
from tests.channels.pictures import GONE, PNG, POSTER, PROGRAMME, Store
from tests.channels.preview.scripted import ScriptedBot, said
from tests.channels.preview.serving import Served, nothing, preview, serving
from tests.waiting import PATIENCE

JANA = "jana-0000-0001"
MATEJ = "matej-0000-0001"


class Browser:
    """Speaks as the page does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.count = 0

    async def send(self, user: str = JANA, event: str | None = None, **what: Any) -> int:
        self.count += 1
        body = {"user": user, "event_id": event or f"event-{self.count:04}", **what}
        origin = {"Origin": f"http://{self.client.base_url.netloc.decode()}"}
        answer = await self.client.post("/preview/send", json=body, headers=origin)
        return answer.status_code

    @asynccontextmanager
    async def stream(
        self, *users: str, last: str = ""
    ) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any], str]]]:
        """Events as (kind, data, id)."""
        params = {"people": ",".join(users)}
        headers = {"Last-Event-ID": last} if last else {}
        async with self.client.stream(
            "GET", "/preview/stream", params=params, headers=headers
        ) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer.aiter_lines())

    async def shown(self, *users: str, last: str = "") -> list[dict[str, Any]]:
        """All items that a page that opens now would show."""
        items = []
        async with self.stream(*users, last=last) as events:
            async for kind, data, id_ in events:
                if kind == "ready":
                    break
                if kind == "item":
                    items.append({**data, "event_id": id_})
        return sorted(items, key=lambda item: item["number"])


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any], str]]:
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], orjson.loads(fields["data"]), fields.get("id", "")
            fields = {}


@pytest.fixture
async def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
async def served(bot: ScriptedBot) -> AsyncIterator[Served]:
    bot.channel = preview(bot.handle)
    async with serving(bot.channel) as running:
        yield running


@pytest.fixture
async def browser(served: Served) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=served.url, timeout=PATIENCE) as client:
        yield Browser(client)


async def test_conversation_reaches_the_page(browser: Browser, bot: ScriptedBot) -> None:
    assert await browser.send(text="Ahoj", language="sk", name="Jana") == 200
    mine, answer = await browser.shown(JANA)
    assert (mine["sender"], answer["sender"]) == ("me", "bot")
    assert "Ahoj" in mine["html"]
    assert "You said:" in answer["html"]
    event = bot.events[0]
    assert (event.channel, event.account, event.user, event.chat) == (
        "preview",
        "local",
        JANA,
        JANA,
    )
    assert (event.said, event.locale, event.username) == (Text("Ahoj"), "sk", "Jana")
    assert event.can == {"edit", "file"}
    assert event.at.tzinfo is not None


async def test_event_posted_five_times_has_one_effect(browser: Browser, bot: ScriptedBot) -> None:
    for _ in range(5):
        assert await browser.send(event="same-event-1", text="once") == 200
    assert bot.effects == [(JANA, "once")]
    assert [item["sender"] for item in await browser.shown(JANA)] == ["me", "bot"]


async def test_people_see_only_their_own(browser: Browser) -> None:
    await browser.send(JANA, text="from jana")
    await browser.send(MATEJ, text="from matej")
    shown = await browser.shown(MATEJ)
    assert {item["user"] for item in shown} == {MATEJ}
    assert "jana" not in str(shown)


async def test_text_comes_out_as_typed(browser: Browser) -> None:
    text = "<img src=x onerror=alert(1)> & *x* @here =1+1 \u202e\x07"
    await browser.send(text=text)
    for item in await browser.shown(JANA):
        assert "&lt;img src=x onerror=alert(1)&gt; &amp; *x* @here =1+1" in item["html"]
        assert "<img" not in item["html"]


async def test_press_edits_the_message_in_place(browser: Browser, bot: ScriptedBot) -> None:
    await browser.send(text="skills")
    question = (await browser.shown(JANA))[-1]
    assert question["html"].count('aria-pressed="false"') == 12
    press = {"ref": "multi", "press": "+o2"}
    assert await browser.send(press=press, message=question["id"]) == 200
    after = (await browser.shown(JANA))[-1]
    assert (after["id"], after["number"]) == (question["id"], question["number"])
    assert after["seq"] > question["seq"]
    assert after["html"].count('aria-pressed="true"') == 1
    assert bot.events[-1].said == Press("multi", "+o2")
    assert bot.events[-1].message == question["id"]


async def test_press_of_an_unknown_message_gets_a_new_one(
    browser: Browser, bot: ScriptedBot
) -> None:
    await browser.send(press={"ref": "multi", "press": "+o1"}, message="0a0a0a0a.1")
    (item,) = await browser.shown(JANA)
    assert "Which skills" in item["html"]


async def test_stream_tells_what_happens_and_catches_up(browser: Browser) -> None:
    async with browser.stream(JANA) as events:
        assert [(await anext(events))[0], (await anext(events))[0]] == ["hello", "ready"]
        await browser.send(text="one")
        kind, mine, last = await anext(events)
        assert (kind, mine["sender"]) == ("item", "me")
        _, answer, after_answer = await anext(events)
        assert answer["sender"] == "bot"
    await browser.send(text="two")
    missed = await browser.shown(JANA, last=after_answer)
    assert len(missed) == 2
    assert "two" in missed[0]["html"]
    assert len(await browser.shown(JANA, last=last)) == 3


async def test_stream_from_another_run_shows_everything(browser: Browser) -> None:
    await browser.send(text="one")
    assert len(await browser.shown(JANA, last="0a0a0a0a.999")) == 2
    assert len(await browser.shown(JANA, last="nonsense")) == 2


async def test_stop_ends_open_streams(browser: Browser, served: Served) -> None:
    async with browser.stream(JANA) as events:
        await anext(events)
        await served.channel.stop()
        async with asyncio.timeout(PATIENCE):
            assert [kind async for kind, _, _ in events] == ["ready"]


async def test_event_that_failed_can_be_sent_again(browser: Browser, bot: ScriptedBot) -> None:
    bot.broken = 1
    assert await browser.send(event="event-again", text="hello") == 503
    (gone,) = await browser.shown(JANA)
    assert (gone["removed"], gone["html"]) == (True, "")
    assert await browser.send(event="event-again", text="hello") == 200
    mine, _ = await browser.shown(JANA)
    assert (mine["id"], mine["removed"]) == (gone["id"], False)
    assert bot.effects == [(JANA, "hello")]


async def test_edited_message_changes_its_bubble(browser: Browser, bot: ScriptedBot) -> None:
    await browser.send(text="Jnaa")
    mine = (await browser.shown(JANA))[0]
    await browser.send(edited="Jana", message=mine["id"])
    after = next(item for item in await browser.shown(JANA) if item["id"] == mine["id"])
    assert after["edited"]
    assert "Jana" in after["html"]
    assert bot.effects[-1] == (JANA, "Jana")


@pytest.mark.parametrize(
    ("what", "effect"),
    [
        ({"attachment": "sticker"}, "sticker"),
        ({"attachment": "voice"}, "voice"),
        ({"contact": "own"}, "contact own=True"),
        ({"contact": "other"}, "contact own=False"),
        ({"location": [48.1, 17.1]}, "48.1,17.1"),
    ],
)
async def test_other_things_leave_a_bubble_too(
    browser: Browser, bot: ScriptedBot, what: dict[str, Any], effect: str
) -> None:
    assert await browser.send(**what) == 200
    assert bot.effects == [(JANA, effect)]
    assert [item["sender"] for item in await browser.shown(JANA)] == ["me", "bot"]


async def test_file_is_downloaded_by_its_link_only(browser: Browser, served: Served) -> None:
    file = File("moje údaje.json", "application/json", '{"meno": "Ján"}')
    message = Message(said("Here it is"), file=file)
    await served.channel.send(Outgoing(Action.SEND, JANA, JANA, message))
    html = (await browser.shown(JANA))[0]["html"]
    link = html.partition('href="')[2].partition('"')[0]
    answer = await browser.client.get(link)
    assert answer.content.decode() == file.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''moje%20%C3%BAdaje.json"
    )
    assert (await browser.client.get("/preview/file/guess")).status_code == 404


async def test_windows_and_home_pages_are_rejected(served: Served) -> None:
    for action in (Action.FORM, Action.HOME):
        with pytest.raises(Rejected):
            await served.channel.send(Outgoing(action, JANA, JANA, Message(said("x"))))


async def test_page_loads_nothing_from_elsewhere(browser: Browser) -> None:
    page = await browser.client.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert " style=" not in page.text
    assert "onclick" not in page.text


@pytest.mark.parametrize(
    ("language", "statement"),
    [
        ("en", "Co-funded by the European Union"),
        ("sk", "Spolufinancovaný Európskou úniou"),
        ("sl", "Sofinancira Evropska unija"),
    ],
)
async def test_page_speaks_the_readers_language(
    browser: Browser, language: str, statement: str
) -> None:
    page = await browser.client.get("/", headers={"Accept-Language": f"de, {language}-XX;q=0.8"})
    assert f'<html lang="{language}">' in page.text
    assert statement in page.text
    assert page.text.count('role="img"') >= 1


async def test_language_is_remembered(browser: Browser) -> None:
    answer = await browser.client.get("/", params={"language": "sl"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    again = await browser.client.get("/", headers={"Accept-Language": "sk"})
    assert '<html lang="sl">' in again.text
    assert (await browser.client.get("/", params={"language": "xx"})).status_code == 200


async def test_picture_is_shown_by_its_address_only(browser: Browser, served: Served) -> None:
    served.channel.pictures = Store()
    for picture in (POSTER, PROGRAMME, GONE):
        message = Message(said("Brunch"), picture=picture)
        await served.channel.send(Outgoing(Action.SEND, JANA, JANA, message))
    poster, programme, gone = (item["html"] for item in await browser.shown(JANA))
    assert 'class="picture"' in poster
    shown = await browser.client.get(address(poster, "src"))
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["content-disposition"].startswith("inline")
    file = await browser.client.get(address(programme, "href"))
    assert file.headers["content-disposition"].startswith("attachment")
    assert (await browser.client.get(address(gone, "src"))).status_code == 404
    assert (await browser.client.get("/preview/picture/guess")).status_code == 404


def address(html: str, attribute: str) -> str:
    found = re.search(rf'{attribute}="(/preview/[^"]+)"', html)
    assert found, html
    return found[1]


async def test_message_is_taken_back(browser: Browser, served: Served) -> None:
    sent = await served.channel.send(Outgoing(Action.SEND, JANA, JANA, Message(said("Oops"))))
    changed = Outgoing(Action.CHANGE, JANA, JANA, Message(said("Well")), target=sent)
    assert await served.channel.send(changed) == sent
    with pytest.raises(Rejected):
        await served.channel.send(Outgoing(Action.CHANGE, JANA, JANA, Message(()), target="x"))
    back = Outgoing(Action.DELETE, JANA, JANA, Message(()), target=sent)
    assert await served.channel.send(back) == sent
    assert [(item["removed"], item["html"]) for item in await browser.shown(JANA)] == [(True, "")]


async def test_static_files_are_cached_by_their_stamp(browser: Browser, served: Served) -> None:
    stamp = served.channel.renderer.static.stamp
    fresh = await browser.client.get("/preview/static/chat.css", params={"v": stamp})
    assert "immutable" in fresh.headers["cache-control"]
    assert fresh.headers["content-type"].startswith("text/css")
    other = await browser.client.get("/preview/static/chat.js")
    assert other.headers["cache-control"] == "no-cache"
    for name in ("channel.py", "..%2Fchannel.py", "%2E%2E/channel.py"):
        assert (await browser.client.get(f"/preview/static/{name}")).status_code == 404


async def test_posts_from_other_sites_are_refused(browser: Browser, bot: ScriptedBot) -> None:
    body = {"user": JANA, "event_id": "event-evil", "text": "x"}
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = await browser.client.post("/preview/send", json=body, headers=headers)
        assert answer.status_code == 403
    own = {"Origin": str(browser.client.base_url).rstrip("/")}
    form = await browser.client.post("/preview/send", data=body, headers=own)
    assert form.status_code == 415
    assert bot.events == []


async def test_nonsense_is_refused_in_words(browser: Browser) -> None:
    assert await browser.send(attachment="bomb") == 400
    assert await browser.send(user="x", text="a") == 400
    assert await browser.send(text="x" * 1_000_001) == 413


PATHS = (
    "/",
    "/preview/stream?people=x",
    "/preview/static/chat.js",
    "/preview/file/x",
    "/preview/picture/x",
)


@pytest.mark.parametrize(
    ("mode", "client", "host", "status"),
    [
        (Mode.AUTO, "127.0.0.1", "localhost:8000", 200),
        (Mode.AUTO, "192.168.1.9", "192.168.1.2:8000", 403),
        (Mode.AUTO, "127.0.0.1", "rebound.example:8000", 403),
        (Mode.ON, "192.168.1.9", "192.168.1.2:8000", 200),
        (Mode.ON, "192.168.1.9", "rebound.example", 403),
        (Mode.OFF, "127.0.0.1", "localhost:8000", 404),
    ],
)
async def test_page_opens_only_for_those_who_may(
    mode: Mode, client: str, host: str, status: int
) -> None:
    async def handle(_: Incoming) -> None:
        raise AssertionError("nobody may speak here")

    channel: PreviewChannel = preview(handle, Access(mode))
    await channel.stop()  # so that the stream ends
    transport = httpx.ASGITransport(
        create_app(WebParts(nothing, preview=channel)), client=(client, 1)
    )
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as web:
        answers = [await web.get(path) for path in PATHS]
        if status == 200:
            assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404]
            return
        assert [answer.status_code for answer in answers] == [status] * len(PATHS)
        assert "PREVIEW=" in answers[0].text
        body = {"user": JANA, "event_id": "event-0001", "text": "x"}
        posted = await web.post("/preview/send", json=body, headers={"Origin": f"http://{host}"})
        assert posted.status_code == status
