"""What became of a broadcast's messages: counted, listed, and changed after they were sent."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.moments import as_moment, maybe_moment, moment
from storage.readers import ReaderRow
from storage.statements import sql
from storage.transaction import Transaction

BROADCAST, CORRECTION, WITHDRAWAL = "broadcast", "correction", "withdrawal"
SOON = timedelta(days=2)  # by then everybody's hour has come

_COUNTS = sql(
    "SELECT kind, state, count(*) FROM delivery WHERE broadcast_id = :broadcast"
    " GROUP BY kind, state"
)
_REASONS = sql(
    "SELECT kind, state, reason, count(*) FROM delivery WHERE broadcast_id = :broadcast"
    " AND state IN ('failed', 'unknown', 'expired', 'cancelled', 'held') AND reason IS NOT NULL"
    " GROUP BY kind, state, reason ORDER BY count(*) DESC, reason"
)
_WAITING = sql(
    "SELECT count(*), min(due_at), max(due_at), sum(CASE WHEN due_at <= :now THEN 1 ELSE 0 END),"
    " max(CASE WHEN due_at <= :soon THEN due_at END) FROM delivery"
    " WHERE broadcast_id = :broadcast AND state = 'queued' AND kind = 'broadcast'"
)
_SENT_SINCE = sql(
    "SELECT count(*) FROM delivery WHERE broadcast_id = :broadcast AND state = 'sent'"
    " AND kind = 'broadcast' AND sent_at > :since"
)
_LANGUAGES = sql(
    "SELECT p.language, count(*) FROM delivery d JOIN person p ON p.id = d.person_id"
    " WHERE d.broadcast_id = :broadcast AND d.kind = 'broadcast' GROUP BY p.language"
    " ORDER BY count(*) DESC, p.language"
)
_ANSWERS = sql(
    "SELECT a.value, count(*) FROM answer a JOIN person p ON p.id = a.person_id"
    " WHERE a.survey = 'broadcast' AND a.round = :key AND a.question = 'q' GROUP BY a.value"
    " ORDER BY count(*) DESC, a.value"
)
# One of each is enough, however many there are: this is asked while the writer is held.
_OPEN = sql(
    " UNION ALL ".join(
        f"SELECT * FROM (SELECT '{state}', due_at FROM delivery WHERE broadcast_id = :broadcast"
        f" AND state = '{state}' AND kind = 'broadcast' LIMIT 1) AS {state}"
        for state in ("sending", "queued", "held")
    )
)
_QUEUED = sql(
    "SELECT count(*) FROM (SELECT 1 FROM delivery WHERE broadcast_id = :broadcast"
    " AND state = 'queued' AND kind = :kind LIMIT :limit) AS waiting"
)
_RECEIVED = sql(
    "SELECT 1 FROM delivery WHERE person_id = :person AND broadcast_id = :broadcast"
    " AND kind = 'broadcast' AND state IN ('sent', 'sending', 'unknown') LIMIT 1"
)
_GOT = sql(
    "SELECT kind FROM delivery WHERE person_id = :person AND broadcast_id = :broadcast"
    " AND kind IN ('broadcast', 'test') ORDER BY kind LIMIT 1"
)


_TEST = sql(
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " broadcast_id, action, payload, state, created_at, due_at, expires_at) VALUES (:person,"
    " :identity, :channel, :account, :chat, :user, 1, 'test', :broadcast, 'send', :payload,"
    " 'queued', :now, :now, :expires_at)"
)


def _later(kind: str) -> str:
    """What became of the last change to a message, as a scalar subquery."""
    return (
        "(SELECT c.state FROM delivery c WHERE c.person_id = d.person_id"
        f" AND c.broadcast_id = d.broadcast_id AND c.kind = '{kind}' ORDER BY c.id DESC LIMIT 1)"
    )


_LEDGER = sql(
    "SELECT d.id, d.person_id, p.language, d.channel, d.account, d.state, d.reason, d.message,"
    " d.attempts, d.created_at, d.due_at, d.sent_at, a.value, "
    + _later(CORRECTION)
    + ", "
    + _later(WITHDRAWAL)
    + " FROM delivery d LEFT JOIN person p ON p.id = d.person_id"
    " LEFT JOIN answer a ON a.person_id = d.person_id AND a.survey = 'broadcast'"
    " AND a.round = :key AND a.question = 'q'"
    " WHERE d.broadcast_id = :broadcast AND d.kind = 'broadcast' ORDER BY d.id"
)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One recipient of a broadcast. ``message``: the platform's id of what was sent;
    ``answer``: to the quick question, as JSON; ``corrected``, ``withdrawn``: the state of the
    last change to the message, None where there was none."""

    delivery: int
    person: int | None
    language: str | None
    channel: str
    account: str
    state: str
    reason: str | None
    message: str | None
    attempts: int
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    answer: str | None
    corrected: str | None
    withdrawn: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages in the queue: how many, how many of them may go now, and when the first and the
    last may; ``soon``: the last within two days (others wait for a pause or a week to end)."""

    count: int = 0
    now: int = 0
    first: datetime | None = None
    last: datetime | None = None
    soon: datetime | None = None


def counts(tx: Transaction, broadcast: int) -> dict[str, dict[str, int]]:
    """kind ("broadcast", "correction", …) -> state -> how many."""
    found: dict[str, dict[str, int]] = {}
    for kind, state, count in tx.run(_COUNTS, broadcast=broadcast):
        found.setdefault(kind, {})[state] = count
    return found


def reasons(tx: Transaction, broadcast: int) -> list[tuple[str, str, str, int]]:
    """(kind, state, reason, how many), the most frequent first."""
    rows = tx.run(_REASONS, broadcast=broadcast)
    return [(kind, state, reason, count) for kind, state, reason, count in rows]


def waiting(tx: Transaction, broadcast: int, now: datetime) -> Waiting:
    soon = moment(now + SOON)
    row = tx.run(_WAITING, broadcast=broadcast, now=moment(now), soon=soon).fetchone()
    if row is None or not row[0]:
        return Waiting()
    return Waiting(row[0], int(row[3]), as_moment(row[1]), as_moment(row[2]), maybe_moment(row[4]))


def sent_since(tx: Transaction, broadcast: int, since: datetime) -> int:
    """How many of its messages were sent after ``since``."""
    row = tx.run(_SENT_SINCE, broadcast=broadcast, since=moment(since)).fetchone()
    return int(row[0]) if row else 0


def languages(tx: Transaction, broadcast: int) -> dict[str, int]:
    """The readers' languages, the most frequent first."""
    return {row[0]: row[1] for row in tx.run(_LANGUAGES, broadcast=broadcast)}


