"""The short questions between two who are brought together: which contacts the other may have,
when they meet, a word for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flows.choices import Multi
from flows.engine import Snapshot, flow
from flows.questions import Day, Email, Item, Text
from flows.script import Name, Plain, Script, Template, ask, ask_optional
from flows.staff_questions import Clock

CONTACTS = ("email", "linkedin", "chat")
NOTE_LIMIT = 300
DATE_DAYS = (0, 1, 2, 7)
HOURS = ("09:00", "12:00", "15:00", "17:00", "18:00", "19:00")


@dataclass(frozen=True, slots=True)
class Agreed:
    """A yes to a match, and which contacts the other may have. ``email``: typed just now."""

    match: int
    contacts: tuple[str, ...]
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A time, by the clock of who says it: ``hour`` "HH:MM". ``what`` as in the flow's params."""

    match: int
    what: str
    day: date
    hour: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something for staff alone, in their own words; None: they would rather not say.
    ``what`` was asked about: "no", "why" or "stop"."""

    match: int
    what: str
    note: str | None


@flow("mentor_contacts")
def mentor_contacts(me: Snapshot) -> Script[Agreed]:
    """``me.params``: ``match``; ``known`` contact -> what it is ("jana@example.com")."""
    known = {str(kind): str(value) for kind, value in dict(me.params.get("known") or {}).items()}
    question = contacts_question(known)
    contacts = yield from ask(question)
    email = None
    if "email" in contacts and "email" not in known:
        email = yield from ask(EMAIL)
    return Agreed(int(me.params["match"]), contacts, email)


@flow("mentor_date")
def mentor_date(me: Snapshot) -> Script[Dated]:
    """``me.params``: ``match``; ``what`` "date" (they have agreed already) or "suggest"."""
    what = str(me.params.get("what") or "date")
    presets = tuple(
        Item(day.isoformat(), Name("date", day.isoformat()))
        for day in (me.today + timedelta(days=count) for count in DATE_DAYS)
    )
    day = yield from ask(Day(key="day", text=Template(f"mentor.ask_{what}_day"), presets=presets))
    hours = tuple(Item(each, Plain(each)) for each in HOURS)
    hour = yield from ask(Clock(key="hour", text=Template("mentor.ask_hour"), presets=hours))
    return Dated(int(me.params["match"]), what, day, hour)


@flow("mentor_note")
def mentor_note(me: Snapshot) -> Script[Noted]:
    """``me.params``: ``match``; ``what`` it is about: "no", "why" or "stop"."""
    note = yield from ask_optional(NOTE)
    return Noted(int(me.params["match"]), str(me.params["what"]), note)


NOTE = Text(key="note", text=Template("mentor.ask_note"), maximum=NOTE_LIMIT, lines=True,
            optional=True)  # fmt: skip
EMAIL = Email(key="email", text=Template("mentor.ask_email"))


def contacts_question(known: Mapping[str, str]) -> Multi:
    """Those known stand ticked; an e-mail address can be given now."""
    listed = tuple(
        Item(kind, Template(f"mentor.contact_{kind}", {"value": known.get(kind, "")}))
        for kind in CONTACTS
        if kind in known or kind == "email"
    )
    ticked = tuple(kind for kind in CONTACTS if kind in known)
    return Multi(
        key="contacts", text=Template("mentor.ask_contacts"), options=listed, minimum=1,
        ticked=ticked,
    )  # fmt: skip
