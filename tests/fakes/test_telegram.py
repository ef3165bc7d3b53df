"""The local Bot API server refuses what Telegram refuses. Called here with plain HTTP."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.telegram import TOKEN, RateLimits, TelegramServer, User
from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.markup import parse_html
from tests.waiting import idle, jump, until


class Caller:
    """Calls methods as any client would."""

    def __init__(self, server: TelegramServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.token = server.token

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        url = f"{self.server.url}/bot{self.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            body: dict[str, Any] = await answer.json()
        assert body["ok"] == (answer.status == 200)
        return body

    async def result(self, method: str, **params: Any) -> Any:
        body = await self(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """Code and description."""
        body = await self(method, **params)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def call(server: TelegramServer) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(server, session)


@pytest.fixture
def anna(server: TelegramServer) -> User:
    anna = server.user(7, "Anna", language_code="sk")
    anna.open()
    return anna


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


YES = {"text": "Áno", "callback_data": "m:yes"}


# ---- messages ----


async def test_message_is_shown_with_its_buttons(call: Caller, anna: User) -> None:
    text = "<b>Ahoj</b> &amp; vitaj"
    await call.result(
        "sendMessage", chat_id=7, text=text, parse_mode="HTML", reply_markup=inline(YES)
    )
    shown = await anna.expect()
    assert (shown.text, shown.html, shown.buttons) == ("Ahoj & vitaj", text, ["Áno"])
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 4}]


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("a &lt; b &#33; &nbsp;", "a < b ! &nbsp;", []),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ('<a href="https://a.sk/?x=1&amp;y=2">t</a>', "t", [("text_link", 0, 1)]),
    ],
)
def test_html_is_parsed_to_text_and_utf16_entities(
    html: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    parsed, found = parse_html(html)
    assert parsed == text
    assert [(each["type"], each["offset"], each["length"]) for each in found] == entities


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("1 < 2 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("ž<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 4'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_telegram_refuses_is_refused(html: str, problem: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({}, "400 Bad Request: message text is empty"),
        ({"text": ""}, "400 Bad Request: message text is empty"),
        ({"text": " \n\t "}, "400 Bad Request: text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "400 Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "400 Bad Request: message is too long"),
        ({"text": 5}, "400 Bad Request: text must be a String"),
        ({"text": "x", "colour": "red"}, "400 Bad Request: sendMessage has no parameter 'colour'"),
        ({"text": "x", "chat_id": 8}, "400 Bad Request: chat not found"),
        ({"text": "x", "chat_id": None}, "400 Bad Request: chat_id must be an Integer"),
        ({"text": "x", "disable_notification": 5}, "400 Bad Request: disable_notification"),
        (
            {"text": "<b>x</b>" * 101, "parse_mode": "HTML"},
            "400 Bad Request: too many entities in the message",
        ),
    ],
)
async def test_message_that_telegram_refuses_is_refused(
    call: Caller, anna: User, params: dict[str, Any], problem: str
) -> None:
    assert (await call.refused("sendMessage", **{"chat_id": 7, **params})).startswith(problem)
    await anna.expect_nothing()


async def test_message_of_the_longest_text_is_taken(call: Caller, anna: User) -> None:
    await call.result(
        "sendMessage", chat_id=7, text=" <b>" + "😀" * 2048 + "</b>\n", parse_mode="HTML"
    )
    shown = await anna.expect()
    assert shown.text == "😀" * 2048
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 4096}]


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        (inline({**YES, "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (inline({**YES, "callback_data": "č" * 33}), "BUTTON_DATA_INVALID"),
        (inline({"text": "x"}), "exactly one action must be specified"),
        (inline({**YES, "url": "https://a.sk"}), "exactly one action must be specified"),
        (inline({"text": " ", "callback_data": "x"}), "text buttons are unallowed"),
        (inline({"text": "x", "url": "http://localhost:80/"}), "inline keyboard button URL"),
        (inline({"text": "x", "url": "javascript:1"}), "inline keyboard button URL"),
        (inline({**YES, "colour": "red"}), "InlineKeyboardButton has no field 'colour'"),
        (inline(*[YES] * 101), "reply markup is too long"),
        ({"inline_keyboard": [[YES] * 9]}, "reply markup is too long"),
        ("{", "can't parse reply_markup: not JSON"),
    ],
)
async def test_keyboard_that_telegram_refuses_is_refused(
    call: Caller, anna: User, markup: Any, problem: str
) -> None:
    said = await call.refused("sendMessage", chat_id=7, text="x", reply_markup=markup)
    assert said.startswith("400 Bad Request: ")
    assert problem in said


async def test_data_of_64_bytes_is_taken(call: Caller, anna: User) -> None:
    buttons = inline({**YES, "callback_data": "č" * 32}, {"text": "w", "url": "https://a.sk"})
    await call.result("sendMessage", chat_id=7, text="x", reply_markup=buttons)
    assert (await anna.expect()).buttons == ["Áno", "w"]


async def test_edit_changes_the_message_and_says_when_nothing_changes(
    call: Caller, anna: User
) -> None:
    sent = await call.result("sendMessage", chat_id=7, text="one", reply_markup=inline(YES))
    number = sent["message_id"]
    await anna.expect()
    same = {"chat_id": 7, "message_id": number, "text": "one", "reply_markup": inline(YES)}
    assert "message is not modified" in await call.refused("editMessageText", **same)
    await call.result("editMessageText", chat_id=7, message_id=number, text="two")
    shown = await anna.expect()
    assert (shown.id, shown.text, shown.buttons, shown.edits) == (number, "two", [], 1)
    await call.result(
        "editMessageReplyMarkup", chat_id=7, message_id=number, reply_markup=inline(YES)
    )
    assert (await anna.expect()).buttons == ["Áno"]


async def test_edit_of_what_is_not_the_bots_is_refused(call: Caller, anna: User) -> None:
    theirs = await anna.send("hello")
    params = {"chat_id": 7, "text": "x"}
    refused = call.refused
    assert "message can't be edited" in await refused(
        "editMessageText", message_id=theirs.id, **params
    )
    assert "message to edit not found" in await refused("editMessageText", message_id=99, **params)
    assert "identifier is not specified" in await refused("editMessageText", **params)


async def test_message_with_a_reply_keyboard_cannot_be_edited(call: Caller, anna: User) -> None:
    keyboard = {"keyboard": [[{"text": "x"}]]}
    sent = await call.result("sendMessage", chat_id=7, text="one", reply_markup=keyboard)
    said = await call.refused(
        "editMessageText", chat_id=7, message_id=sent["message_id"], text="two"
    )
    assert "message can't be edited" in said


async def test_deleted_message_is_gone(call: Caller, anna: User) -> None:
    sent = await call.result("sendMessage", chat_id=7, text="one")
    await call.result("deleteMessage", chat_id=7, message_id=sent["message_id"])
    assert anna.chat == []
    said = await call.refused("deleteMessage", chat_id=7, message_id=sent["message_id"])
    assert said == "400 Bad Request: message to delete not found"


async def test_document_arrives_by_multipart(call: Caller, anna: User) -> None:
    form = aiohttp.FormData(
        {"chat_id": "7", "caption": "<b>data</b>", "parse_mode": "HTML"}, quote_fields=False
    )
    form.add_field("document", b"{}", filename="moje údaje.json", content_type="application/json")
    url = f"{call.server.url}/bot{call.token}/sendDocument"
    async with call.session.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
    shown = await anna.expect()
    assert shown.document is not None
    assert (shown.document.name, shown.document.content) == ("moje údaje.json", b"{}")
    assert shown.text == "data"


async def test_form_encoded_calls_are_understood(call: Caller, anna: User) -> None:
    form = {
        "chat_id": "7",
        "text": "č + &",
        "disable_notification": "true",
        "reply_markup": '{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}',
    }
    url = f"{call.server.url}/bot{call.token}/SENDMESSAGE"
    async with call.session.post(url, data=form) as answer:
        assert answer.status == 200, await answer.text()
    assert call.server.called("sendMessage")[0].params["disable_notification"] is True
    assert (await anna.expect()).text == "č + &"


# ---- people ----


async def test_writing_first_is_impossible(call: Caller, server: TelegramServer) -> None:
    server.user(7)
    assert await call.refused("sendMessage", chat_id=7, text="x") == (
        "400 Bad Request: chat not found"
    )


async def test_blocked_and_deleted_people_are_forbidden(call: Caller, anna: User) -> None:
    await anna.block()
    assert await call.refused("sendMessage", chat_id=7, text="x") == (
        "403 Forbidden: bot was blocked by the user"
    )
    await anna.unblock()
    await call.result("sendMessage", chat_id=7, text="x")
    anna.deactivate()
    assert await call.refused("sendMessage", chat_id=7, text="x") == (
        "403 Forbidden: user is deactivated"
    )
    changes = [each["my_chat_member"] for each in await call.result("getUpdates")]
    assert [each["new_chat_member"]["status"] for each in changes] == ["kicked", "member"]


async def test_press_carries_the_data_and_is_answered_once(call: Caller, anna: User) -> None:
    await call.result("sendMessage", chat_id=7, text="?", reply_markup=inline(YES))
    query = await anna.press("Á")
    update = (await call.result("getUpdates"))[0]["callback_query"]
    assert (update["id"], update["data"], update["message"]["text"]) == (query, "m:yes", "?")
    assert anna.answer_to(query) is None
    await call.result("answerCallbackQuery", callback_query_id=query, text="ok")
    answer = anna.answer_to(query)
    assert answer is not None
    assert answer["text"] == "ok"
    assert "query is too old" in await call.refused("answerCallbackQuery", callback_query_id=query)


async def test_press_answered_late_is_refused(call: Caller, anna: User) -> None:
    await call.result("sendMessage", chat_id=7, text="?", reply_markup=inline(YES))
    query = await anna.press("Áno")
    jump(call.server.bot.query_lifetime + 1)
    assert "query is too old" in await call.refused("answerCallbackQuery", callback_query_id=query)


async def test_press_on_a_label_that_is_not_there_fails(call: Caller, anna: User) -> None:
    await call.result("sendMessage", chat_id=7, text="?", reply_markup=inline(YES))
    with pytest.raises(AssertionError, match="no button 'Nie'"):
        await anna.press("Nie")


async def test_waiting_for_a_silent_bot_fails_with_the_transcript(anna: User) -> None:
    await anna.send("hello?")
    with pytest.raises(AssertionError, match="you: hello"):
        await anna.expect(within=0.02)


# ---- updates ----


async def test_update_stays_until_a_higher_offset_confirms_it(call: Caller, anna: User) -> None:
    await anna.send("one")
    await anna.send("two")
    first = await call.result("getUpdates")
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert await call.result("getUpdates", offset=first[0]["update_id"]) == first
    assert await call.result("getUpdates", offset=first[1]["update_id"]) == first[1:]
    assert await call.result("getUpdates", offset=first[1]["update_id"] + 1) == []
    assert await call.result("getUpdates") == []


async def test_negative_offset_counts_from_the_end(call: Caller, anna: User) -> None:
    for text in ("one", "two", "three"):
        await anna.send(text)
    last = await call.result("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["three"]
    assert await call.result("getUpdates") == last


async def test_limit_cuts_the_batch(call: Caller, anna: User) -> None:
    for text in ("one", "two"):
        await anna.send(text)
    assert len(await call.result("getUpdates", limit=1)) == 1
    assert (await call.refused("getUpdates", limit=101)).startswith("400")


async def test_long_poll_ends_with_the_next_update(call: Caller, anna: User) -> None:
    poll = asyncio.create_task(call.result("getUpdates", timeout=50))
    await until(lambda: call.server.bot.updates.poll)
    await idle()
    assert not poll.done()
    await anna.send("hello")
    await idle()
    assert poll.done(), "it waits for the end of its time"
    assert len(await poll) == 1


async def test_long_poll_ends_with_its_time(call: Caller, anna: User) -> None:
    poll = asyncio.create_task(call.result("getUpdates", timeout=50))
    await until(lambda: call.server.bot.updates.poll)
    jump(50)
    assert await poll == []


async def test_second_poller_ends_the_first_with_409(call: Caller, anna: User) -> None:
    first = asyncio.create_task(call.refused("getUpdates", timeout=50))
    await until(lambda: call.server.bot.updates.poll)
    second = asyncio.create_task(call.result("getUpdates", timeout=50))
    assert "409 Conflict: terminated by other getUpdates" in await first
    await anna.send("hello")
    assert len(await second) == 1


async def test_kinds_not_asked_for_are_not_kept(call: Caller, anna: User) -> None:
    await call.result("getUpdates", allowed_updates=["callback_query"])
    await anna.send("one")
    assert await call.result("getUpdates", allowed_updates=[]) == []
    await anna.send("two")
    assert len(await call.result("getUpdates")) == 1


async def test_old_presses_are_dropped(call: Caller, anna: User) -> None:
    await call.result("sendMessage", chat_id=7, text="?", reply_markup=inline(YES))
    await anna.press("Áno")
    await anna.send("typed")
    jump(call.server.bot.updates.presses_kept)
    assert [list(each)[1] for each in await call.result("getUpdates")] == ["message"]


async def test_redelivery_repeats_each_update_shuffled(call: Caller, anna: User) -> None:
    call.server.redeliver(5, shuffled=True)
    for number in range(10):
        await anna.send(str(number))
    batch = [update["update_id"] for update in await call.result("getUpdates")]
    assert sorted(batch) == [number for number in sorted(set(batch)) for _ in range(5)]
    assert batch != sorted(batch)


# ---- webhook ----


class Hook:
    """A web server that takes updates and answers with the statuses given, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.taken: list[tuple[str | None, Any]] = []
        self.reply: dict[str, Any] | None = None

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.taken.append((secret, await request.json()))
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return web.Response(status=status)
        return web.json_response(self.reply) if self.reply else web.Response()


