"""The recorded conversations beside this file, and every answer set in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from bot.cli.chat import recording
from bot.turn.context import House
from flows.engine import Snapshot
from messages.words import Words
from storage.database import Database
from tests.outreach import inviting

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*.json"))
BEFORE_EASE = FOLDER / "before" / "ease.json"


@cache
def house() -> House:
    """The one that cases were recorded in: the blueprint that comes with the program."""
    blueprint = load(default_path())
    return House(blueprint, Words(blueprint.languages), "0" * 48, "recorded")


def replay(case: dict[str, Any], database: Database) -> dict[str, Any]:
    """The case as it reads today. A case may name events that there are: the fields of
    :func:`tests.outreach.inviting.event`, moments as ISO text."""
    planned = case.get("events", [])
    with database.transaction() as tx:
        for each in planned:
            inviting.event(tx, **{name: _field(name, value) for name, value in each.items()})
    today = recording.replay(case, database, house())
    return {**today, "events": planned} if planned else today


def _field(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith(("_at", "_until")) else value


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """The accepted answers of one conversation after one step."""

    case: str
    step: int
    flow: str
    params: dict[str, Any]
    facts: dict[str, Any]
    answers: dict[str, Any]
    language: str

    def snapshot(self, blueprint: Blueprint) -> Snapshot:
        """What a flow would know when it is played with these answers."""
        today = date.fromisoformat(self.facts["today"])
        return Snapshot(blueprint, today, self.language, self.facts, self.params)


def answer_sets() -> Iterator[AnswerSet]:
    """Every one that was ever stored, each once."""
    seen: list[tuple[Any, ...]] = []
    for path in CASES:
        case = recording.read(path)
        for number, step in enumerate(case["steps"], start=1):
            for each in step["conversations"]:
                held = (each["flow"], each["params"], each["facts"], each["answers"])
                if each["facts"] and held not in seen:  # of an ended conversation nothing is kept
                    seen.append(held)
                    yield AnswerSet(path.stem, number, *held, case["language"])


def before_ease() -> list[AnswerSet]:
    """The answer sets that were recorded before the first minute and the registration became
    short: conversations that stood there go on."""
    return [AnswerSet(**each) for each in json.loads(BEFORE_EASE.read_text(encoding="utf-8"))]
