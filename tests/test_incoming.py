"""What no database takes is left out of an event, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.incoming import (
    Attachment,
    Command,
    Edited,
    Incoming,
    Left,
    Press,
    Said,
    Submitted,
    Text,
    storable,
)

PLAIN = Incoming("telegram", "1", "7", "7", "1", datetime(2026, 11, 22, tzinfo=UTC), Text("ľúbi"))
ODD = "a\x00b\ud800c😀"
CLEAN = "abc😀"


def test_an_event_as_it_should_be_is_left_alone() -> None:
    assert storable(PLAIN) is PLAIN


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        (Text(ODD), Text(CLEAN)),
        (Press(ODD, ODD), Press(CLEAN, CLEAN)),
        (Command("help", ODD), Command("help", CLEAN)),
        (Edited(ODD), Edited(CLEAN)),
        (Attachment("photo", ODD), Attachment("photo", CLEAN)),
        (Submitted(ODD, {ODD: (ODD, "x")}), Submitted(CLEAN, {CLEAN: (CLEAN, "x")})),
        (Left(), Left()),
    ],
)
def test_what_was_said_can_be_stored(said: Said, stored: Said) -> None:
    assert storable(replace(PLAIN, said=said)) == replace(PLAIN, said=stored)


@pytest.mark.parametrize("name", ["user", "chat", "event_id", "locale", "username", "message"])
def test_whose_it_is_can_be_stored(name: str) -> None:
    assert getattr(storable(replace(PLAIN, **{name: ODD})), name) == CLEAN  # type: ignore[arg-type]