async def serve(hook: Hook) -> tuple[web.ServerRunner, str]:
    runner = web.ServerRunner(web.Server(hook), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}/hook"


async def test_webhook_gets_updates_with_the_secret_until_it_takes_them(
    call: Caller, anna: User
) -> None:
    hook = Hook(500, 403)
    runner, url = await serve(hook)
    await call.result("setWebhook", url=url, secret_token="s3cret")
    await anna.send("one")
    await anna.send("two")
    await call.server.all_taken()
    await runner.cleanup()
    assert [update["message"]["text"] for _, update in hook.taken] == ["one", "one", "one", "two"]
    assert {secret for secret, _ in hook.taken} == {"s3cret"}
    assert [status for _, status in call.server.delivery.statuses] == [500, 403, 200, 200]


async def test_webhook_reply_is_carried_out(call: Caller, anna: User) -> None:
    hook = Hook()
    hook.reply = {"method": "sendMessage", "chat_id": 7, "text": "pong"}
    runner, url = await serve(hook)
    await call.result("setWebhook", url=url)
    await anna.send("ping")
    assert (await anna.expect()).text == "pong"
    await runner.cleanup()


async def test_polling_while_a_webhook_is_set_is_a_conflict(call: Caller) -> None:
    await call.result("setWebhook", url="https://example.org/hook")
    assert "409 Conflict: can't use getUpdates" in await call.refused("getUpdates")
    assert (await call.result("getWebhookInfo"))["url"] == "https://example.org/hook"
    await call.result("deleteWebhook")
    assert await call.result("getUpdates") == []


