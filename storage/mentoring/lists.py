"""What staff look at: requests by age, mentors and their places, matches, pairs gone quiet.

Every list is of one organisation or of the whole region (None), a page of so many rows by one
statement. Whose names a reader may see is decided above (outreach.mentoring.listing): a
storage.mentoring.lines.Side says what that takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from storage.mentoring.lines import (
    BlockLine,
    MatchLine,
    Member,
    MentorLine,
    MessageLine,
    RequestLine,
    Side,
)
from storage.mentoring.shapes import among
from storage.mentoring.shapes import words as _keys
from storage.moments import as_day, as_moment, maybe_moment, moment
from storage.statements import Statement, sql
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction

MOST = 10_000  # rows of a page, unless told
FIRST = 2**62  # before the newest

_LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES)


def _given(person: str, purpose: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM consent c WHERE c.person_id = {person}.id"
        f" AND c.purpose = '{purpose}' AND c.given)"
    )


def _side(person: str) -> str:
    """The columns of a :class:`Side`."""
    return f"{person}.id, {person}.name, {person}.organisation, {_given(person, 'sharing')}"


_REQUESTS = (
    f"SELECT r.id, {_side('p')}, r.goal, r.skills, r.field, r.languages, r.mode, r.urgency,"
    " r.rhythm, r.hours, r.waiting_since, r.passed_over, r.ahead, m.id, m.state"
    " FROM mentoring_request r JOIN person p ON p.id = r.person_id"
    f" LEFT JOIN mentoring_match m ON m.request_id = r.id AND m.state IN ({_LIVE})"
    " WHERE r.status = 'open'"
)
_MENTORS = (
    f"SELECT {_side('p')}, o.status, o.capacity, (SELECT count(*) FROM mentoring_match m"
    f" WHERE m.mentor_id = o.person_id AND m.state IN ({_LIVE})) AS taken, o.skills, o.topics,"
    " o.languages, o.mode, o.hours, o.break_until, o.break_reason, o.source, p.paused_until,"
    f" {_given('p', 'mentoring')}, p.status FROM mentor_offer o JOIN person p"
    " ON p.id = o.person_id WHERE 1 = 1"
)
_MATCHES = (
    f"SELECT m.id, m.round_id, m.request_id, m.state, m.score, {_side('e')}, m.organisation,"
    f" {_side('o')}, m.mentor_organisation, m.reasons, m.alternatives, m.created_at, m.deadline,"
    " m.introduced_at, m.meeting_at, m.meetings, m.mentor_seen_at, m.mentee_seen_at, m.ended_at,"
    " m.ended_by, m.reason FROM mentoring_match m LEFT JOIN person e ON e.id = m.mentee_id"
    " LEFT JOIN person o ON o.id = m.mentor_id"
)
_PROPOSED = sql(
    "SELECT id FROM mentoring_match WHERE state = 'proposed'"
    " AND (:organisation = '' OR organisation = :organisation) ORDER BY id"
)
_HOW_MANY_PROPOSED = sql(
    "SELECT count(*) FROM mentoring_match WHERE state = 'proposed' AND organisation = :organisation"
)
_UNDECIDED = sql("SELECT count(*), min(created_at) FROM mentoring_match WHERE state = 'proposed'")
_MESSAGES = sql(
    "SELECT person_id, kind, variant, state, reason, coalesce(sent_at, due_at) FROM delivery"
    " WHERE match_id = :match ORDER BY id"
)
_BLOCKS = sql(
    f"SELECT {_side('p')}, {_side('o')}, b.by, b.at FROM mentoring_block b"
    " JOIN person p ON p.id = b.person_id JOIN person o ON o.id = b.other_id"
    " WHERE :organisation = '' OR p.organisation = :organisation"
    " ORDER BY b.at DESC, p.id, o.id LIMIT :limit"
)
_MEMBER = sql(
    "SELECT p.id, p.name, p.organisation, p.persona, p.language, p.status,"
    f" {_given('p', 'mentoring')} FROM person p WHERE p.id = :person"
)
_NAMES = among(f"SELECT {_side('p')} FROM person p", "p.id")
_EITHER = " AND (m.organisation = :organisation OR m.mentor_organisation = :organisation)"
# Who of a pair said nothing since, counted from the introduction; a date agreed for later is no
# silence.
_HEARD = "coalesce(m.{side}_seen_at, m.introduced_at) < :{state}"
_QUIET = " AND (m.meeting_at IS NULL OR m.meeting_at < :now) AND (" + " OR ".join(
    f"(m.state = '{state}' AND ({_HEARD.format(side='mentor', state=state)}"
    f" OR {_HEARD.format(side='mentee', state=state)}))"
    for state in ("introduced", "met")
) + ")"  # fmt: skip


@lru_cache(maxsize=64)
def _statement(text: str) -> Statement:
    return sql(text)


def requests(
    tx: Transaction, organisation: str | None = None, limit: int = MOST
) -> list[RequestLine]:
    """Open requests, who has waited longest first."""
    own = " AND p.organisation = :organisation" if organisation else ""
    statement = _statement(f"{_REQUESTS}{own} ORDER BY r.waiting_since, r.id LIMIT :limit")
    rows = tx.run(statement, limit=limit, **_named(organisation))
    return [
        RequestLine(
            row[0], _whose(row[1:5]), row[5], _keys(row[6]), row[7], _keys(row[8]), row[9],
            row[10], row[11], _keys(row[12]), as_moment(row[13]), row[14], bool(row[15]),
            row[16], row[17],
        )
        for row in rows.fetchall()
    ]  # fmt: skip


def mentors(
    tx: Transaction, organisation: str | None = None, *, after: int = 0, limit: int = MOST
) -> list[MentorLine]:
    """Whoever offers or offered to be a mentor, in the order of their numbers."""
    own = " AND p.organisation = :organisation" if organisation else ""
    text = f"{_MENTORS}{own} AND o.person_id > :after ORDER BY o.person_id LIMIT :limit"
    rows = tx.run(_statement(text), after=after, limit=limit, **_named(organisation))
    return [_mentor(row) for row in rows.fetchall()]


def free_mentors(
    tx: Transaction, today: date, organisation: str | None = None, limit: int = MOST
) -> list[MentorLine]:
    """Mentors whom a round could give somebody to, who has most places first."""
    own = " AND p.organisation = :organisation" if organisation else ""
    text = (
        f"SELECT * FROM ({_MENTORS}{own} AND o.status = 'active' AND p.status = 'active'"
        f" AND {_given('p', 'mentoring')} AND (o.break_until IS NULL OR o.break_until <= :today)"
        " AND (p.paused_until IS NULL OR p.paused_until <= :today)) AS mentors"
        " WHERE capacity > taken ORDER BY capacity - taken DESC, 2, 1 LIMIT :limit"
    )
    named = _named(organisation)
    rows = tx.run(_statement(text), today=today.isoformat(), limit=limit, **named)
    return [_mentor(row) for row in rows.fetchall()]


def _mentor(row: Sequence[Any]) -> MentorLine:
    return MentorLine(
        _whose(row[0:4]), row[4], row[5], row[6], _keys(row[7]), row[8], _keys(row[9]), row[10],
        _keys(row[11]), _maybe_day(row[12]), row[13], row[14], _maybe_day(row[15]), bool(row[16]),
        row[17] in ("active", "paused"),
    )  # fmt: skip


def matches(
    tx: Transaction,
    organisation: str | None = None,
    states: Sequence[str] = (),
    *,
    before: int = FIRST,
    limit: int = MOST,
) -> list[MatchLine]:
    """Matches in one of ``states`` (none named: all) with a mentee or a mentor of
    ``organisation``, the newest first, older than ``before``."""
    text = f"{_MATCHES} WHERE m.id < :before"
    if states:
        text += f" AND m.state IN ({', '.join(f':state{n}' for n in range(len(states)))})"
    text += (_EITHER if organisation else "") + " ORDER BY m.id DESC LIMIT :limit"
    named = {**_named(organisation), **{f"state{n}": state for n, state in enumerate(states)}}
    rows = tx.run(_statement(text), before=before, limit=limit, **named)
    return [_match(row) for row in rows.fetchall()]


def match(tx: Transaction, number: int) -> MatchLine | None:
    """One of them."""
    row = tx.run(_statement(f"{_MATCHES} WHERE m.id = :id"), id=number).fetchone()
    return _match(row) if row is not None else None


def proposed(tx: Transaction, organisation: str | None) -> list[int]:
    """The numbers of the proposals for this organisation's mentees, the oldest first."""
    return [row[0] for row in tx.run(_PROPOSED, organisation=organisation or "").fetchall()]


