"""No message is edited to what it shows already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.outgoing import Action, Outgoing, Unknown
from bot.sending.account import Account
from bot.sending.shown import Shown
from messages import rich
from messages.message import Kind, Message, Option, Widget

BUTTONS = Widget(Kind.BUTTONS, "m", (Option("a", "=a", "A"),))


def card(words: str, action: Action = Action.EDIT, target: str | None = "5") -> Outgoing:
    message = Message(rich.paragraphs(words), "en", BUTTONS)
    return Outgoing(action, "c", "u", message, target)


class Sender:
    """Notes what it is given; ``fails`` once."""

    channel, account = "telegram", "bot"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.fails = False

    async def send(self, outgoing: Outgoing) -> str:
        self.sent.append(outgoing)
        if self.fails:
            self.fails = False
            raise Unknown("no answer")
        return outgoing.target or "5"


async def test_a_second_tap_makes_no_second_call() -> None:
    sender = Sender()
    account = Account(sender)
    for _ in range(5):
        assert await account.send(card("going")) == "5"
    assert await account.send(card("maybe")) == "5"
    assert await account.send(card("going")) == "5"
    assert [rich.plain(each.message.text) for each in sender.sent] == ["going", "maybe", "going"]


async def test_what_was_sent_is_not_sent_into_itself_and_new_messages_always_go() -> None:
    sender = Sender()
    account = Account(sender)
    new = card("going", Action.SEND, None)
    await account.send(new)
    await account.send(card("going"))
    await account.send(new)
    assert sender.sent == [new, new]


async def test_other_chats_messages_and_buttons_are_others() -> None:
    sender = Sender()
    account = Account(sender)
    first = card("going")
    marked = replace(
        first.message, widget=replace(BUTTONS, options=(Option("a", "=a", "A", "on"),))
    )
    others = [
        replace(first, chat="d"), replace(first, target="6"), replace(first, message=marked),
    ]  # fmt: skip
    for each in (first, *others):
        await account.send(each)
    assert sender.sent == [first, *others]


async def test_whether_a_lost_edit_arrived_is_not_assumed() -> None:
    sender = Sender()
    account = Account(sender)
    await account.send(card("going"))
    sender.fails = True
    with pytest.raises(Unknown):
        await account.send(card("maybe"))
    await account.send(card("going"))
    await account.send(card("maybe"))
    assert len(sender.sent) == 4


def test_only_so_many_messages_are_remembered_and_none_without_buttons() -> None:
    shown = Shown(most=3)
    for number in range(5):
        shown.note(card("x", Action.SEND, None), str(number))
    plain = card("x", Action.SEND, None)
    shown.note(replace(plain, message=replace(plain.message, widget=None)), "9")
    shown.note(card("x", Action.HOME, None), "10")
    shown.note(card("x"), "")
    assert len(shown) == 3
    assert [shown.already(card("x", target=str(n))) for n in range(5)] == [False] * 2 + [True] * 3
    assert not shown.already(card("x", Action.SEND, "4"))