@pytest.mark.parametrize(
    "params",
    [
        {"url": "http://example.org/"},
        {"url": "https://example.org/", "secret_token": "č"},
        {"url": "https://example.org/", "max_connections": 101},
    ],
)
async def test_wrong_webhook_is_refused(call: Caller, params: dict[str, Any]) -> None:
    assert (await call.refused("setWebhook", **params)).startswith("400")


# ---- the bot itself ----


async def test_commands_are_kept_by_language(call: Caller) -> None:
    commands = [{"command": "start", "description": "Začať"}]
    await call.result("setMyCommands", commands=commands, language_code="sk")
    assert await call.result("getMyCommands", language_code="sk") == commands
    assert await call.result("getMyCommands") == []


@pytest.mark.parametrize(
    "commands",
    [
        [{"command": "Start", "description": "x"}],
        [{"command": "a" * 33, "description": "x"}],
        [{"command": "my-data", "description": "x"}],
        [{"command": "start", "description": ""}],
        [{"command": "start", "description": "x" * 257}],
        [{"command": "start", "description": "x"}] * 101,
        [{"command": "start"}],
    ],
)
async def test_wrong_commands_are_refused(call: Caller, commands: list[dict[str, str]]) -> None:
    assert (await call.refused("setMyCommands", commands=commands)).startswith("400")