def count_proposed(tx: Transaction, organisation: str) -> int:
    """How many those are."""
    row = tx.run(_HOW_MANY_PROPOSED, organisation=organisation).fetchone()
    return int(row[0]) if row else 0


def undecided(tx: Transaction) -> tuple[int, datetime | None]:
    """How many proposals wait for staff, of all organisations, and since when."""
    row = tx.run(_UNDECIDED).fetchone()
    count, since = row or (0, None)
    return int(count), maybe_moment(since)


def quiet(
    tx: Transaction,
    organisation: str | None,
    now: datetime,
    introduced: datetime,
    met: datetime,
    limit: int = MOST,
) -> list[MatchLine]:
    """Pairs of whom one at least has said nothing since ``introduced`` (before they met) or
    ``met`` (afterwards) and who have no date before them, the longest silence first."""
    text = f"{_MATCHES} WHERE m.state IN ('introduced', 'met'){_QUIET}"
    text += _EITHER if organisation else ""
    text += (
        " ORDER BY CASE WHEN coalesce(m.mentor_seen_at, m.introduced_at)"
        " < coalesce(m.mentee_seen_at, m.introduced_at) THEN coalesce(m.mentor_seen_at,"
        " m.introduced_at) ELSE coalesce(m.mentee_seen_at, m.introduced_at) END, m.id LIMIT :limit"
    )
    rows = tx.run(
        _statement(text), now=moment(now), introduced=moment(introduced), met=moment(met),
        limit=limit, **_named(organisation),
    )  # fmt: skip
    return [_match(row) for row in rows.fetchall()]


