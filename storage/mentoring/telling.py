"""Messages about matches and requests: how things stand when they are sent, what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from storage.mentoring.shapes import Numbers
from storage.moments import as_day, maybe_moment, moment
from storage.statements import sql
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction

# A proposal that staff have not looked at yet is not much of an answer.
_LIVE = ", ".join(f"'{state}'" for state in LIVE_MATCHES if state != "proposed")
_STANDING = (
    "SELECT d.id, COALESCE(c.given, FALSE), m.state,"
    " CASE WHEN m.mentor_id = d.person_id THEN 'mentor'"
    "  WHEN m.mentee_id = d.person_id THEN 'mentee' END,"
    " m.meetings, m.suggested_by, m.suggested_at, m.meeting_at,"
    " (SELECT max(t.held_at) FROM mentoring_meeting t WHERE t.match_id = m.id), q.status,"
    " EXISTS (SELECT 1 FROM mentoring_match l WHERE l.request_id = q.id"
    f"  AND l.state IN ({_LIVE})), o.break_until, o.break_reason,"
    " CASE WHEN m.mentor_id = d.person_id THEN m.mentor_seen_at"
    "  WHEN m.mentee_id = d.person_id THEN m.mentee_seen_at END"
    " FROM delivery d LEFT JOIN mentoring_match m ON m.id = d.match_id"
    " LEFT JOIN mentoring_request q ON q.id = COALESCE(d.request_id, m.request_id)"
    " LEFT JOIN consent c ON c.person_id = d.person_id AND c.purpose = 'mentoring'"
    " LEFT JOIN mentor_offer o ON o.person_id = d.person_id WHERE d.id IN ({ids})"
)
_LISTED = {
    "sqlite": "SELECT value FROM json_each(:ids)",
    "postgresql": "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:ids AS json))",
}
_KINDS = {
    "sqlite": "SELECT value FROM json_each(:kinds)",
    "postgresql": "SELECT json_array_elements_text(CAST(:kinds AS json))",
}
_STANDINGS = Numbers(*(sql(_STANDING.format(ids=each)) for each in _LISTED.values()))
_CALL_OFF = Numbers(
    *(
        sql(
            "UPDATE delivery SET state = 'cancelled', reason = :reason, payload = NULL"
            f" WHERE match_id = :match AND kind IN ({each}) AND state IN ('queued', 'held')"
        )
        for each in _KINDS.values()
    )
)
_TOLD = sql(
    "SELECT state, reason, sent_at FROM delivery WHERE match_id = :match AND person_id = :person"
    " AND kind = :kind ORDER BY id DESC LIMIT 1"
)
_REACHED = sql(
    "SELECT max(sent_at) FROM delivery WHERE match_id = :match AND person_id = :person"
    " AND kind = :kind AND state IN ('sending', 'sent', 'unknown')"
)
_RENEW = sql(
    "UPDATE delivery SET state = CASE WHEN state = 'held' THEN state ELSE 'queued' END,"
    " reason = CASE WHEN state = 'held' THEN reason END, due_at = :now, expires_at = :expires_at"
    " WHERE match_id = :match AND person_id = :person AND kind = :kind"
    " AND state IN ('expired', 'queued', 'held')"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for the reader of a message about a match or a request.

    ``consent``: to mentoring. ``state``, ``meetings`` …: the match's; None where it is about
    none. ``side``: which of the two the reader is. ``request_live``: somebody is being asked, or
    was introduced. ``seen_at``: when the reader last said something about the pair.
    """

    consent: bool
    state: str | None = None
    side: str | None = None
    meetings: int | None = None
    suggested_by: str | None = None
    suggested_at: datetime | None = None
    meeting_at: datetime | None = None
    last_held: datetime | None = None
    request_status: str | None = None
    request_live: bool = False
    break_until: date | None = None
    break_reason: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What has become of a message."""

    state: str
    reason: str | None
    sent_at: datetime | None


def standings(tx: Transaction, deliveries: Iterable[int]) -> dict[int, Standing]:
    """By the number of the delivery."""
    ids = orjson.dumps(list(deliveries)).decode()
    return {
        number: Standing(
            bool(consent), state, side, meetings, suggested_by, maybe_moment(suggested),
            maybe_moment(meeting), maybe_moment(held), request, bool(live),
            None if until is None else as_day(until), why, maybe_moment(seen),
        )
        for number, consent, state, side, meetings, suggested_by, suggested, meeting, held,
        request, live, until, why, seen in tx.run(_STANDINGS.on(tx.dialect), ids=ids).fetchall()
    }  # fmt: skip


def call_off(tx: Transaction, match: int, kinds: Sequence[str], reason: str) -> int:
    """Messages of these kinds that wait are not sent; how many."""
    listed = orjson.dumps(list(kinds)).decode()
    statement = _CALL_OFF.on(tx.dialect)
    return tx.run(statement, match=match, kinds=listed, reason=reason).rowcount


def told(tx: Transaction, match: int, person: int, kind: str) -> Told | None:
    """The last message of a kind that somebody was to get about a match."""
    row = tx.run(_TOLD, match=match, person=person, kind=kind).fetchone()
    return None if row is None else Told(row[0], row[1], maybe_moment(row[2]))


def reached_at(tx: Transaction, match: int, person: int, kind: str) -> datetime | None:
    """When somebody last got, or may have got, an unasked message of this kind about a match."""
    row = tx.run(_REACHED, match=match, person=person, kind=kind).fetchone()
    return maybe_moment(row[0]) if row else None


def renew(
    tx: Transaction, match: int, person: int, kind: str, now: datetime, expires_at: datetime
) -> None:
    """A message that could not be sent in time is worth something again; one that staff hold
    stays held."""
    tx.run(
        _RENEW, match=match, person=person, kind=kind, now=moment(now),
        expires_at=moment(expires_at),
    )  # fmt: skip
