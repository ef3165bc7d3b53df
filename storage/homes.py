"""When people are next at home: what they answered to the question ``next_home``, in whatever
survey or profile. It is a day, and a rough one: a visit is taken to last DAYS from then on.

The latest answer counts. A day stands as JSON (``"2026-12-24"``), so text compares as days do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson

from storage.mentoring.shapes import among
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

QUESTION = "next_home"
DAYS = 10
"""How long a visit is taken to be, the day of coming included."""

# As it stands in the partial index.
_ASKED = f"question = '{QUESTION}'"
_LATEST = (
    "NOT EXISTS (SELECT 1 FROM answer n WHERE n.person_id = a.person_id"
    f" AND n.{_ASKED} AND n.answered_at > a.answered_at)"
)
OVER = (
    f"EXISTS (SELECT 1 FROM answer a WHERE a.person_id = p.id AND a.{_ASKED}"
    f" AND a.value < :gone AND {_LATEST} AND {{unasked}})"
)
"""SQL over ``p``: their visit is over by ``:gone`` (see :func:`gone`); ``unasked`` is SQL over
``a``, the answer."""
_OF = among(
    "SELECT person_id, value, answered_at, survey, round FROM answer",
    "person_id",
    f" AND {_ASKED} ORDER BY answered_at",
)
_VISITS = sql(
    "SELECT p.organisation, a.value, count(*) FROM answer a JOIN person p ON p.id = a.person_id"
    f" WHERE a.{_ASKED} AND a.value >= :first AND a.value <= :last AND {_LATEST}"
    " AND p.willingness IN ('yes', 'maybe') AND p.status IN ('active', 'paused')"
    " AND p.joined_to IS NULL AND p.organisation IS NOT NULL"
    " GROUP BY p.organisation, a.value"
)
_SAVE = sql(
    "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
    f" VALUES (:person, :survey, :round, '{QUESTION}', :value, :at)"
    " ON CONFLICT (person_id, survey, round, question) DO UPDATE SET value = excluded.value,"
    " answered_at = excluded.answered_at"
)


def stored(day: date) -> str:
    """A day as an answer has it."""
    return orjson.dumps(day.isoformat()).decode()


def gone(today: date) -> str:
    """Whoever came before this day is away again today."""
    return stored(today - timedelta(days=DAYS - 1))


def within(begins: str, ends: str) -> str:
    """SQL over ``a``: at home on some day between the two, which are :func:`stored` days, the first
    put back by the length of a visit (:func:`reach`)."""
    return f"a.{_ASKED} AND a.value >= {begins} AND a.value <= {ends} AND {_LATEST}"


def reach(first: date) -> date:
    """Whoever came on that day or later may still be there on the ``first``."""
    return first - timedelta(days=DAYS - 1)


@dataclass(frozen=True, slots=True)
class Next:
    """The latest that somebody said, and in which round of which survey."""

    day: date
    survey: str
    round: str


def latest(tx: Transaction, people: Iterable[int]) -> dict[int, Next]:
    """By person; who never said is left out."""
    ids = orjson.dumps(sorted(set(people))).decode()
    found: dict[int, Next] = {}
    for person, value, _, survey, survey_round in tx.run(_OF.on(tx.dialect), ids=ids).fetchall():
        day = _day(value)
        if day is not None:
            found[person] = Next(day, survey, survey_round)
    return found


def save(tx: Transaction, person: int, day: date, survey: str, now: datetime) -> None:
    """They are next at home on that day: instead of what they said last, in the round in which they
    said it, else in ``survey``'s own."""
    before = latest(tx, [person]).get(person)
    where = (before.survey, before.round) if before else (survey, survey)
    tx.run(_SAVE, person=person, survey=where[0], round=where[1], value=stored(day), at=moment(now))


def days(tx: Transaction, first: date, last: date) -> Mapping[str, Counter[date]]:
    """organisation -> day -> how many of those who would do something are at home on it."""
    rows = tx.run(_VISITS, first=stored(reach(first)), last=stored(last)).fetchall()
    found: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for organisation, value, people in rows:
        came = _day(value)
        for day in _visit(came) if came is not None else ():
            if first <= day <= last:
                found[organisation][day] += people
    return found


def _visit(came: date) -> Iterator[date]:
    return (came + timedelta(days=n) for n in range(DAYS))


def _day(value: str) -> date | None:
    """None for what is no day: an answer of a question that once was another."""
    try:
        return date.fromisoformat(str(orjson.loads(value)))
    except ValueError:
        return None
