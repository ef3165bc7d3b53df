"""Nothing that was fetched is lost: updates are confirmed after they were dealt with."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.channels.telegram import polling
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.errors import TokenRefusedError
from bot.incoming import Command, Incoming, Press, Text
from bot.outgoing import Action, Outgoing
from messages.message import Kind, Message, Option, Paragraph, Span, Widget
from tests.channels.telegram.conftest import Turns
from tests.fakes.telegram import TOKEN, TelegramServer, User
from tests.waiting import idle, until


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(polling, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr("bot.channels.telegram.channel.FIRST_WAIT", 0.02)


@pytest.fixture
def anna(server: TelegramServer) -> User:
    return server.user(7, "Anna", language_code="sk")


def question(event: Incoming, words: str) -> Outgoing:
    widget = Widget(Kind.CHOICE, "c1", (Option("y", "ty", "Áno"), Option("n", "tn", "Nie")))
    message = Message((Paragraph((Span(words),)),), widget=widget)
    action = Action.EDIT if event.message else Action.SEND
    return Outgoing(action, event.chat, event.user, message, target=event.message)


def words(turns: Turns) -> list[str]:
    return [event.said.text for event in turns.events if isinstance(event.said, Text)]


async def test_conversation_goes_to_and_fro(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    async def then(event: Incoming) -> None:
        await polling.send(question(event, f"{event.said}"))

    turns.then = then
    await anna.send("/start poster")
    shown = await anna.expect()
    assert shown.text == str(Command("start", "poster"))
    query = await anna.press("Áno")
    shown = await anna.expect()
    assert (shown.text, shown.edits) == (str(Press("c1", "ty")), 1)
    await server.all_taken()
    await polling.stop()
    assert anna.answer_to(query) == {"callback_query_id": query}
    assert [event.locale for event in turns.events] == ["sk", "sk"]


async def test_events_are_handed_over_in_order(
    polling: TelegramChannel, turns: Turns, anna: User
) -> None:
    for number in range(250):
        await anna.send(str(number))
    await turns.wait_for(250)
    assert words(turns) == [str(number) for number in range(250)]


async def test_events_of_a_batch_are_handled_side_by_side(
    channel: TelegramChannel, turns: Turns, server: TelegramServer
) -> None:
    together = asyncio.Barrier(20)

    async def then(event: Incoming) -> None:
        await together.wait()

    turns.then = then
    for number in range(20):
        await server.user(100 + number).send("hello")
    await channel.start()
    assert len(await turns.wait_for(20)) == 20


async def test_updates_are_confirmed_only_after_they_were_committed(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    async def then(event: Incoming) -> None:
        begun.set()
        await release.wait()

    turns.then = then
    await anna.send("one")
    await begun.wait()
    await idle()
    assert len(server.bot.updates.pending) == 1
    release.set()
    await server.all_taken()
    assert words(turns) == ["one"]


async def test_batch_that_could_not_be_stored_is_fetched_again(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    turns.fails = 5
    for text in ("one", "two", "three"):
        await anna.send(text)
    await server.all_taken()
    assert set(words(turns)) == {"one", "two", "three"}
    assert turns.fails == 0


async def test_what_follows_a_failed_event_is_not_confirmed_before_it(
    channel: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    failed = 0

    async def then(event: Incoming) -> None:
        nonlocal failed
        if event.said == Text("two") and failed < 2:
            failed += 1
            raise RuntimeError("the database is away")

    turns.then = then
    for text in ("one", "two", "three"):
        await anna.send(text)
    await channel.start()
    await server.all_taken()
    assert words(turns) == ["one", "three", "three", "two", "three"]


async def test_duplicates_are_passed_on_with_the_same_id(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    server.redeliver(5, shuffled=True)
    await anna.send("one")
    await anna.send("two")
    await turns.wait_for(10)
    await server.all_taken()
    assert sorted({event.event_id for event in turns.events}) == ["1001", "1002"]


async def test_update_that_nobody_can_read_holds_nothing_up(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    server.push("message", {"message_id": "?", "chat": 5})
    server.push("callback_query", {"id": 5, "message": "?"})
    await anna.send("one")
    await server.all_taken()
    assert words(turns) == ["one"]


async def test_strange_service_message_is_no_event(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    person, chat = anna.person, {"id": 7, "type": "private", "first_name": "Anna"}
    timer = {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}
    content = {"message_id": 1, "date": 1, "from": person, "chat": chat, **timer}
    server.push("message", content)
    await anna.send("one")
    await server.all_taken()
    assert words(turns) == ["one"]


async def test_second_poller_is_named_in_the_log_and_survived(
    polling: TelegramChannel,
    turns: Turns,
    anna: User,
    server: TelegramServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = TelegramChannel(server.token, server.url, turns)
    await other.start()
    await until(lambda: "another program polls with this bot's token" in caplog.text)
    await other.stop()
    await anna.send("one")
    await turns.wait_for(1)


@pytest.mark.parametrize(
    "trouble", ["drop_before", "drop_after", "garbage", "cut", "status", "too_fast"]
)
async def test_trouble_while_fetching_loses_nothing(
    server: TelegramServer, channel: TelegramChannel, turns: Turns, anna: User, trouble: str
) -> None:
    server.inject(trouble, method="getUpdates", times=3)
    await anna.send("one")
    await channel.start()
    await turns.wait_for(1)
    await server.all_taken()
    assert words(turns) == ["one"]


async def test_outage_is_survived(
    polling: TelegramChannel,
    turns: Turns,
    anna: User,
    server: TelegramServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await anna.send("one")
    await turns.wait_for(1)
    await server.go_offline()
    await until(lambda: "no updates from Telegram" in caplog.text)
    await anna.send("two")
    await server.start()
    await turns.wait_for(2)
    await server.all_taken()
    assert words(turns) == ["one", "two"]


async def test_start_without_connection_begins_when_there_is_one(
    server: TelegramServer,
    channel: TelegramChannel,
    turns: Turns,
    anna: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await server.go_offline()
    await channel.start()
    assert channel.last_contact is None
    assert "cannot be reached yet" in caplog.text
    await anna.send("one")
    await server.start()
    await turns.wait_for(1)
    assert channel.username == "domov_test_bot"


async def test_start_with_a_wrong_token_says_so(server: TelegramServer, turns: Turns) -> None:
    for token in ("1:wrong", TOKEN + "x"):
        channel = TelegramChannel(token, server.url, turns)
        with pytest.raises(TokenRefusedError, match="TELEGRAM_BOT_TOKEN") as refused:
            await channel.start()
        assert token.partition(":")[2] not in str(refused.value)
        await channel.stop()


async def test_webhook_left_behind_is_removed(
    server: TelegramServer, channel: TelegramChannel, turns: Turns, anna: User
) -> None:
    server.bot.webhook = None
    from tests.fakes.telegram.bots import Webhook

    server.bot.webhook = Webhook("https://old.example.org/", None, 1)
    await channel.start()
    await anna.send("one")
    await turns.wait_for(1)


async def test_stop_finishes_the_batch_and_confirms_it(
    channel: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def then(event: Incoming) -> None:
        started.set()
        await release.wait()

    turns.then = then
    await anna.send("one")
    await channel.start()
    await started.wait()
    stopping = asyncio.create_task(channel.stop())
    await idle()
    assert not stopping.done()
    release.set()
    await stopping
    assert words(turns) == ["one"]
    assert server.bot.updates.pending == []


async def test_stop_is_quick_when_nothing_happens(
    polling: TelegramChannel, server: TelegramServer
) -> None:
    await until(lambda: server.bot.updates.poll)
    stopping = asyncio.create_task(polling.stop())
    await idle()
    assert stopping.done(), "it waits for a poll that Telegram keeps open for 25 s"
    left = [task for task in asyncio.all_tasks() if "bot/channels" in repr(task)]
    assert left == []


async def test_press_whose_answer_fails_does_no_harm(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    async def then(event: Incoming) -> None:
        await polling.send(question(event, str(event.event_id)))

    turns.then = then
    server.inject("drop_before", method="answerCallbackQuery")
    server.inject("error", status=400, description="query is too old", method="answerCallbackQuery")
    await anna.send("hello")
    for _ in range(3):
        await anna.expect()
        await anna.press("Áno")
    await anna.expect()
    await server.all_taken()
    assert len(turns.events) == 4


async def test_a_press_is_answered_before_it_is_confirmed(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Killed in between, it comes again, and its button does not spin for ever."""

    async def then(event: Incoming) -> None:
        await polling.send(question(event, str(event.event_id)))

    turns.then = then
    order: list[str] = []
    call, poll = polling._call, polling._polls.call

    async def calling(method: str, parameters: dict[str, Any]) -> Any:
        result = await call(method, parameters)
        order.append(method)
        return result

    async def polled(url: str, parameters: dict[str, Any], *more: Any) -> Any:
        order.append(f"from {parameters['offset']}")
        return await poll(url, parameters, *more)

    await anna.send("hello")
    await anna.expect()
    await server.all_taken()
    monkeypatch.setattr(polling, "_call", calling)
    monkeypatch.setattr(polling._polls, "call", polled)
    server.inject("slow", seconds=0.1, method="answerCallbackQuery")
    await anna.press("Áno")
    await anna.expect()
    await server.all_taken()
    assert order[0] == "answerCallbackQuery"
    assert order[1].startswith("from ")


