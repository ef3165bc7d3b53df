"""Updates in Domov's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Bot, Update

from bot.channels.telegram.inbound import incoming
from bot.channels.telegram.parsing import heard
from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Incoming,
    Left,
    Location,
    Opened,
    Press,
    Said,
    Text,
)
from tests.fakes.telegram import MEDIA

ANNA = {
    "id": 7,
    "is_bot": False,
    "first_name": "Anna",
    "username": "anna_sk",
    "language_code": "sk",
}
CHAT = {"id": 7, "type": "private", "first_name": "Anna"}
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "from": ANNA, "chat": CHAT, "date": 1_700_000_000, **content}


BOT = Bot("11:x")


def read(**update: Any) -> Incoming | None:
    """The event; the same whether the library reads the update or we do."""
    raw = {"update_id": 9, **update}
    event = heard(raw, "11", BOT, NOW).event
    assert event == incoming(Update.de_json(raw, None), "11", NOW)
    return event


def said(**content: Any) -> Said | None:
    event = read(message=message(**content))
    return event.said if event else None


def test_message_becomes_an_event_of_its_sender() -> None:
    assert read(message=message(text="ahoj")) == Incoming(
        channel="telegram",
        account="11",
        user="7",
        chat="7",
        event_id="9",
        at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        said=Text("ahoj"),
        locale="sk",
        username="anna_sk",
        can=frozenset({"edit", "file"}),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Command("start")),
        ("/Start@Domov_Bot  abc-_1 ", Command("start", "abc-_1")),
        ("/pause\nuntil Monday", Command("pause", "until Monday")),
        ("/", Text("/")),
        ("/ start", Text("/ start")),
        ("/čo", Text("/čo")),
        ("/a/b", Text("/a/b")),
        ("10/10", Text("10/10")),
        ("x" * 20_000, Text("x" * 20_000)),
    ],
)
def test_text_is_a_command_when_it_begins_with_one(text: str, expected: Said) -> None:
    assert said(text=text) == expected


@pytest.mark.parametrize("kind", sorted(MEDIA))
def test_medium_is_an_attachment_with_its_caption(kind: str) -> None:
    content = {kind: MEDIA[kind], "caption": "moja fotka"}
    if kind == "animation":  # Telegram sets both
        content["document"] = MEDIA["document"]
    assert said(**content) == Attachment(kind, "moja fotka")


def test_answer_to_an_earlier_message_says_its_own_text() -> None:
    assert said(text="áno", reply_to_message=message(text="nie")) == Text("áno")
    assert said(text="áno", entities=[{"type": "bold", "offset": 0, "length": 3}]) == Text("áno")


def test_contact_is_own_only_when_telegram_says_so() -> None:
    contact = {"phone_number": "+421900", "first_name": "Anna"}
    assert said(contact={**contact, "user_id": 7}) == Contact(own=True)
    assert said(contact={**contact, "user_id": 8}) == Contact(own=False)
    assert said(contact=contact) == Contact(own=False)


def test_location_and_venue_are_places() -> None:
    place = {"latitude": 48.72, "longitude": 21.26}
    assert said(location=place) == Location(48.72, 21.26)
    venue = {"location": place, "title": "Tabačka", "address": "Košice"}
    assert said(venue=venue, location=place) == Location(48.72, 21.26)


def test_edited_message_says_its_new_text() -> None:
    event = read(edited_message=message(text="nové", edit_date=1_700_000_100))
    assert event is not None
    assert event.said == Edited("nové")


def press(data: str | None, **change: Any) -> Incoming | None:
    query = {"id": "1", "from": ANNA, "chat_instance": "2", "message": message(text="?"), **change}
    return read(callback_query={**query, "data": data} if data is not None else query)


def test_press_carries_the_message_it_was_on_and_the_time_given() -> None:
    event = press("c1.0.q:t3")
    assert event is not None
    assert (event.said, event.message, event.at) == (Press("c1.0.q", "t3"), "5", NOW)


def test_press_on_a_message_too_old_to_read_counts() -> None:
    event = press("m:home", message={"chat": CHAT, "message_id": 4, "date": 0})
    assert event is not None
    assert (event.said, event.message) == (Press("m", "home"), "4")


@pytest.mark.parametrize("data", [None, "nonsense", ":x", "x:"])
def test_press_that_is_nothing_of_ours_is_no_event(data: str | None) -> None:
    assert press(data) is None


def membership(status: str) -> Incoming | None:
    bot = {"id": 11, "is_bot": True, "first_name": "Domov"}
    until = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": CHAT,
        "from": ANNA,
        "date": 1_700_000_000,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, **until},
    }
    return read(my_chat_member=change)


def test_blocking_is_leaving_and_unblocking_is_opening() -> None:
    left, back = membership("kicked"), membership("member")
    assert left is not None
    assert left.said == Left()
    assert back is not None
    assert back.said == Opened("chat")


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="/start", chat={"id": -1, "type": "group", "title": "g"})},
        {"message": message(text="x", chat={"id": -1, "type": "supergroup", "title": "g"})},
        {"message": message(text="x", **{"from": {**ANNA, "is_bot": True}})},
        {"message": message(pinned_message=message(text="x"))},
        {"channel_post": message(text="x")},
        {"some_update_of_2031": {"x": 1}},
        {},
    ],
)
def test_all_else_is_no_event(update: dict[str, Any]) -> None:
    assert read(**update) is None
