"""Matches, what happened to them and their meetings, as the rows stand in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.mentoring.shapes import Shape, all_plain, among, held, words
from storage.moments import moment
from storage.statements import sql
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A mentor and a mentee; see the table. ``reasons``: (key, values) each; ``alternatives``:
    (mentor, score) each, the best first."""

    id: int
    round_id: int | None
    request_id: int | None
    mentee_id: int | None
    mentor_id: int | None
    organisation: str | None
    mentor_organisation: str | None
    state: str
    score: int
    reasons: tuple[tuple[str, dict[str, Any]], ...]
    alternatives: tuple[tuple[int, int], ...]
    created_at: datetime
    approved_at: datetime | None
    deadline: datetime | None
    mentor_asked_at: datetime | None
    mentor_said_at: datetime | None
    mentee_asked_at: datetime | None
    mentee_said_at: datetime | None
    introduced_at: datetime | None
    mentor_contact: tuple[str, ...]
    mentee_contact: tuple[str, ...]
    suggested_at: datetime | None
    suggested_by: str | None
    meeting_at: datetime | None
    uid: str
    sequence: int
    meetings: int
    mentor_seen_at: datetime | None
    mentee_seen_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None
    note: str | None

    @property
    def live(self) -> bool:
        """Whether it holds one of the mentor's places."""
        return self.state in LIVE_MATCHES

    def side(self, person: int) -> str | None:
        """Which of the two somebody is: "mentor", "mentee", None for neither."""
        if person == self.mentor_id:
            return "mentor"
        return "mentee" if person == self.mentee_id else None

    def person(self, side: str) -> int | None:
        """Who is the "mentor" or the "mentee"; None: they were erased."""
        return self.mentor_id if side == "mentor" else self.mentee_id


@dataclass(frozen=True, slots=True)
class LogRow:
    """Something that happened to a match."""

    at: datetime
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A real meeting, counted from 1, and when which of the two said that it was held."""

    match_id: int
    number: int
    planned_at: datetime | None
    held_at: datetime
    mentor_said_at: datetime | None
    mentee_said_at: datetime | None


def _reasons(text: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((key, values) for key, values in orjson.loads(text))


def _pairs(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((person, score) for person, score in orjson.loads(text))


SHAPE = Shape(
    MatchRow,
    "mentoring_match",
    unfold={
        "reasons": _reasons, "alternatives": _pairs, "mentor_contact": words,
        "mentee_contact": words,
    },
    moments=("deadline",),
)  # fmt: skip
_START = {
    "state": "proposed", "score": 0, "reasons": (), "alternatives": (), "mentor_contact": (),
    "mentee_contact": (), "sequence": 0, "meetings": 0,
}  # fmt: skip
_LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES)

_ALL = among(SHAPE.select, "mentoring_match.id")
_LOCKED = held(SHAPE.select + " WHERE mentoring_match.id = :id", "mentoring_match")
_LOCKED_AT_ONCE = held(
    SHAPE.select + " WHERE mentoring_match.id = :id", "mentoring_match", wait=False
)
# Two look-ups by index; one with OR would read the table.
_OF = sql(
    SHAPE.select + " WHERE mentor_id = :person UNION ALL "
    + SHAPE.select + " WHERE mentee_id = :person ORDER BY id"
)  # fmt: skip
_OF_REQUEST = sql(SHAPE.select + " WHERE request_id = :request ORDER BY id")
_LIVE_OF_REQUEST = sql(SHAPE.select + f" WHERE request_id = :request AND state IN ({_LIVE})")
_TAKEN = sql(
    f"SELECT count(*) FROM mentoring_match WHERE mentor_id = :mentor AND state IN ({_LIVE})"
)
_PUT_TO = sql(
    "SELECT id FROM mentoring_match WHERE mentee_id = :mentee AND mentor_id = :mentor"
    " AND mentor_asked_at > :since LIMIT 1"
)
_QUESTIONS = sql(
    "SELECT mentor_said_at, state, mentee_asked_at, reason FROM mentoring_match"
    " WHERE mentor_id = :mentor AND mentor_asked_at IS NOT NULL"
    " ORDER BY mentor_asked_at DESC, id DESC LIMIT 20"
)
_INSERT = sql(SHAPE.inserting() + " RETURNING id")
_LOG = sql(
    "INSERT INTO mentoring_log (match_id, at, what, who, detail)"
    " VALUES (:match, :at, :what, :who, :detail)"
)

_LOGGED = Shape(LogRow, "mentoring_log", moments=("at",))
_HISTORY = sql(_LOGGED.select + " WHERE match_id = :match ORDER BY id")
_MEETING = Shape(MeetingRow, "mentoring_meeting", key="match_id")
_MEETINGS = sql(_MEETING.select + " WHERE match_id = :match ORDER BY number")
_PUT_MEETING = sql(
    _MEETING.inserting() + " ON CONFLICT (match_id, number) DO UPDATE SET"
    " mentor_said_at = COALESCE(mentoring_meeting.mentor_said_at, excluded.mentor_said_at),"
    " mentee_said_at = COALESCE(mentoring_meeting.mentee_said_at, excluded.mentee_said_at)"
)


def by_ids(tx: Transaction, ids: Iterable[int]) -> dict[int, MatchRow]:
    """The matches of these numbers, as far as there are such."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = tx.run(_ALL.on(tx.dialect), ids=orjson.dumps(wanted).decode())
    return {match.id: match for match in map(SHAPE.of, rows)}


