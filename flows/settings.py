"""The short conversations about oneself: pause, consents, erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flows.choices import Choice
from flows.engine import Snapshot, flow
from flows.join import NO, YES, consent_question, yes_no
from flows.questions import Day, Item
from flows.script import Name, Script, Template, ask

PAUSES_DAYS = (30, 90, 180)


@dataclass(frozen=True, slots=True)
class Paused:
    """No message that was not asked for before this day."""

    until: date


@dataclass(frozen=True, slots=True)
class Consented:
    """The purposes consented to from now on; all others are withdrawn."""

    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whether everything shall be erased, asked twice."""

    confirmed: bool


@flow("pause")
def pause(me: Snapshot) -> Script[Paused]:
    days = (me.today + timedelta(days=count) for count in PAUSES_DAYS)
    presets = tuple(Item(day.isoformat(), Name("date", day.isoformat())) for day in days)
    until = yield from ask(Day(key="until", text=Template("pause.ask_until"), presets=presets))
    return Paused(until)


@flow("consents")
def consents(me: Snapshot) -> Script[Consented]:
    """Opened with the present consents as marks of the draft. Withdrawing the needed one is
    erasure's business, which /forget asks about."""
    question = consent_question(me.blueprint, "privacy.ask_consents")
    return Consented((yield from ask(question)))


@flow("forget")
def forget(me: Snapshot) -> Script[Erasure]:
    keep = (
        Item(YES, Template("forget.button_erase")),
        Item(NO, Template("forget.button_keep")),
    )
    first = yield from ask(Choice(key="sure", text=Template("forget.ask_sure"), options=keep))
    if first == NO:
        return Erasure(confirmed=False)
    really = yield from ask(
        Choice(key="really", text=Template("forget.ask_really"), options=yes_no())
    )
    return Erasure(confirmed=really == YES)
