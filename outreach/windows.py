"""When most of those who would do something are at home, by organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from outreach.fives import FEW
from storage import homes
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Window:
    """From the day ``begins`` to the day ``ends`` so many ``people`` are at home, every day."""

    organisation: str
    begins: date
    ends: date
    people: int


def windows(tx: Transaction, organisations: Iterable[str], first: date, last: date) -> list[Window]:
    """Stretches of days between the two, those with most people first, then the soonest. Days on
    which fewer than FEW are at home are left out: who travels when is their own affair."""
    found = homes.days(tx, first, last)
    listed = [
        window for each in organisations for window in _stretches(each, found.get(each, Counter()))
    ]
    return sorted(listed, key=lambda each: (-each.people, each.begins, each.organisation))


def _stretches(organisation: str, days: Counter[date]) -> Iterator[Window]:
    """Days in a row with as many people each."""
    open_: Window | None = None
    for day in sorted(day for day, people in days.items() if people >= FEW):
        people = days[day]
        goes_on = open_ is not None and open_.ends + timedelta(days=1) == day
        if open_ is not None and goes_on and open_.people == people:
            open_ = Window(organisation, open_.begins, day, people)
            continue
        if open_ is not None:
            yield open_
        open_ = Window(organisation, day, day, people)
    if open_ is not None:
        yield open_