async def test_descriptions_have_limits_and_languages(call: Caller) -> None:
    await call.result("setMyDescription", description="x" * 512)
    await call.result("setMyShortDescription", short_description="kratko", language_code="sl")
    assert (await call.result("getMyDescription", language_code="sk"))["description"] == "x" * 512
    assert (await call.result("getMyShortDescription"))["short_description"] == ""
    assert (await call.refused("setMyDescription", description="x" * 513)).startswith("400")
    assert (await call.refused("setMyName", name="x" * 65)).startswith("400")


async def test_unknown_methods_and_tokens_are_refused(call: Caller) -> None:
    assert (await call.refused("sendMesage", chat_id=7)).startswith("404")
    assert (await call.refused("sendVideo", chat_id=7)).startswith("501")
    call.token = "1:wrong"
    assert await call.refused("getMe") == "401 Unauthorized"
    call.token = "wrong"
    assert await call.refused("getMe") == "404 Not Found"


async def test_rate_limits_answer_429_with_the_wait() -> None:
    limits = RateLimits(chat_burst=2, overall=4)
    async with TelegramServer(rate_limits=limits) as server, aiohttp.ClientSession() as session:
        call = Caller(server, session)
        server.open_chats(9)
        codes = []
        for chat in (1, 1, 1, 2, 3, 4, 5):
            body = await call("sendMessage", chat_id=chat, text="x")
            codes.append(200 if body["ok"] else body["parameters"]["retry_after"])
        assert codes == [200, 200, 1, 200, 200, 1, 1]


