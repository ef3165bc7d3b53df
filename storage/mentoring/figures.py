"""Mentoring in numbers, of one organisation's mentees and mentors or of the whole region.

Each number is read off an index or a table that has a row a request, offer or match: with a
hundred thousand of them it takes less than a second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from storage.moments import as_moment, moment
from storage.statements import sql
from storage.states import LIVE_MATCHES
from storage.transaction import Result, Transaction

_LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES)
_OWN = " (:organisation = '' OR {column} = :organisation)"
_OF_PERSON = _OWN.format(column="p.organisation")
_OF_MATCH = _OWN.format(column="m.organisation")

_OPEN = (
    " FROM mentoring_request r JOIN person p ON p.id = r.person_id WHERE r.status = 'open' AND"
    + _OF_PERSON
)
_REQUESTS = sql(
    "SELECT count(*), sum(CASE WHEN r.waiting_since <= :long_ago THEN 1 ELSE 0 END),"
    " sum(CASE WHEN EXISTS (SELECT 1 FROM mentoring_match m WHERE m.request_id = r.id"
    f" AND m.state IN ({_LIVE})) THEN 1 ELSE 0 END)" + _OPEN
)
_WAITED = sql(f"SELECT r.waiting_since{_OPEN} ORDER BY r.waiting_since LIMIT 2 OFFSET :skip")
_MENTORS = sql(
    "SELECT capacity, taken, resting, count(*) FROM (SELECT o.capacity,"
    " (SELECT count(*) FROM mentoring_match m WHERE m.mentor_id = o.person_id"
    f" AND m.state IN ({_LIVE})) AS taken,"
    " CASE WHEN o.break_until > :today OR p.paused_until > :today OR p.status = 'paused'"
    " THEN 1 ELSE 0 END AS resting FROM mentor_offer o JOIN person p ON p.id = o.person_id"
    " WHERE o.status = 'active' AND p.status IN ('active', 'paused') AND EXISTS (SELECT 1"
    " FROM consent c WHERE c.person_id = p.id AND c.purpose = 'mentoring' AND c.given) AND"
    f"{_OF_PERSON}) AS mentors GROUP BY capacity, taken, resting"
)
_STATES = sql(f"SELECT m.state, count(*) FROM mentoring_match m WHERE{_OF_MATCH} GROUP BY m.state")
_PAIRS = sql(
    "SELECT count(*), sum(CASE WHEN m.meetings > 0 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN m.meetings > 1 THEN 1 ELSE 0 END)"
    f" FROM mentoring_match m WHERE m.introduced_at IS NOT NULL AND{_OF_MATCH}"
)
_MEETINGS = sql(
    "SELECT count(*), sum(CASE WHEN t.held_at > :lately THEN 1 ELSE 0 END)"
    " FROM mentoring_meeting t JOIN mentoring_match m ON m.id = t.match_id"
    f" WHERE{_OF_MATCH}"
)
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MentoringFigures:
    """``requests`` are open, ``asked`` those of them with a match under way, ``long`` those that
    have waited longer than the blueprint's limit, ``waits`` half of them less than this. A
    mentor's ``places`` and those ``taken``; ``resting``: mentors on a break or paused, whose free
    places are not counted in ``free``. ``pairs`` were introduced, ``met`` of them met at least
    once, ``again`` more often; ``meetings`` were really held, ``lately`` in thirty days.
    ``states``: matches by state.
    """

    requests: int = 0
    asked: int = 0
    long: int = 0
    waits: timedelta | None = None
    longest: timedelta | None = None
    mentors: int = 0
    resting: int = 0
    places: int = 0
    taken: int = 0
    free: int = 0
    pairs: int = 0
    met: int = 0
    again: int = 0
    meetings: int = 0
    lately: int = 0
    states: Counter[str] = field(default_factory=Counter)


def figures(
    tx: Transaction, organisation: str | None, now: datetime, today: date, long: timedelta
) -> MentoringFigures:
    """Counted now; ``long`` is after how much time a request has waited too long. A match counts
    for its mentee's organisation."""
    own = {"organisation": organisation or ""}
    requests, late, asked = _numbers(tx.run(_REQUESTS, long_ago=moment(now - long), **own), 3)
    waited = [now - since for since in _since(tx, own["organisation"], requests)]
    mentors = tx.run(_MENTORS, today=today.isoformat(), **own).fetchall()
    pairs, met, again = _numbers(tx.run(_PAIRS, **own), 3)
    meetings, lately = _numbers(tx.run(_MEETINGS, lately=moment(now - LATELY), **own), 2)
    return MentoringFigures(
        requests, asked, late, waited[0] if waited else None, waited[1] if waited else None,
        mentors=sum(row[3] for row in mentors),
        resting=sum(row[3] for row in mentors if row[2]),
        places=sum(row[0] * row[3] for row in mentors),
        taken=sum(row[1] * row[3] for row in mentors),
        free=sum(max(0, row[0] - row[1]) * row[3] for row in mentors if not row[2]),
        pairs=pairs, met=met, again=again, meetings=meetings, lately=lately,
        states=Counter({row[0]: row[1] for row in tx.run(_STATES, **own)}),
    )  # fmt: skip


def _since(tx: Transaction, organisation: str, requests: int) -> list[datetime]:
    """Since when the one in the middle waits, and the first of all; nothing where nobody does."""
    if not requests:
        return []
    middle = tx.run(_WAITED, organisation=organisation, skip=(requests - 1) // 2).fetchall()
    first = tx.run(_WAITED, organisation=organisation, skip=0).fetchall()
    if not middle or not first:
        return []
    between = as_moment(middle[0][0])
    if requests % 2 == 0 and len(middle) > 1:
        between += (as_moment(middle[1][0]) - between) / 2
    return [between, as_moment(first[0][0])]


def _numbers(found: Result, count: int) -> tuple[int, ...]:
    row = found.fetchone()
    return tuple(int(each or 0) for each in row) if row else (0,) * count
