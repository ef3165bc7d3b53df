"""Forgetting what has served its time. Each call does a slice, so that nobody waits for it:
repeat while it returns something."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import joinings
from storage.moments import moment
from storage.privacy import remove
from storage.statements import sql
from storage.transaction import Transaction

SLICE = 2_000  # rows looked at in one unit of work

_RECEIVED_SQLITE = sql(
    "DELETE FROM received WHERE (channel, account, event_id) IN (SELECT channel, account, event_id"
    " FROM received WHERE at < :before ORDER BY at LIMIT :limit)"
)
_RECEIVED_POSTGRESQL = sql(
    "DELETE FROM received WHERE ctid = ANY(ARRAY(SELECT ctid FROM received"
    " WHERE at < :before ORDER BY at LIMIT :limit))"
)
# Numbers grow with time: the oldest rows are the first, and only they are looked at.
_OLD_DELIVERIES = sql(
    "SELECT max(id) FROM (SELECT id, created_at FROM delivery WHERE id > :after ORDER BY id"
    " LIMIT :limit) AS oldest WHERE created_at < :before"
)
# Of an event that is still to come or only just over everything is kept: who was invited in the
# spring is not invited again in the summer.
_DELIVERIES = sql(
    "DELETE FROM delivery WHERE id > :after AND id <= :upto AND created_at < :before"
    " AND state NOT IN ('queued', 'sending', 'held')"
    " AND kind <> 'staff_reply'"  # says whether a reply arrived for as long as that is kept
    " AND (event_id IS NULL OR event_id NOT IN (SELECT id FROM event WHERE ends_at > :before))"
)
_TASKS = sql(
    "DELETE FROM task WHERE id IN (SELECT t.id FROM task t WHERE t.state <> 'open'"
    " AND t.done_at < :before AND NOT EXISTS (SELECT 1 FROM event e WHERE e.ends_at > :before"
    " AND t.subject = 'event:' || e.id)"
    # That the end of the programme was told, and came, is known for ever (outreach.ending).
    " AND substr(t.subject, 1, 10) <> 'programme:' LIMIT :limit)"
)
# Whoever is staff need not be registered: by this record they are told what waits for them.
_STUBS = sql(
    "SELECT id FROM person WHERE status = 'new' AND joined_to IS NULL AND created_at < :before"
    " AND COALESCE(last_active_at, created_at) < :before AND NOT EXISTS (SELECT 1 FROM identity i"
    " JOIN staff_login l ON l.channel = i.channel AND l.member_id = i.user_id"
    " WHERE i.person_id = person.id) ORDER BY created_at LIMIT :limit"
)
_CODES = tuple(
    sql(f"DELETE FROM {table} WHERE expires_at < :before") for table in ("link_code", "staff_code")
)
_REPLIES = (
    "DELETE FROM delivery WHERE id IN (SELECT r.delivery_id FROM inbox_reply r"
    " JOIN inbox i ON i.id = r.inbox_id WHERE {})"
)
_DONE, _ANY = "i.state = 'done' AND i.at < :before", "i.at < :before"
_INBOX = (
    sql(_REPLIES.format(_DONE)),
    sql("DELETE FROM inbox WHERE state = 'done' AND at < :before"),
)
_UNANSWERED = (sql(_REPLIES.format(_ANY)), sql("DELETE FROM inbox WHERE at < :before"))
_QUARANTINE = sql("DELETE FROM quarantine WHERE at < :before")
_STAFF_LOG = sql(
    "DELETE FROM staff_log WHERE id IN (SELECT id FROM staff_log WHERE at < :before"
    " ORDER BY at LIMIT :limit)"
)
# Their name stays as long as the log may name them; what they wrote and made keeps their number.
_STAFF = sql(
    "DELETE FROM staff WHERE left_at < :before"
    " AND NOT EXISTS (SELECT 1 FROM staff_log l WHERE l.staff_id = staff.id)"
)
_PROOFS = sql(
    "UPDATE erasure SET proof = '{}' WHERE id IN (SELECT id FROM erasure WHERE proof <> '{}'"
    " AND erased_at < :before ORDER BY erased_at LIMIT :limit)"
)
_MARKS = sql(
    "DELETE FROM erasure WHERE id IN (SELECT id FROM erasure WHERE erased_at < :before"
    " ORDER BY erased_at LIMIT :limit)"
)


def purge_received(tx: Transaction, now: datetime, days: int, limit: int = SLICE) -> int:
    """Forget the ids of events older than ``days``; how many were forgotten."""
    statement = _RECEIVED_SQLITE if tx.dialect == "sqlite" else _RECEIVED_POSTGRESQL
    return tx.run(statement, before=_before(now, days), limit=limit).rowcount


def purge_deliveries(
    tx: Transaction, now: datetime, days: int, after: int = 0, limit: int = SLICE
) -> int | None:
    """Forget messages older than ``days`` that are over (sent, failed, …), a slice of those with
    numbers above ``after``; the number to go on from, None where nothing is older."""
    before = _before(now, days)
    row = tx.run(_OLD_DELIVERIES, after=after, limit=limit, before=before).fetchone()
    upto: int | None = row[0] if row else None
    if upto is not None:
        tx.run(_DELIVERIES, after=after, upto=upto, before=before)
    return upto


def purge_tasks(tx: Transaction, now: datetime, days: int, limit: int = SLICE) -> int:
    """Forget what was planned and done, or called off, more than ``days`` ago."""
    return tx.run(_TASKS, before=_before(now, days), limit=limit).rowcount


def purge_stubs(tx: Transaction, now: datetime, days: int, limit: int = 200) -> int:
    """Erase those who never consented, are not staff, and have not been back for ``days``, without
    a trace."""
    rows = tx.run(_STUBS, before=_before(now, days), limit=limit).fetchall()
    for (person,) in rows:
        remove(tx, person)
    return len(rows)


def purge_codes(tx: Transaction, now: datetime) -> int:
    """Forget codes, of people and of staff, that ended a day ago."""
    return sum(tx.run(each, before=_before(now, 1)).rowcount for each in _CODES)


def purge_joinings(tx: Transaction, now: datetime, days: int) -> int:
    """Forget what was asked, joined or taken back more than ``days`` ago, with the facts of a
    record that nobody has taken over."""
    return joinings.purge(tx, now - timedelta(days=days))


def purge_inbox(tx: Transaction, now: datetime, days: int) -> int:
    """Forget messages older than ``days`` that staff have dealt with, and what was answered."""
    replies, messages = _INBOX
    tx.run(replies, before=_before(now, days))
    return tx.run(messages, before=_before(now, days)).rowcount


def purge_unanswered(tx: Transaction, now: datetime, days: int) -> int:
    """Forget messages older than ``days`` whether or not staff have dealt with them."""
    replies, messages = _UNANSWERED
    tx.run(replies, before=_before(now, days))
    return tx.run(messages, before=_before(now, days)).rowcount


def purge_quarantine(tx: Transaction, now: datetime, days: int) -> int:
    """Forget events that were set aside more than ``days`` ago."""
    return tx.run(_QUARANTINE, before=_before(now, days)).rowcount


def purge_staff_log(tx: Transaction, now: datetime, days: int, limit: int = SLICE) -> int:
    """Forget what staff did more than ``days`` ago."""
    return tx.run(_STAFF_LOG, before=_before(now, days), limit=limit).rowcount


def purge_staff(tx: Transaction, now: datetime, days: int) -> int:
    """Forget staff who left more than ``days`` ago and whom the log does not name any more."""
    return tx.run(_STAFF, before=_before(now, days)).rowcount


def purge_proofs(tx: Transaction, now: datetime, days: int, limit: int = SLICE) -> int:
    """Forget what those had consented to who were erased more than ``days`` ago."""
    return tx.run(_PROOFS, before=_before(now, days), limit=limit).rowcount


def purge_marks(tx: Transaction, now: datetime, days: int, limit: int = SLICE) -> int:
    """Forget that those were erased who were more than ``days`` ago."""
    return tx.run(_MARKS, before=_before(now, days), limit=limit).rowcount


def _before(now: datetime, days: int) -> str:
    return moment(now - timedelta(days=days))
