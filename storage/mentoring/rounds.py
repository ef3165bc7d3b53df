"""Rounds: who takes part, and what came of them.

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
from storage.mentoring.shapes import Shape, words
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
    reached through ``channels`` (None: any). ``asked``: also whose request has a live match."""

    today: date
    organisation: str | None = None
    channels: tuple[str, ...] | None = None
    asked: bool = False


_LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES)
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
    f" AND m.state IN ({_LIVE}))"
)
_MENTORS = (
    f"SELECT {_PERSON}, o.skills, p.field, o.languages, o.mode, o.hours, o.capacity - (SELECT"
    " count(*) FROM mentoring_match m WHERE m.mentor_id = o.person_id"
    f" AND m.state IN ({_LIVE})) FROM mentor_offer o JOIN person p ON p.id = o.person_id"
    f" WHERE o.status = 'active' AND (o.break_until IS NULL OR o.break_until <= :today)"
    f" AND {_MENTORING} AND {_THERE}"
)
_LISTED = {
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
        f" AND m.mentor_id IS NOT NULL AND (m.mentor_asked_at > :since OR m.state IN ({_LIVE}))",
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
    statement = _statement(f"{text} ORDER BY o.person_id")
    rows = tx.run(statement, **_params(who, people=only)).fetchall()
    return [_mentor(*row) for row in rows]


def barred(
    tx: Transaction, since: datetime, only: Iterable[int] | None = None
) -> frozenset[tuple[int, int]]:
    """(mentee, mentor) who are not to be brought together: one of them or staff asked for it, or
    the mentor was asked after ``since``. Only of requests that are open (``only`` these)."""
    narrowed = "" if only is None else f" AND r.id IN {_LISTED[tx.dialect].format('requests')}"
    text = " UNION ALL ".join(
        f"SELECT {columns} {_OPEN.format(join, rest)}{narrowed}" for columns, join, rest in _BARRED
    )
    params: dict[str, Any] = {"since": moment(since)}
    if only is not None:
        params["requests"] = _json(only)
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
    return f"{text} AND {column} IN {_LISTED[dialect].format(name)}" if few else text


def _channels(channels: tuple[str, ...]) -> str:
    return reach.listed(channels) or "NULL"


def _params(who: Who, **only: Iterable[int] | None) -> dict[str, Any]:
    listed = {name: _json(numbers) for name, numbers in only.items() if numbers is not None}
    return {"today": who.today.isoformat(), **listed}


def _json(numbers: Iterable[int]) -> str:
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
        statement = _statement(text.format(_LISTED["postgresql"].format(name)))
        tx.run(statement, **{name: _json(numbers)}).fetchall()


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round; see the table."""

    id: int
    organisation: str | None
    trigger: str
    unattended: int
    requests: int
    places: int
    proposed: int
    score: int
    bound: int
    created_by: int | None
    created_at: datetime


SHAPE = Shape(RoundRow, "mentoring_round")
_INSERT = sql(SHAPE.inserting() + " RETURNING id")
_ONE = sql(SHAPE.select + " WHERE id = :id")
_LATEST = sql(SHAPE.select + " ORDER BY id DESC LIMIT :limit")
_PROPOSED = sql(
    "UPDATE mentoring_round SET proposed = proposed + :proposed, score = score + :score"
    " WHERE id = :id"
)
_SERVED = {
    name: sql(f"UPDATE mentoring_request SET ahead = 0 WHERE ahead <> 0 AND id IN {each}")
    for name, each in ((name, each.format("requests")) for name, each in _LISTED.items())
}
_PASSED_OVER = {
    name: sql(
        "UPDATE mentoring_request SET passed_over = passed_over + 1 WHERE status = 'open'"
        f" AND id IN {each} AND NOT EXISTS (SELECT 1 FROM mentoring_match m"
        f" WHERE m.request_id = mentoring_request.id AND m.state IN ({_LIVE}))"
    )
    for name, each in ((name, each.format("requests")) for name, each in _LISTED.items())
}


def insert(tx: Transaction, values: dict[str, Any]) -> int:
    """A new round; its number."""
    start = {"unattended": 0, "requests": 0, "places": 0, "proposed": 0, "score": 0, "bound": 0}
    row = tx.run(_INSERT, **SHAPE.row(values, start)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def one(tx: Transaction, number: int) -> RoundRow | None:
    row = tx.run(_ONE, id=number).fetchone()
    return SHAPE.of(row) if row else None


def latest(tx: Transaction, limit: int = 20) -> list[RoundRow]:
    """The latest rounds, the last first."""
    return [SHAPE.of(row) for row in tx.run(_LATEST, limit=limit)]


def proposed(tx: Transaction, number: int, count: int, score: int) -> None:
    """So many more of its proposals are stored, of so much score."""
    tx.run(_PROPOSED, id=number, proposed=count, score=score)


def served(tx: Transaction, requests: Iterable[int]) -> None:
    """These were proposed to somebody: they go to the head of no further round for it."""
    tx.run(_SERVED[tx.dialect], requests=_json(requests))


def passed_over(tx: Transaction, requests: Iterable[int]) -> int:
    """A round found these nobody; how many of them still wait."""
    return tx.run(_PASSED_OVER[tx.dialect], requests=_json(requests)).rowcount
