"""What the browser posts, read into Incoming's words."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from bot.channels.preview.said import BadRequest, Posted, read, typed
from bot.incoming import Attachment, Command, Contact, Edited, Location, Press, Said, Text

WHO: dict[str, Any] = {"user": "jana-1234", "event_id": "event-0001"}


def post(**data: Any) -> Posted:
    return read(orjson.dumps({**WHO, **data}))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": "Ahoj\n<b>svet</b>"}, Text("Ahoj\n<b>svet</b>")),
        ({"text": "/start"}, Command("start")),
        ({"text": "/Start p_1 "}, Command("start", "p_1")),
        ({"edited": "/start"}, Edited("/start")),
        ({"press": {"ref": "m", "press": "*a,b"}}, Press("m", "*a,b")),
        ({"attachment": "voice"}, Attachment("voice")),
        ({"attachment": "photo", "caption": "me"}, Attachment("photo", "me")),
        ({"contact": "own"}, Contact(own=True)),
        ({"contact": "other"}, Contact(own=False)),
        ({"location": [48.1, 17]}, Location(48.1, 17.0)),
    ],
)
def test_read_knows_everything_the_page_sends(data: dict[str, Any], said: Said) -> None:
    assert post(**data) == Posted("jana-1234", "event-0001", said)


def test_read_keeps_language_name_and_message() -> None:
    posted = post(text="a", language="sk", name="Jana", message="x.1")
    assert (posted.language, posted.name, posted.message) == ("sk", "Jana", "x.1")


def test_read_takes_very_long_text_whole() -> None:
    assert post(text="x" * 500_000).said == Text("x" * 500_000)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": ""},
        {"text": " \n "},
        {"text": 5},
        {"text": "a", "user": "x"},
        {"text": "a", "user": "../../etc/passwd"},
        {"text": "a", "event_id": "no spaces please"},
        {"text": "a", "language": "<b>"},
        {"text": "a", "name": ["x"]},
        {"press": "m:x"},
        {"press": {"ref": "", "press": "x"}},
        {"press": {"ref": "m", "press": "x" * 2000}},
        {"attachment": "bomb"},
        {"location": [91, 0]},
        {"location": ["a", "b"]},
        {"location": 7},
        {"contact": True},
    ],
)
def test_read_refuses_what_the_page_never_sends(data: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read(orjson.dumps({**WHO, **data}))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"user": "\\ud800"}', b"\xff"])
def test_read_refuses_what_is_no_object(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read(body)


@pytest.mark.parametrize("text", ["/", "/ start", "//start", "/čo", "say /start", "/a" * 20])
def test_typed_takes_only_whole_commands(text: str) -> None:
    assert typed(text) == Text(text)