# ---- trouble ----


@pytest.mark.parametrize(
    ("trouble", "carried_out"),
    [("drop_before", 0), ("drop_after", 1), ("cut", 1), ("garbage", 1)],
)
async def test_trouble_on_order_loses_the_answer(
    call: Caller, anna: User, trouble: str, carried_out: int
) -> None:
    call.server.inject(trouble, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=7, text="x")
    assert len(anna.chat) == carried_out
    await call.result("sendMessage", chat_id=7, text="x")


async def test_trouble_can_be_for_one_chat(call: Caller, anna: User) -> None:
    call.server.user(8).open()
    call.server.inject("too_fast", chat=8, seconds=3, times=None)
    await call.result("sendMessage", chat_id=7, text="x")
    said = await call("sendMessage", chat_id=8, text="x")
    assert (said["error_code"], said["parameters"]) == (429, {"retry_after": 3})


async def test_offline_server_refuses_connections_and_comes_back(
    call: Caller, server: TelegramServer
) -> None:
    await call.result("getMe")
    await server.go_offline()
    with pytest.raises(aiohttp.ClientConnectorError):
        await call("getMe")
    await server.start()
    assert (await call.result("getMe"))["username"] == "domov_test_bot"


# ---- as a process ----


async def echo(server: TelegramServer) -> None:
    """For ``--script``: a person writes, and what the bot would fetch is printed."""
    await server.user(1, "User 1").send("hello")
    print([each.update["message"]["text"] for each in server.bot.updates.pending])


async def run_as_process(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telegram", *arguments, stdout=asyncio.subprocess.PIPE
    )


async def test_server_runs_as_a_process_and_prints_its_port() -> None:
    process = await run_as_process("--chats", "3", "--latency-ms", "20")
    assert process.stdout
    port = int(await process.stdout.readline())
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/bot{TOKEN}/sendMessage"
        before = time.monotonic()
        async with session.post(url, json={"chat_id": 3, "text": "x"}) as answer:
            assert answer.status == 200
        assert time.monotonic() - before >= 0.02
    process.terminate()
    await process.wait()


async def test_script_runs_inside_the_process_and_ends_it() -> None:
    process = await run_as_process("--script", "tests.fakes.test_telegram:echo")
    output, _ = await process.communicate()
    assert process.returncode == 0
    assert output.decode().splitlines()[1:] == ["['hello']"]