async def test_a_press_that_cannot_be_answered_holds_nobody_up(
    polling: TelegramChannel, turns: Turns, anna: User, server: TelegramServer
) -> None:
    async def then(event: Incoming) -> None:
        await polling.send(question(event, str(event.event_id)))

    turns.then = then
    server.inject("hang_before", method="answerCallbackQuery")
    await anna.send("hello")
    for _ in range(2):
        await anna.expect()
        await anna.press("Áno")
    await anna.expect()
    await server.all_taken()
    assert len(turns.events) == 3


async def test_commands_and_descriptions_are_registered_per_language_once(
    server: TelegramServer, turns: Turns
) -> None:
    commands = {"": [("start", "Begin"), ("help", "Help")], "sk": [("start", "Začať")]}
    description = {"": "Home", "sk": "Domov", "sl": "Domov"}
    for _ in range(2):
        channel = TelegramChannel(
            server.token,
            server.url,
            turns,
            commands=commands,
            description=description,
            short_description={"": "Short"},
        )
        await channel.start()
        await channel.registered()
        await channel.stop()
    assert server.counts["setMyCommands"] == 2
    assert server.counts["setMyDescription"] == 3
    assert server.counts["setMyShortDescription"] == 1
    assert server.bot.commands["default:", "sk"] == [{"command": "start", "description": "Začať"}]
    assert server.bot.texts["Description", "sl"] == "Domov"


