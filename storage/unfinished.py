"""Registrations and surveys that were begun and left: whom to bring back, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.mentoring.shapes import among
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

# What was only looked at, and what follows an event, which has a reminder of its own, is left out.
_LEFT = (
    "c.status IN ('open', 'parked') AND c.flow IN ('registration', 'survey')"
    " AND c.params NOT LIKE '%\"review\"%' AND c.params NOT LIKE '%\"round\"%'"
)
_FOUND = sql(
    f"SELECT c.id, c.person_id FROM conversation c WHERE {_LEFT}"
    " AND c.id > :after AND c.id <= :upto AND c.updated_at <= :left AND c.updated_at > :since"
    " ORDER BY c.id LIMIT :limit"
)
_LAST = sql("SELECT COALESCE(max(id), 0) FROM conversation")
_THEIRS = (
    "(p.status = 'active' AND c.flow = 'survey' OR p.status = 'joining'"
    " AND c.flow = 'registration') AND p.joined_to IS NULL"
    # Whoever took back that they may be invited wants to be left alone.
    " AND NOT EXISTS (SELECT 1 FROM consent n JOIN consent_log l ON l.person_id = n.person_id"
    " AND l.purpose = n.purpose AND l.given WHERE n.person_id = p.id"
    " AND n.purpose = 'invitations' AND NOT n.given)"
)
TO_BRING_BACK = (
    f"EXISTS (SELECT 1 FROM conversation c WHERE c.person_id = p.id AND {_LEFT} AND {_THEIRS}"
    " AND c.updated_at <= :left AND c.updated_at > :since"
    " AND NOT EXISTS (SELECT 1 FROM delivery q WHERE q.person_id = p.id AND q.kind = :about"
    " AND q.variant >= :nth AND q.created_at >= c.opened_at))"
    # Not while they are busy with something else of this kind.
    f" AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.person_id = p.id AND {_LEFT}"
    " AND c.updated_at > :left)"
    " AND NOT EXISTS (SELECT 1 FROM delivery w WHERE w.person_id = p.id AND w.kind = :about"
    " AND (w.state IN ('queued', 'held', 'sending')"
    " OR (w.state IN ('sent', 'unknown') AND w.sent_at > :lately)))"
)
"""SQL over ``p``: they left something before ``:left`` (but after ``:since``), to which no message
``:about`` with the variant ``:nth`` or a later one was planned, and none was sent ``:lately``."""
_OF = among(
    "SELECT c.person_id, c.id, c.flow, c.params, c.answers, c.updated_at"
    " FROM conversation c JOIN person p ON p.id = c.person_id",
    "c.person_id",
    f" AND {_LEFT} AND {_THEIRS} ORDER BY c.updated_at, c.id",
)


_TIMES = sql(
    "SELECT count(*), max(d.variant) FROM delivery d WHERE d.person_id = :person"
    " AND d.kind = :about AND d.created_at >= (SELECT c.opened_at FROM conversation c"
    " WHERE c.id = :conversation)"
)


@dataclass(frozen=True, slots=True)
class Left:
    """A conversation that was begun and left. ``answered``: how many questions were."""

    conversation: int
    flow: str
    params: dict[str, Any]
    answered: int
    left_at: datetime


def last(tx: Transaction) -> int:
    """The highest number of a conversation; 0: there is none."""
    row = tx.run(_LAST).fetchone()
    return int(row[0]) if row else 0


def found(
    tx: Transaction, after: int, upto: int, left: datetime, since: datetime, limit: int
) -> list[tuple[int, int]]:
    """(conversation, person) of those that were left before ``left`` and after ``since``, with
    numbers in (``after``, ``upto``]."""
    rows = tx.run(
        _FOUND, after=after, upto=upto, left=moment(left), since=moment(since), limit=limit
    ).fetchall()
    return [(int(row[0]), int(row[1])) for row in rows]


def latest(tx: Transaction, people: Iterable[int]) -> dict[int, Left]:
    """Of each of these people what they left last, where they may be brought back to it."""
    ids = orjson.dumps(sorted(people)).decode()
    return {
        int(row[0]): Left(
            int(row[1]), str(row[2]), orjson.loads(row[3]), len(orjson.loads(row[4])),
            as_moment(row[5]),
        )
        for row in tx.run(_OF.on(tx.dialect), ids=ids).fetchall()
    }  # fmt: skip


def bounds(
    about: str, nth: int, left: datetime, since: datetime, lately: datetime
) -> dict[str, str | int]:
    """The values of :data:`TO_BRING_BACK`."""
    return {
        "about": about, "nth": str(nth), "left": moment(left), "since": moment(since),
        "lately": moment(lately),
    }  # fmt: skip


def times(tx: Transaction, person: int, conversation: int, about: str) -> int:
    """Which message ``about`` it was planned last, since this conversation was opened; 0: none."""
    row = tx.run(_TIMES, person=person, conversation=conversation, about=about).fetchone()
    return int(row[1]) if row and row[1] else 0
