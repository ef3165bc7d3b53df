"""``/mydata``: everything held of a person, as a file (GDPR Art. 15 and 20).

Looked up beside the turns, and one at a time: the next when the last one was delivered.
"""

from __future__ import annotations

from typing import Any

import orjson

from bot.turn import conversing
from bot.turn.context import Later, Turn
from messages.message import File
from storage import outbox
from storage.privacy import everything_held
from storage.transaction import Transaction

VARIANT = "mydata"


def mydata(turn: Turn, _argument: str) -> None:
    """Look everything up and send it, unless the last one is still on its way."""
    if _under_way(turn):
        return
    person = turn.who.person

    def look(tx: Transaction) -> File:
        return _as_json(everything_held(tx, person))

    turn.later.append(Later(look, _tell))


def _as_json(held: dict[str, Any]) -> File:
    text = orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
    return File("domov-mydata.json", "application/json", text)


def _tell(turn: Turn, file: File) -> None:
    if _under_way(turn):  # asked twice at once: the other was quicker
        return
    turn.send(turn.message(turn.labels.say("mydata.text"), file=file), variant=VARIANT)
    conversing.carry_on(turn)


def _under_way(turn: Turn) -> bool:
    """Whether one is on its way; the person is told."""
    if not outbox.under_way(turn.tx, turn.who.person, VARIANT):
        return False
    conversing.ask_again(turn, turn.labels.say("mydata.under_way"))
    return True