async def test_groups_name_and_menu_button_are_set_once_too(
    server: TelegramServer, turns: Turns
) -> None:
    for _ in range(2):
        channel = TelegramChannel(
            server.token,
            server.url,
            turns,
            commands={"": [("start", "Begin"), ("help", "Help")]},
            group_commands={"": [("start", "Begin")], "sl": [("start", "Začni")]},
            name={"": "Home", "sl": "Domov"},
            menu_button=True,
        )
        await channel.start()
        await channel.registered()
        await channel.stop()
    assert server.bot.commands["all_group_chats:", "sl"] == [
        {"command": "start", "description": "Začni"}
    ]
    assert len(server.bot.commands["default:", ""]) == 2
    assert server.bot.texts["Name", "sl"] == "Domov"
    assert server.bot.menu_button == {"type": "commands"}
    counts = server.counts
    once = (counts["setMyCommands"], counts["setMyName"], counts["setChatMenuButton"])
    assert once == (3, 2, 1)


async def test_failure_to_register_is_only_logged(
    server: TelegramServer, turns: Turns, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    channel = TelegramChannel(
        server.token, server.url, turns, commands={"sk": [("Zlý príkaz", "x")], "": [("ok", "x")]}
    )
    with caplog.at_level(logging.WARNING):
        await channel.start()
        await channel.registered()
    assert "did not take the commands for language sk" in caplog.text
    assert server.bot.commands == {
        ("default:", ""): [{"command": "ok", "description": "x"}],
    }
    await anna.send("one")
    await turns.wait_for(1)
    await channel.stop()


async def test_number_of_a_group_is_told_when_the_bot_is_added(
    polling: TelegramChannel,
    server: TelegramServer,
    turns: Turns,
    anna: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    group = server.group(-1009, "Košičania vo Viedni")
    change = {
        "chat": group.json(), "from": anna.person, "date": 1_700_000_000,
        "old_chat_member": {"status": "left", "user": server.bot.json()},
        "new_chat_member": {"status": "member", "user": server.bot.json()},
    }  # fmt: skip
    with caplog.at_level(logging.INFO):
        server.push("my_chat_member", change)
        await server.all_taken()
    assert "group 'Košičania vo Viedni', number -1009" in caplog.text
    assert turns.events == []
