"""Conversations in which staff prepare something, one answer before their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.turn.staff import broadcasts, events
from tests.turn.staff.world import MESSAGE, Case

Answers: TypeAlias = Callable[[Case], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Talk:
    """``answers`` are those given so far, ``last`` is what is typed then; ``says`` is what only
    coordinators of cike hear after that. ``about``: the param that names what is changed, and
    where its number stands."""

    flow: str
    answers: Answers
    last: str
    says: str
    logs: str | None = None
    about: Mapping[str, Callable[[Case], int]] = field(default_factory=dict)

    def begin(self, case: Case) -> None:
        params: dict[str, Any] = {"organisations": ["cike"], "audiences": []}
        params |= {name: number(case) for name, number in self.about.items()}
        case.talks(self.flow, params, self.answers(case))


def event(case: Case) -> dict[str, Any]:
    return events.answers_of(case.world.draft, case.blueprint.languages)


def letter(case: Case) -> dict[str, Any]:
    return broadcasts.answers_of(case.world.broadcasts["draft"], case.blueprint.languages)


def when(_case: Case) -> dict[str, Any]:
    return {"way": "at", "day": "2026-11-06"}


def its_event(case: Case) -> int:
    return case.world.draft.id


def its_letter(case: Case) -> int:
    return case.world.broadcasts["draft"].id


KEPT = "Saved as a draft"


def its_message(_case: Case) -> int:
    return MESSAGE


TALKS = {
    "a new event": Talk("staff_event", event, "done", KEPT, "event.create"),
    "a changed event": Talk(
        "staff_event", lambda case: {**event(case), "capacity": 7}, "done", KEPT, "event.change",
        {"event": its_event},
    ),
    "a new broadcast": Talk("staff_broadcast", letter, "done", KEPT, "broadcast.create"),
    "a changed broadcast": Talk(
        "staff_broadcast", letter, "done", KEPT, "broadcast.create", {"broadcast": its_letter}
    ),
    "a time to send it": Talk(
        "staff_when", when, "10:00", "Schedule for 1 person", about={"broadcast": its_letter}
    ),
    "a reply": Talk(
        "staff_reply", lambda _case: {"reply": "See you"}, "Send", "reply is on its way",
        "inbox.reply", {"message": its_message},
    ),
}  # fmt: skip
