"""Who takes part in a round.

Whoever takes part is read in three statements, however many there are; the same statements read a
few of them again when proposals are written, so that a round never proposes whom it could not
have read. On PostgreSQL hold requests and offers first (:func:`hold`), then read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from storage import reach
from storage.mentoring.shapes import words
from storage.moments import as_moment, moment
from storage.statements import Statement, sql
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SeekerRow:
    """An open request that nobody is asked about, of somebody who can be written to. ``timezone``
    and ``organisation`` as in person."""

    request: int
    person: int
    organisation: str | None
    sharing: bool
    language: str
    timezone: str | None
    skills: tuple[str, ...]
    field: str | None
    languages: tuple[str, ...]
    mode: str
    hours: tuple[str, ...]
    waiting_since: datetime
    passed_over: int
    ahead: bool


@dataclass(frozen=True, slots=True)
class MentorRow:
    """A mentor who takes new pairs now. ``places``: how many; not above 0: none at present."""

    person: int
    organisation: str | None
    sharing: bool
    language: str
    timezone: str | None
    skills: tuple[str, ...]
    field: str | None
    languages: tuple[str, ...]
    mode: str
    hours: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True)
class Who:
    """Who may take part: of this ``organisation`` (None: any; mentors are never narrowed), to be
    reached through ``channels`` (None: any). ``asked``: also whose request has a live match.
    ``answered``: no mentor who let a question lapse after this moment and has not been heard of
    since (None: they too)."""

    today: date
    organisation: str | None = None
    channels: tuple[str, ...] | None = None
    asked: bool = False
    answered: datetime | None = None


LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES)
_MENTORING = (
    "EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.purpose = 'mentoring'"
    " AND c.given)"
)
_SHARING = (
    "EXISTS (SELECT 1 FROM consent s WHERE s.person_id = p.id AND s.purpose = 'sharing'"
    " AND s.given)"
)
_THERE = f"p.status IN ('active', 'paused') AND NOT COALESCE({reach.PAUSED}, FALSE)"
_PERSON = f"p.id, p.organisation, {_SHARING}, p.language, p.timezone"
_SEEKERS = (
    f"SELECT r.id, {_PERSON}, r.skills, r.field, r.languages, r.mode, r.hours, r.waiting_since,"
    " r.passed_over, r.ahead FROM mentoring_request r JOIN person p ON p.id = r.person_id"
    f" WHERE r.status = 'open' AND {_MENTORING} AND {_THERE}"
)
_NOT_ASKED = (
    " AND NOT EXISTS (SELECT 1 FROM mentoring_match m WHERE m.request_id = r.id"
    f" AND m.state IN ({LIVE}))"
)
_MENTORS = (
    f"SELECT {_PERSON}, o.skills, p.field, o.languages, o.mode, o.hours, o.capacity - (SELECT"
    " count(*) FROM mentoring_match m WHERE m.mentor_id = o.person_id"
    f" AND m.state IN ({LIVE})) FROM mentor_offer o JOIN person p ON p.id = o.person_id"
    f" WHERE o.status = 'active' AND (o.break_until IS NULL OR o.break_until <= :today)"
    f" AND {_MENTORING} AND {_THERE}"
)
# Who never got the question did not let it lapse.
_ANSWERED = (
    " AND NOT EXISTS (SELECT 1 FROM mentoring_match q WHERE q.mentor_id = o.person_id"
    " AND q.state = 'lapsed' AND q.mentee_asked_at IS NULL AND COALESCE(q.reason, '') <> 'unheard'"
    " AND q.ended_at > :answered AND (p.last_active_at IS NULL OR p.last_active_at <= q.ended_at))"
)
LISTED = {
    "sqlite": "(SELECT value FROM json_each(:{}))",
    "postgresql": "(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:{} AS json)))",
}
# From the open requests to what stands between their owners and others: few rows of either.
_OPEN = "FROM mentoring_request r JOIN {} WHERE r.status = 'open'{}"
_BARRED = (
    ("r.person_id, b.other_id", "mentoring_block b ON b.person_id = r.person_id", ""),
    ("r.person_id, b.person_id", "mentoring_block b ON b.other_id = r.person_id", ""),
    (
        "r.person_id, m.mentor_id",
        "mentoring_match m ON m.mentee_id = r.person_id",
        f" AND m.mentor_id IS NOT NULL AND (m.mentor_asked_at > :since OR m.state IN ({LIVE}))",
    ),
)


def seekers(tx: Transaction, who: Who, only: Iterable[int] | None = None) -> list[SeekerRow]:
    """Whose request a round could serve (``only`` those with these numbers), in their order."""
    params = _params(who, requests=only)
    if who.organisation is not None:
        params["organisation"] = who.organisation
    text = _where(_SEEKERS, who, tx.dialect, "r.id", "requests", few=only is not None)
    text += "" if who.organisation is None else " AND p.organisation = :organisation"
    text += "" if who.asked else _NOT_ASKED
    rows = tx.run(_statement(f"{text} ORDER BY r.id"), **params).fetchall()
    return [_seeker(*row) for row in rows]


def mentors(tx: Transaction, who: Who, only: Iterable[int] | None = None) -> list[MentorRow]:
    """Who could be given somebody, or could when a place comes free (``only`` these people)."""
    text = _where(_MENTORS, who, tx.dialect, "o.person_id", "people", few=only is not None)
    params = _params(who, people=only)
    if who.answered is not None:
        text += _ANSWERED
        params["answered"] = moment(who.answered)
    rows = tx.run(_statement(f"{text} ORDER BY o.person_id"), **params).fetchall()
    return [_mentor(*row) for row in rows]


def barred(
    tx: Transaction, since: datetime, only: Iterable[int] | None = None
) -> frozenset[tuple[int, int]]:
    """(mentee, mentor) who are not to be brought together: one of them or staff asked for it, or
    the mentor was asked after ``since``. Only of requests that are open (``only`` these)."""
    narrowed = "" if only is None else f" AND r.id IN {LISTED[tx.dialect].format('requests')}"
    text = " UNION ALL ".join(
        f"SELECT {columns} {_OPEN.format(join, rest)}{narrowed}" for columns, join, rest in _BARRED
    )
    params: dict[str, Any] = {"since": moment(since)}
    if only is not None:
        params["requests"] = as_json(only)
    rows = tx.run(_statement(text), **params).fetchall()
    return frozenset((mentee, mentor) for mentee, mentor in rows)


def _seeker(
    request: int, person: int, organisation: str | None, sharing: Any, language: str,
    timezone: str | None, skills: str, field: str | None, languages: str, mode: str, hours: str,
    waiting_since: Any, passed_over: int, ahead: int,
) -> SeekerRow:  # fmt: skip
    return SeekerRow(
        request, person, organisation, bool(sharing), language, timezone, words(skills), field,
        words(languages), mode, words(hours), as_moment(waiting_since), passed_over, bool(ahead),
    )  # fmt: skip


def _mentor(
    person: int, organisation: str | None, sharing: Any, language: str, timezone: str | None,
    skills: str, field: str | None, languages: str, mode: str, hours: str, places: int,
) -> MentorRow:  # fmt: skip
    return MentorRow(
        person, organisation, bool(sharing), language, timezone, words(skills), field,
        words(languages), mode, words(hours), places,
    )  # fmt: skip


def _where(text: str, who: Who, dialect: str, column: str, name: str, *, few: bool) -> str:
    channels = "" if who.channels is None else f" AND i.channel IN ({_channels(who.channels)})"
    text += (
        " AND EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id AND i.status = 'ok'"
        f"{channels})"
    )
    return f"{text} AND {column} IN {LISTED[dialect].format(name)}" if few else text


def _channels(channels: tuple[str, ...]) -> str:
    return reach.listed(channels) or "NULL"


def _params(who: Who, **only: Iterable[int] | None) -> dict[str, Any]:
    listed = {name: as_json(numbers) for name, numbers in only.items() if numbers is not None}
    return {"today": who.today.isoformat(), **listed}


def as_json(numbers: Iterable[int]) -> str:
    """Numbers as a parameter of LISTED."""
    return orjson.dumps(sorted(set(numbers))).decode()


@lru_cache(maxsize=64)
def _statement(text: str) -> Statement:
    return sql(text)


_HOLD = (
    ("requests", "SELECT id FROM mentoring_request WHERE id IN {} ORDER BY id FOR UPDATE"),
    (
        "people",
        "SELECT person_id FROM mentor_offer WHERE person_id IN {} ORDER BY person_id FOR UPDATE",
    ),
)


def hold(tx: Transaction, requests: Iterable[int], mentors: Iterable[int]) -> None:
    """Nobody else changes these requests and offers, or gives their places away, before this
    transaction ends."""
    if tx.dialect == "sqlite":
        return
    for (name, text), numbers in zip(_HOLD, (requests, mentors), strict=True):
        statement = _statement(text.format(LISTED["postgresql"].format(name)))
        tx.run(statement, **{name: as_json(numbers)}).fetchall()


def being_asked(tx: Transaction, people: Iterable[int]) -> frozenset[int]:
    """Which of these mentors have a question that they have not answered."""
    statement = _statement(
        "SELECT DISTINCT mentor_id FROM mentoring_match WHERE state = 'asked_mentor'"
        f" AND mentor_id IN {LISTED[tx.dialect].format('people')}"
    )
    return frozenset(row[0] for row in tx.run(statement, people=as_json(people)).fetchall())
