"""Planning a message to an audience: a row a person, due at a decent hour where they live.

Rows are planned in slices by the people's numbers. A slice holds the database's writer for a few
hundredths of a second; the caller stores the cursor in the same transaction, so that a plan
that is interrupted goes on where it stood, with nobody left out or planned twice.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from outreach import hours
from outreach.deciding import Rules
from outreach.kinds import KINDS
from storage import planning
from storage.planning import Wanted
from storage.transaction import Transaction

STRETCH = 2_000  # people in one statement
SLICE_SECONDS = 0.035  # after so long no further statement is begun


@dataclass(frozen=True, slots=True)
class At:
    """At this moment; who sleeps then gets it in the morning."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Local:
    """On this day at this hour ("10:00") where the reader is."""

    day: date
    clock: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be planned.

    ``where`` is SQL over ``p`` (a row of person) with the values ``params``; ``answers``: only
    those who answered to ``event`` so ("going", …). Who does not consent to what the kind asks
    for, or cannot be reached through ``channels``, is left out. ``decent``: moved to a decent
    hour, unless the kind does not wait for one.
    """

    kind: str
    channels: tuple[str, ...]
    due: At | Local
    rules: Rules
    where: str = "TRUE"
    params: Mapping[str, str | int] = field(default_factory=dict)
    answers: tuple[str, ...] | None = None
    broadcast: int | None = None
    event: int | None = None
    variant: str = ""
    expires_at: datetime | None = None
    decent: bool = True
    match: int | None = None
    request: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """People up to the number ``cursor`` are planned; ``planned`` of them got a row just now."""

    cursor: int
    planned: int
    done: bool


def plan_slice(tx: Transaction, source: Planned, cursor: int, now: datetime) -> Slice:
    """Plan for some people behind the number ``cursor`` (0 at first). Repeat until ``done``, with
    the cursor it gives, and store that cursor in the same transaction."""
    wanted = _wanted(source)
    last = planning.last(tx, wanted)
    usual, others = _dues(tx, source, now)
    until = stopwatch.perf_counter() + SLICE_SECONDS
    planned = 0
    with planning.one_by_one(tx):
        while cursor < last:
            upto = min(planning.stretch(tx, wanted, cursor, STRETCH), last)
            planned += planning.insert(tx, wanted, cursor, upto, usual, others, now)
            cursor = upto
            if stopwatch.perf_counter() >= until:
                break
    return Slice(cursor, planned, cursor >= last)


def plan_one(tx: Transaction, source: Planned, person: int, now: datetime) -> int:
    """Plan for one person alone, if they are meant and can be reached; how many rows that is."""
    usual, others = _dues(tx, source, now)
    return planning.insert(tx, _wanted(source), person - 1, person, usual, others, now)


def zone_dues(source: Planned, zones: Iterable[str], now: datetime) -> dict[str, datetime]:
    """zone -> when a message is due there, in UTC; "@cike" is an organisation's own."""
    return {name: _due(source, _there(source.rules, name), now) for name in zones}


def _dues(tx: Transaction, source: Planned, now: datetime) -> tuple[datetime, dict[str, datetime]]:
    """When a message is due in the region's own zone, and where at another moment."""
    usual = _due(source, source.rules.zone, now)
    if isinstance(source.due, At) and not _decent(source):
        return usual, {}
    known = [*planning.zones(tx), *(f"@{key}" for key in source.rules.zones)]
    found = zone_dues(source, known, now)
    return usual, {name: due for name, due in found.items() if due != usual}


def _wanted(source: Planned) -> Wanted:
    kind = KINDS[source.kind]
    return Wanted(
        int(kind.lane), kind.key, source.channels, source.where, source.params, kind.consent,
        source.answers, source.broadcast, source.event, source.variant, source.expires_at,
        source.match, source.request,
    )  # fmt: skip


def _decent(source: Planned) -> bool:
    return source.decent and KINDS[source.kind].quiet


def _there(rules: Rules, name: str) -> str:
    if name.startswith("@"):
        return rules.zone_for(None, name[1:])
    return rules.zone_for(name, None)


def _due(source: Planned, name: str, now: datetime) -> datetime:
    there = hours.known(name)
    if isinstance(source.due, At):
        due = source.due.moment
    else:
        due = hours.local(source.due.day, time.fromisoformat(source.due.clock), there)
    due = max(due, now)
    if not _decent(source):
        return due
    return hours.next_decent(due, there, source.rules.begins, source.rules.ends)
