"""When somebody is next at home, asked by itself once the visit they spoke of is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.engine import Snapshot, flow
from flows.questions import Day
from flows.script import Script, Template, ask


@dataclass(frozen=True, slots=True)
class NextHome:
    """They are next at home around this day."""

    day: date


@flow("home")
def home(me: Snapshot) -> Script[NextHome]:
    return NextHome((yield from ask(Day(key="next_home", text=Template("fresh.ask_home")))))
