"""A conversation as a file that can be played again.

What is recorded of a line is what it meant (keys of buttons, not their numbers or labels), what
was shown, and what the database then held of the person's conversations. The clock of a
recording stands at a fixed moment and moves by the step, so the same lines give the same file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from bot.cli.chat.screen import show
from bot.cli.chat.session import Session, Step, Stored
from bot.errors import BotError
from bot.turn.context import House
from storage.database import Database
from storage.exports.output import opened

FORMAT = 1
STARTS_AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PACE = timedelta(seconds=5)

# Codes of /link are random; nothing else in a conversation is.
_CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")


class NoRecording(BotError):
    """A file is no recording, or one of another format."""


def steady_clock(start: datetime = STARTS_AT) -> Callable[[], datetime]:
    """A clock that moves by :data:`PACE` each time it is read."""
    moment = start

    def clock() -> datetime:
        nonlocal moment
        moment += PACE
        return moment

    return clock


@dataclass(slots=True)
class Recording:
    """What was said so far, as it will be written."""

    house: House
    language: str | None
    user: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    _before: list[Stored] = field(default_factory=list)

    def add(self, step: Step, stored: list[Stored]) -> None:
        """A step, what it showed, and the conversations that it changed."""
        said = {"pressed": list(step.pressed)} if step.pressed else {"typed": step.line}
        changed = [asdict(now) for now in stored if now not in self._before]
        shown = [_CODE.sub("XXXX-XXXX", show(message)).split("\n") for message in step.shown]
        self.steps.append({**said, "shown": shown, "conversations": changed})
        self._before = stored

    def case(self) -> dict[str, Any]:
        """The whole as plain data."""
        programme = self.house.blueprint.programme
        return {
            "format": FORMAT,
            "blueprint": programme.key,
            "notice_version": programme.notice_version,
            "language": self.language,
            "user": self.user,
            "starts_at": STARTS_AT.isoformat(),
            "steps": self.steps,
        }


def write(case: dict[str, Any], path: Path) -> None:
    """Write a case; the same case gives the same bytes."""
    with opened(path) as file:
        file.write(orjson.dumps(case, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read(path: Path) -> dict[str, Any]:
    """Read a case. Raises NoRecording."""
    try:
        case = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as problem:
        raise NoRecording(f"{path}: is not JSON: {problem}") from None
    if not isinstance(case, dict) or case.get("format") != FORMAT:
        raise NoRecording(f"{path}: is not a recording of format {FORMAT}; record it again")
    return case


def replay(case: dict[str, Any], database: Database, house: House) -> dict[str, Any]:
    """Say all of a case again, on an empty database; gives the case as it reads now.

    Raises LookupError, naming the step, for a button that is not there any more.
    """
    session = Session(
        database, house, case["user"], case["language"],
        steady_clock(datetime.fromisoformat(case["starts_at"])),
    )  # fmt: skip
    recording = Recording(house, case["language"], case["user"])
    for number, step in enumerate(case["steps"], start=1):
        try:
            taken = again(session, step)
        except LookupError as problem:
            raise LookupError(f"step {number}: {problem}") from None
        recording.add(taken, session.stored)
    return recording.case()


def again(session: Session, step: dict[str, Any]) -> Step:
    """Say one recorded step in ``session``."""
    if "pressed" in step:
        return session.press(tuple(step["pressed"]))
    return session.say(step["typed"])
