"""Updates that Telegram posts: over real HTTP, through a small web server as the app has one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from bot.channels.telegram.channel import TelegramChannel
from bot.incoming import Attachment, Incoming, Text
from bot.outgoing import Action, Outgoing
from messages.message import Kind, Message, Option, Paragraph, Span, Widget
from tests.channels.telegram.conftest import Turns
from tests.fakes.telegram import TelegramServer, User
from tests.waiting import idle

SECRET = "s3cret_-"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hooked:
    """A channel with a webhook, and the address it is mounted at."""

    def __init__(self, server: TelegramServer, turns: Turns) -> None:
        self._server, self._turns = server, turns
        self.channel: TelegramChannel
        self._runner = web.ServerRunner(web.Server(self._post), shutdown_timeout=0.1)

    async def _post(self, request: web.BaseRequest) -> web.Response:
        answer = await self.channel.webhook(await request.read(), request.headers.get(HEADER))
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")

    async def __aenter__(self) -> Hooked:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/telegram/webhook"
        self.channel = TelegramChannel(
            self._server.token,
            self._server.url,
            self._turns,
            webhook_url=self.url,
            webhook_secret=SECRET,
        )
        await self.channel.start()
        await self.channel.registered()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.channel.stop()
        await self._runner.cleanup()


@pytest.fixture
async def hooked(server: TelegramServer, turns: Turns) -> AsyncIterator[Hooked]:
    async with Hooked(server, turns) as hooked:
        yield hooked


@pytest.fixture
def anna(server: TelegramServer) -> User:
    return server.user(7, "Anna", language_code="sk")


async def test_webhook_is_set_with_its_secret(hooked: Hooked, server: TelegramServer) -> None:
    (call,) = server.called("setWebhook")
    assert call.params["url"] == hooked.url
    assert call.params["secret_token"] == SECRET
    assert set(call.params["allowed_updates"]) == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    }


async def test_conversation_goes_to_and_fro(
    hooked: Hooked, turns: Turns, anna: User, server: TelegramServer
) -> None:
    async def then(event: Incoming) -> None:
        widget = Widget(Kind.CHOICE, "c1", (Option("y", "ty", "Áno"),))
        message = Message((Paragraph((Span(event.event_id),)),), widget=widget)
        await hooked.channel.send(Outgoing(Action.SEND, event.chat, event.user, message))

    turns.then = then
    await anna.send("/start")
    assert (await anna.expect()).text == "1001"
    query = await anna.press("Áno")
    assert (await anna.expect()).text == "1002"
    await server.all_taken()
    assert anna.answer_to(query) == {"callback_query_id": query}, "answered by the reply itself"
    assert hooked.channel.last_contact is not None


async def test_update_is_delivered_again_until_it_is_committed(
    hooked: Hooked, turns: Turns, anna: User, server: TelegramServer
) -> None:
    turns.fails = 2
    await anna.send("one")
    await server.all_taken()
    assert [event.said for event in turns.events] == [Text("one")]
    assert [status for _, status in server.delivery.statuses] == [503, 503, 200]


async def test_answer_waits_for_the_commit(
    hooked: Hooked, turns: Turns, anna: User, server: TelegramServer
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def then(event: Incoming) -> None:
        begun.set()
        await release.wait()

    turns.then = then
    await anna.send("one")
    await begun.wait()
    await idle()
    assert server.delivery.statuses == []
    release.set()
    await server.all_taken()


async def test_five_deliveries_are_passed_on_with_one_id(
    hooked: Hooked, turns: Turns, anna: User, server: TelegramServer
) -> None:
    server.redeliver(5, shuffled=True)
    for text in ("one", "two", "three"):
        await anna.send(text)
    await turns.wait_for(15)
    assert sorted({event.event_id for event in turns.events}) == ["1001", "1002", "1003"]


@pytest.mark.parametrize("secret", [None, "", "s3cret", SECRET + "x", "š", SECRET.upper()])
async def test_wrong_secret_is_refused(hooked: Hooked, turns: Turns, secret: str | None) -> None:
    update = {"update_id": 1, "message": {}}
    assert await hooked.channel.webhook(orjson.dumps(update), secret) == (403, b"")
    assert turns.events == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"{}", b'{"update_id": "1"}', b'{"update_id": true}']
)
async def test_nonsense_is_refused(hooked: Hooked, turns: Turns, body: bytes) -> None:
    assert await hooked.channel.webhook(body, SECRET) == (400, b"")
    assert turns.events == []


@pytest.mark.parametrize(
    "content", [{"message": 5}, {"callback_query": {}}, {"message": {}}, {"new_in_2031": {}}]
)
async def test_update_that_nobody_can_read_is_taken(
    hooked: Hooked, turns: Turns, content: dict[str, Any]
) -> None:
    body = orjson.dumps({"update_id": 1, **content})
    assert (await hooked.channel.webhook(body, SECRET)).status == 200
    assert turns.events == []


async def test_channel_that_polls_takes_no_posts(polling: TelegramChannel) -> None:
    assert await polling.webhook(b'{"update_id": 1}', None) == (403, b"")
    assert await polling.webhook(b'{"update_id": 1}', "") == (403, b"")


async def test_webhook_without_secret_is_no_setting(server: TelegramServer, turns: Turns) -> None:
    with pytest.raises(ValueError, match="secret"):
        TelegramChannel(server.token, server.url, turns, webhook_url="https://a.sk/hook")


async def test_forged_post_is_refused_over_http(hooked: Hooked, turns: Turns) -> None:
    async with aiohttp.ClientSession() as session:
        for headers, status in (({}, 403), ({HEADER: "x"}, 403), ({HEADER: SECRET}, 400)):
            async with session.post(hooked.url, data=b"x", headers=headers) as answer:
                assert answer.status == status
    assert turns.events == []


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"text": ["no", "text"]}},
        {"message": {"photo": "no photo"}},
        {"edited_message": {"date": "yesterday"}},
        {"something_of_2031": {"what": 1}},
    ],
)
async def test_update_that_cannot_be_read_is_a_thing_that_is_no_words(
    hooked: Hooked, turns: Turns, update: dict[str, dict[str, Any]]
) -> None:
    """Whose it is can be seen."""
    whose = {
        "message_id": 5,
        "date": 1_700_000_000,
        "from": {"id": 7, "is_bot": False, "first_name": "Anna"},
        "chat": {"id": 7, "type": "private"},
    }
    for number, (kind, part) in enumerate(update.items()):
        body = orjson.dumps({"update_id": number, kind: {**whose, **part}})
        assert (await hooked.channel.webhook(body, SECRET)).status == 200
    if "something_of_2031" in update:
        assert turns.events == []
    else:
        assert [event.said for event in turns.events] == [Attachment("other")]
        assert turns.events[0].chat == "7"


async def test_press_that_cannot_be_read_stops_spinning_and_is_answered(
    hooked: Hooked, turns: Turns
) -> None:
    anna = {"id": 7, "is_bot": False, "first_name": "Anna"}
    message = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "?"}
    query = {"id": "99", "from": anna, "message": message, "data": {"not": "a text"}}
    body = orjson.dumps({"update_id": 1, "callback_query": query})
    answer = await hooked.channel.webhook(body, SECRET)
    assert (answer.status, b'"99"' in answer.body) == (200, True)
    assert [event.said for event in turns.events] == [Attachment("other")]
