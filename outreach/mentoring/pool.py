"""Who takes part in a round, read from the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach.mentoring.model import Mentor, Pool, Seeker
from storage.mentoring import pool as rows
from storage.mentoring.pool import MentorRow, SeekerRow, Who
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Everybody:
    """``pool``: whom a round is made of; ``full``: mentors who have no place at present."""

    pool: Pool
    full: tuple[Mentor, ...]


def read_pool(
    tx: Transaction,
    organisation: str | None,
    now: datetime,
    blueprint: Blueprint,
    channels: tuple[str, ...] | None,
    requests: Iterable[int] | None = None,
    mentors: Iterable[int] | None = None,
    *,
    asked: bool = False,
    silent: bool = False,
) -> Everybody:
    """Whoever could take part now: the open requests of an ``organisation`` (None: all) that
    nobody is asked about, of people who consent to mentoring, are not paused and can be reached
    through ``channels`` (None: any); every mentor of whom the same is true, who is on no break and
    has not lately left a question without an answer. ``requests`` and ``mentors``: only these;
    ``asked``: also requests that have a live match; ``silent``: also mentors who do not answer."""
    mentoring = blueprint.mentoring
    answered = None if silent else now - timedelta(days=mentoring.again_meet_days)
    who = Who(today(now, blueprint), organisation, channels, asked, answered)
    since = now - timedelta(days=mentoring.again_days)
    seekers = [_seeker(row, now, blueprint) for row in rows.seekers(tx, who, requests)]
    found = [_mentor(row, blueprint) for row in rows.mentors(tx, who, mentors)]
    barred = rows.barred(tx, since, requests)
    free = tuple(each for each in found if each.places > 0)
    full = tuple(each for each in found if each.places <= 0)
    return Everybody(Pool(tuple(seekers), free, barred), full)


def today(now: datetime, blueprint: Blueprint) -> date:
    """The day that it is in the region."""
    return now.astimezone(ZoneInfo(blueprint.zone(None))).date()


def _seeker(row: SeekerRow, now: datetime, blueprint: Blueprint) -> Seeker:
    return Seeker(
        request=row.request,
        person=row.person,
        organisation=row.organisation,
        sharing=row.sharing,
        skills=row.skills,
        field=row.field,
        languages=frozenset(row.languages or (row.language,)),
        mode=row.mode,
        hours=frozenset(row.hours),
        timezone=row.timezone or blueprint.zone(row.organisation),
        waited_days=max((now - row.waiting_since).days, 0),
        passed_over=row.passed_over,
        ahead=row.ahead,
    )


def _mentor(row: MentorRow, blueprint: Blueprint) -> Mentor:
    return Mentor(
        person=row.person,
        organisation=row.organisation,
        sharing=row.sharing,
        skills=frozenset(row.skills),
        field=row.field,
        languages=frozenset(row.languages or (row.language,)),
        mode=row.mode,
        hours=frozenset(row.hours),
        timezone=row.timezone or blueprint.zone(row.organisation),
        places=row.places,
    )
