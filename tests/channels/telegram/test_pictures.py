"""Pictures and files with a message, taking messages back, and posts in a group."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.outgoing import Action, Outgoing, Rejected
from messages.message import Kind, Link, Message, Option, Paragraph, Picture, Span, Widget
from tests.channels.pictures import GONE, PNG, POSTER, PROGRAMME, Store
from tests.channels.telegram.conftest import Turns
from tests.fakes.telegram import TelegramServer, User

GOING = Widget(Kind.BUTTONS, "@e1", (Option("going", "=going", "I'm coming"),))


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def showing(
    server: TelegramServer, turns: Turns, store: Store
) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(server.token, server.url, turns, pictures=store)
    yield channel
    await channel.stop()


@pytest.fixture
def anna(server: TelegramServer) -> User:
    anna = server.user(7, "Anna")
    anna.open()
    return anna


def card(words: str, picture: Picture | None = POSTER, widget: Widget | None = GOING) -> Message:
    return Message((Paragraph((Span(words),)),), widget=widget, picture=picture)


def out(message: Message, action: Action = Action.SEND, target: str | None = None) -> Outgoing:
    return Outgoing(action, "7", "7", message, target=target)


async def test_picture_carries_text_and_buttons(showing: TelegramChannel, anna: User) -> None:
    await showing.send(out(card("Brunch & talk <3")))
    (shown,) = anna.chat
    assert (shown.text, shown.buttons) == ("Brunch & talk <3", ["I'm coming"])
    assert shown.photo is not None
    assert shown.photo.content == PNG


async def test_picture_is_uploaded_once(
    showing: TelegramChannel, server: TelegramServer, store: Store, anna: User
) -> None:
    for person in (7, 8, 9):
        server.user(person).open()
        await showing.send(Outgoing(Action.SEND, str(person), str(person), card("Brunch")))
    assert store.uploads == 1
    given = [call.params["photo"] for call in server.calls if call.method == "sendPhoto"]
    assert [isinstance(each, str) for each in given] == [False, True, True]
    assert all(server.user(person).last.photo for person in (7, 8, 9))


async def test_picture_that_telegram_forgot_is_uploaded_again(
    showing: TelegramChannel, server: TelegramServer, store: Store, anna: User
) -> None:
    store.copies[1] = "a-file-of-another-bot"
    await showing.send(out(card("Brunch")))
    assert len(anna.chat) == 1
    assert store.copies[1] != "a-file-of-another-bot"


async def test_long_text_follows_its_picture(showing: TelegramChannel, anna: User) -> None:
    sent = await showing.send(out(card("x" * 1025)))
    picture, text = anna.chat
    assert (picture.photo is not None, picture.text, picture.buttons) == (True, "", [])
    assert (len(text.text), text.buttons) == (1025, ["I'm coming"])
    assert sent == f"{picture.id}+{text.id}"


async def test_other_files_are_documents(showing: TelegramChannel, anna: User) -> None:
    await showing.send(out(card("The programme", PROGRAMME)))
    (shown,) = anna.chat
    assert shown.document is not None
    assert (shown.document.name, shown.text) == ("programme.pdf", "The programme")


async def test_missing_picture_is_refused(showing: TelegramChannel, anna: User) -> None:
    with pytest.raises(Rejected):
        await showing.send(out(card("Brunch", GONE)))
    assert anna.chat == []


@pytest.mark.parametrize("picture", [POSTER, None], ids=["told", "not told"])
async def test_card_with_picture_is_changed_in_place(
    showing: TelegramChannel, anna: User, picture: Picture | None
) -> None:
    sent = await showing.send(out(card("Brunch")))
    changed = card("Brunch. You are coming.", picture)
    assert await showing.send(out(changed, Action.EDIT, sent)) == sent
    (shown,) = anna.chat
    assert (shown.text, shown.edits) == ("Brunch. You are coming.", 1)
    assert await showing.send(out(changed, Action.EDIT, sent)) == sent  # the same again


async def test_text_below_its_picture_is_changed_in_place(
    showing: TelegramChannel, anna: User
) -> None:
    sent = await showing.send(out(card("x" * 1025)))
    await showing.send(out(card("Shorter now"), Action.EDIT, sent))
    picture, text = anna.chat
    assert (picture.text, text.text) == ("", "Shorter now")


async def test_message_is_taken_back(showing: TelegramChannel, anna: User) -> None:
    sent = await showing.send(out(card("x" * 1025)))
    assert await showing.send(out(card(""), Action.DELETE, sent)) == sent
    assert anna.chat == []
    await showing.send(out(card(""), Action.DELETE, sent))  # gone already


async def test_change_never_sends_anew(showing: TelegramChannel, anna: User) -> None:
    sent = await showing.send(out(card("Brunch")))
    assert await showing.send(out(card("Brunch at ten"), Action.CHANGE, sent)) == sent
    with pytest.raises(Rejected):  # no caption is that long
        await showing.send(out(card("x" * 1025), Action.CHANGE, sent))
    with pytest.raises(Rejected):
        await showing.send(out(card("Brunch"), Action.CHANGE, "999"))
    assert [shown.text for shown in anna.chat] == ["Brunch at ten"]


async def test_change_of_several_parts(showing: TelegramChannel, anna: User) -> None:
    sent = await showing.send(out(card("slovo " * 1000, None)))
    assert await showing.send(out(card("besedo " * 1000, None), Action.CHANGE, sent)) == sent
    first, last = anna.chat
    assert "slovo" not in first.text + last.text
    assert (first.buttons, last.buttons) == ([], ["I'm coming"])
    with pytest.raises(Rejected):
        await showing.send(out(card("word " * 2000, None), Action.CHANGE, sent))


async def test_post_in_a_group_opens_the_chat_with_the_bot(
    showing: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    group = server.group(-1007)
    await showing.start()
    invite = Message(
        (Paragraph((Span("Brunch"),)),), links=(Link("I want to come", "start:event_brunch"),)
    )
    await showing.send(Outgoing(Action.SEND, "-1007", "", invite))
    (shown,) = group.messages.values()
    (button,) = shown.every_button()
    assert button.url == f"https://t.me/{server.bot.username}?start=event_brunch"