def one(tx: Transaction, match: int) -> MatchRow | None:
    return by_ids(tx, [match]).get(match)


def locked(tx: Transaction, match: int) -> MatchRow | None:
    """The match, held until the transaction ends: what happens to it comes one at a time."""
    row = tx.run(_LOCKED.on(tx.dialect), id=match).fetchone()
    return SHAPE.of(row) if row else None


def locked_at_once(tx: Transaction, match: int) -> MatchRow | None:
    """The same without waiting; None also while somebody else holds it. For whoever holds what
    that other may be waiting for: a task."""
    row = tx.run(_LOCKED_AT_ONCE.on(tx.dialect), id=match).fetchone()
    return SHAPE.of(row) if row else None


def of_person(tx: Transaction, person: int, states: Sequence[str] | None = None) -> list[MatchRow]:
    """All matches of somebody, on either side (those in ``states``), the oldest first."""
    rows = (SHAPE.of(row) for row in tx.run(_OF, person=person))
    return [row for row in rows if states is None or row.state in states]


def of_request(tx: Transaction, request: int) -> list[MatchRow]:
    """Whom a request was ever matched with, the first first."""
    return [SHAPE.of(row) for row in tx.run(_OF_REQUEST, request=request)]


def live_of_request(tx: Transaction, request: int) -> MatchRow | None:
    """The match that a request has now; there is one at the most."""
    row = tx.run(_LIVE_OF_REQUEST, request=request).fetchone()
    return SHAPE.of(row) if row else None


def places_taken(tx: Transaction, mentor: int) -> int:
    """How many live matches a mentor has."""
    row = tx.run(_TAKEN, mentor=mentor).fetchone()
    return int(row[0]) if row else 0


def put_to(tx: Transaction, mentee: int, mentor: int, since: datetime) -> bool:
    """Whether this mentor was asked about this mentee after ``since``."""
    found = tx.run(_PUT_TO, mentee=mentee, mentor=mentor, since=moment(since))
    return found.fetchone() is not None


def unanswered(tx: Transaction, mentor: int) -> int:
    """How many questions in a row a mentor got and let lapse, up to now."""
    count = 0
    for said, state, went_on, reason in tx.run(_QUESTIONS, mentor=mentor).fetchall():
        if said is not None:
            break
        count += state == "lapsed" and went_on is None and reason != "unheard"
    return count


def insert(tx: Transaction, values: Mapping[str, Any]) -> int:
    """A new match; what is not in ``values`` is as the table begins. Gives its number. Raises the
    driver's IntegrityError where its request has a live one."""
    row = tx.run(_INSERT, **SHAPE.row(values, _START)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def update(tx: Transaction, match: int, values: Mapping[str, Any]) -> None:
    """Set these columns. Raises KeyError for a column that there is not."""
    if values:
        tx.run(SHAPE.update(tuple(values)), the_row=match, **all_plain(values))


def log(tx: Transaction, match: int, what: str, who: str, now: datetime, detail: str = "") -> None:
    """Note what happened to a match; keys only, never anybody's words."""
    tx.run(_LOG, match=match, at=moment(now), what=what, who=who, detail=detail)


def history(tx: Transaction, match: int) -> list[LogRow]:
    """What happened to a match, in order."""
    return [_LOGGED.of(row) for row in tx.run(_HISTORY, match=match)]


def meetings(tx: Transaction, match: int) -> list[MeetingRow]:
    """The real meetings of a pair, in order."""
    return [_MEETING.of(row) for row in tx.run(_MEETINGS, match=match)]


def put_meeting(tx: Transaction, row: MeetingRow) -> None:
    """Note a meeting; what was said of it before stands."""
    values = {name: getattr(row, name) for name in _MEETING.columns}
    tx.run(_PUT_MEETING, **all_plain(values))