def messages(tx: Transaction, match: int) -> list[MessageLine]:
    """What was planned and sent about a match, in order."""
    rows = tx.run(_MESSAGES, match=match).fetchall()
    return [MessageLine(row[0], row[1], row[2], row[3], row[4], as_moment(row[5])) for row in rows]


def blocks(tx: Transaction, organisation: str | None = None, limit: int = MOST) -> list[BlockLine]:
    """Who is kept apart, as this organisation's people (or its staff for them) asked; the newest
    first."""
    rows = tx.run(_BLOCKS, organisation=organisation or "", limit=limit).fetchall()
    return [
        BlockLine(_whose(row[0:4]), _whose(row[4:8]), row[8], as_moment(row[9])) for row in rows
    ]


def member(tx: Transaction, person: int) -> Member | None:
    """For whom staff enter something."""
    row = tx.run(_MEMBER, person=person).fetchone()
    if row is None:
        return None
    registered = row[5] in ("active", "paused")
    return Member(row[0], row[1], row[2], row[3], row[4], registered, bool(row[6]))


def names(tx: Transaction, people: Iterable[int]) -> dict[int, Side]:
    """Who these are."""
    wanted = orjson.dumps(sorted(set(people))).decode()
    return {row[0]: _whose(row) for row in tx.run(_NAMES.on(tx.dialect), ids=wanted).fetchall()}


def _match(row: Sequence[Any]) -> MatchLine:
    mentee = Side(row[5], row[6], row[9], bool(row[8]))
    mentor = Side(row[10], row[11], row[14], bool(row[13]))
    deadline, introduced, meeting = map(maybe_moment, row[18:21])
    mentor_seen, mentee_seen, ended = map(maybe_moment, row[22:25])
    return MatchLine(
        row[0], row[1], row[2], row[3], row[4], mentee, mentor,
        tuple(orjson.loads(row[15])), tuple(orjson.loads(row[16])), as_moment(row[17]),
        deadline, introduced, meeting, row[21], mentor_seen, mentee_seen, ended, row[25], row[26],
    )  # fmt: skip


def _named(organisation: str | None) -> dict[str, str]:
    return {"organisation": organisation} if organisation else {}


def _whose(row: Sequence[Any]) -> Side:
    return Side(row[0], row[1], row[2], bool(row[3]))


def _maybe_day(value: str | date | None) -> date | None:
    return None if value is None else as_day(value)
