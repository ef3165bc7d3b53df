"""``/mydata``: everything held of a person (GDPR Art. 15 and 20): a page to read, and the same for
another program.

Looked up beside the turns, and one at a time: the next when the last one was delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bot.turn import conversing
from bot.turn.context import Later, Turn
from messages.message import File
from storage import outbox
from storage.disclosed import event_titles
from storage.privacy import everything_held
from storage.transaction import Transaction

VARIANT = "mydata"
DATA_NAME = "domov-mydata.json"


def mydata(turn: Turn, _argument: str) -> None:
    """Look everything up and send it, unless the last one is still on its way."""
    if _under_way(turn):
        return
    person, language, house, now = turn.who.person, turn.who.language, turn.house, turn.now

    def look(tx: Transaction) -> tuple[File, File] | None:
        from bot.turn.copy.made import Copy  # noqa: PLC0415 - see page
        from bot.turn.copy.page import page  # noqa: PLC0415 - the exports' labels

        held = everything_held(tx, person)
        if "person" not in held:
            return None
        titles = {
            number: orjson.loads(title).get(language) or key
            for number, key, title in event_titles(tx, person)
        }
        made = page(Copy(held, titles, language, house.blueprint, house.words, now))
        name = house.words.text("mydata.page_name", language)
        return File(f"{name}.html", "text/html", made), _as_json(held)

    turn.later.append(Later(look, _tell))


def _as_json(held: Mapping[str, Any]) -> File:
    text = orjson.dumps(held, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
    return File(DATA_NAME, "application/json", text)


def _tell(turn: Turn, files: tuple[File, File] | None) -> None:
    if files is None or _under_way(turn):  # asked twice at once: the other was quicker
        return
    page, data = files
    turn.send(turn.message(turn.labels.say("mydata.text"), file=page), variant=VARIANT)
    turn.send(turn.message(turn.labels.say("mydata.machine"), file=data), variant=VARIANT)
    conversing.carry_on(turn)


def _under_way(turn: Turn) -> bool:
    """Whether one is on its way; the person is told."""
    if not outbox.under_way(turn.tx, turn.who.person, VARIANT):
        return False
    conversing.ask_again(turn, turn.labels.say("mydata.under_way"))
    return True
