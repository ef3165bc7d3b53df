"""A call's parameters as the form that python-telegram-bot's own transport would send."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest

from bot.channels.telegram.request import _body, _Plain

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXTS, st.integers(-(2**52), 2**52), st.booleans())
def test_whatever_was_written_is_read(text: str, number: int, yes: bool) -> None:
    keyboard = {"inline_keyboard": [[{"text": text, "callback_data": "a:=b"}]]}
    plain = _Plain({"text": text, "id": number, "yes": yes, "reply_markup": keyboard})
    kind, body = _body(plain)  # type: ignore[arg-type]
    read = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    assert kind == "application/x-www-form-urlencoded"
    assert (read["text"], read["id"], read["yes"]) == (text, str(number), str(yes).lower())
    assert orjson.loads(read["reply_markup"]) == keyboard


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadRequest):
        _body(_Plain({"text": "\ud83d"}))  # type: ignore[arg-type]