def answers(tx: Transaction, key: str) -> list[tuple[str, int]]:
    """(answer to the quick question as JSON, how many), the most frequent first."""
    return [(value, count) for value, count in tx.run(_ANSWERS, key=key)]


def unfinished(tx: Transaction, broadcast: int) -> dict[str, datetime]:
    """ "queued", "sending", "held" -> when the first of them is due; empty when nothing of it
    can be sent any more."""
    return {row[0]: as_moment(row[1]) for row in tx.run(_OPEN, broadcast=broadcast)}


def queued(tx: Transaction, broadcast: int, kind: str, most: int) -> int:
    """How many messages of ``kind`` wait; ``most`` where there are more."""
    row = tx.run(_QUEUED, broadcast=broadcast, kind=kind, limit=most).fetchone()
    return int(row[0]) if row else 0


def received(tx: Transaction, broadcast: int, person: int) -> str | None:
    """ "broadcast" where it went to this person, "test" where only a test did; else None."""
    if tx.run(_RECEIVED, broadcast=broadcast, person=person).fetchone():
        return BROADCAST
    row = tx.run(_GOT, broadcast=broadcast, person=person).fetchone()
    return str(row[0]) if row and row[0] == "test" else None


def ledger(tx: Transaction, broadcast: int, key: str) -> Generator[LedgerRow, None, None]:
    """A row a recipient, as they are needed; close it before the transaction ends."""
    for row in tx.stream(_LEDGER, broadcast=broadcast, key=key):
        yield LedgerRow(*row[:9], *map(maybe_moment, row[9:12]), *row[12:])


def add_test(
    tx: Transaction,
    broadcast: int,
    to: ReaderRow,
    payload: str,
    now: datetime,
    expires_at: datetime,
) -> str:
    """Have the message ``payload`` sent to one person who can be reached; through which channel."""
    tx.run(
        _TEST,
        person=to.person,
        identity=to.identity,
        channel=to.channel,
        account=to.account,
        chat=to.chat or to.user,
        user=to.user,
        broadcast=broadcast,
        payload=payload,
        now=moment(now),
        expires_at=moment(expires_at),
    )
    return str(to.channel)
