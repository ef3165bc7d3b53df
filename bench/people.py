"""The people of the conversation benchmark: what each says and presses, and what they wait for.

The conversation is the registration of an expat with everything it takes: :data:`STEPS` are the
12 turns from ``/start`` to the confirmed card (tests/turn/talks.py has the same).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Say(NamedTuple):
    """Typed. ``{name}`` and ``{number}`` are the person's own."""

    text: str


class Press(NamedTuple):
    """A button, by the key in its data."""

    key: str


STEPS: tuple[Say | Press, ...] = (
    Say("/start"),
    Press("start"),
    Press("agree"),
    Press("expat"),
    Say("{name}"),
    Press("kosice"),
    Say("Berlin"),
    Say("product lead"),
    Press("it"),
    Press("yes"),
    Press("done"),  # the consents: none
    Press("done"),  # the card is right
)
CARD = 11  # steps answered when the card is shown


def key_of(data: str) -> str:
    """The key in a button's data: ``c1.2.abc:=yes`` (ours) and ``yes`` (the peers') are "yes"."""
    return data.rpartition(":")[2].lstrip("=+-!#")


@dataclass(slots=True)
class Figures:
    """What was seen of all people together."""

    answered: int = 0
    waits: list[float] = field(default_factory=list)
    finished: int = 0
    astray: list[str] = field(default_factory=list)  # got something else than an answer
    doubled: int = 0  # answers nobody waited for


class Person:
    """One person in one chat; ``put`` takes their updates, ``clock`` tells seconds."""

    __slots__ = ("clock", "done", "figures", "id", "name", "put", "shown", "since", "step")

    def __init__(
        self,
        number: int,
        figures: Figures,
        put: Callable[[str, dict[str, Any]], None],
        clock: Callable[[], float],
    ) -> None:
        self.id = number
        self.name = f"Jana Nováková {number}"
        self.figures = figures
        self.put = put
        self.clock = clock
        self.step = 0
        self.since: float | None = None  # waiting for an answer since then
        self.shown: dict[str, Any] | None = None  # the message with the newest keyboard
        self.done = False

    def go_on(self) -> None:
        """Say or press the next thing, and wait."""
        step = STEPS[self.step]
        self.since = self.clock()
        if isinstance(step, Say):
            text = step.text.format(name=self.name, number=self.id)
            self.put("message", {"text": text})
            return
        data = self._find(step.key)
        if data is None:
            self._lost(f"no button {step.key!r} at step {self.step}")
            return
        self.put("callback_query", {"data": data, "message": self.shown})

    def hear(self, message: dict[str, Any]) -> bool:
        """A new or redrawn message; whether it answers what the person said last."""
        if self.done:
            self.figures.doubled += 1
            return False
        if self.since is None:
            self.figures.doubled += 1
            return False
        figures = self.figures
        figures.answered += 1
        figures.waits.append(self.clock() - self.since)
        self.since = None
        self.step += 1
        if message.get("reply_markup"):
            self.shown = message
        if self.step == CARD and self.name not in message["text"]:
            self._lost(f"somebody else's card: {message['text'][:80]!r}")
        if self.step == len(STEPS) and not self.done:
            self.done = True
            figures.finished += 1
        return True

    def _lost(self, why: str) -> None:
        self.figures.astray.append(why)
        self.since = None
        self.done = True

    def _find(self, key: str) -> str | None:
        rows = self.shown["reply_markup"]["inline_keyboard"] if self.shown else ()
        found = (b["callback_data"] for row in rows for b in row if "callback_data" in b)
        return next((data for data in found if key_of(data) == key), None)
