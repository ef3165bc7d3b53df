"""The outbox half of the delivery table: replies leave through it, and none is lost on the way.

A reply is written as ``sending``, owned by the process whose turn made it, in the turn's own
transaction. A row left in ``sending`` by a process that is no more is sent again by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

LEASE = timedelta(minutes=2)
SEEMS_DEAD = timedelta(seconds=10)  # nobody has a planned message in hand for so long

_ENQUEUE = sql(
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " variant, action, payload, state, owner, lease_until, attempts, created_at, due_at)"
    " VALUES (:person_id, :identity_id, :channel, :account, :chat, :user_id, 0, 'reply',"
    " :variant, :action, :payload, 'sending', :owner, :lease_until, 0, :now, :now) RETURNING id"
)
_SETTLE = sql(
    "UPDATE delivery SET state = :state, reason = :reason, message = :message, sent_at = :sent_at,"
    " attempts = :attempts, payload = NULL, owner = NULL, lease_until = NULL WHERE id = :id"
)
_COLUMNS = "id, channel, account, chat, user_id, action, payload, attempts, created_at"
# These ask for no order: SQLite would rather read the whole table in it than the few rows that are
# being sent by their index.
# SQLite has one process: whatever another owner left is nobody's any more.
_ADOPT_SQLITE = sql(
    "UPDATE delivery SET owner = :owner, lease_until = :lease_until, attempts = attempts + 1"
    " WHERE id IN (SELECT id FROM delivery WHERE state = 'sending' AND owner <> :owner"
    "   AND channel = :channel AND account = :account AND lane = 0) RETURNING " + _COLUMNS
)
# PostgreSQL: a live owner holds an advisory lock on its number (see storage.leases).
_ADOPT_POSTGRESQL = sql(
    "UPDATE delivery SET owner = :owner, lease_until = :lease_until, attempts = attempts + 1"
    " WHERE id IN (SELECT id FROM delivery WHERE state = 'sending' AND owner = ANY(:dead)"
    "   AND channel = :channel AND account = :account AND lane = 0"
    "   ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING " + _COLUMNS
)
# The same of planned messages: these are settled, not sent again, and stay their sender's until
# then, because only what it noted (bot.sending.journal) says what became of them.
_LEFT = sql(
    "SELECT id, chat, action, attempts, owner FROM delivery WHERE state = 'sending'"
    " AND owner <> :owner AND channel = :channel AND account = :account AND lane > 0"
    " AND (lease_until IS NULL OR lease_until <= :lease_until)"
)
_CLAIMED = sql(
    "SELECT id FROM delivery WHERE state = 'sending' AND owner = :owner"
    " AND channel = :channel AND account = :account AND lane > 0"
)
_FORGOTTEN = sql(
    f"SELECT {_COLUMNS} FROM delivery WHERE state = 'sending' AND lease_until < :lease_until"
    " AND owner = :owner AND channel = :channel AND account = :account AND lane = 0"
)
_OWNERS_POSTGRESQL = sql(
    "SELECT DISTINCT owner FROM delivery WHERE state = 'sending' AND owner <> :owner"
)
_SENDERS = sql("SELECT DISTINCT owner FROM delivery WHERE state = 'sending' AND lane > 0")
_OWNER_GONE_POSTGRESQL = sql("SELECT pg_try_advisory_xact_lock(CAST(:owner AS bigint))")
_UNREACHABLE = sql(
    "UPDATE identity SET status = 'unreachable' WHERE channel = :channel AND account = :account"
    " AND user_id = :user_id"
)
_MOVED = sql(
    "UPDATE identity SET chat_id = :chat WHERE channel = :channel AND account = :account"
    " AND user_id = :user_id"
)
_UNDER_WAY = sql(
    "SELECT 1 FROM delivery WHERE person_id = :person AND state = 'sending' AND lane = 0"
    " AND variant = :variant LIMIT 1"
)
_QUEUED = sql("SELECT count(*) FROM delivery WHERE state = 'queued'")
_HELD = sql("SELECT count(*) FROM delivery WHERE state = 'held'")
_WAITING = sql("SELECT count(*) FROM delivery WHERE state = 'sending' AND lane = 0")


@dataclass(frozen=True, slots=True)
class NewReply:
    """A reply to be sent; ``payload`` is JSON. ``variant`` names what there may be one of at a
    time (see :func:`under_way`)."""

    person: int | None
    identity: int | None
    channel: str
    account: str
    chat: str
    user: str
    action: str
    payload: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply that some process owes."""

    id: int
    channel: str
    account: str
    chat: str
    user: str
    action: str
    payload: str
    attempts: int
    created_at: str | datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a delivery: ``state`` sent, failed, unknown or expired."""

    id: int
    state: str
    reason: str | None = None
    message: str | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Left:
    """A planned message that a process which is no more was sending."""

    id: int
    chat: str
    action: str
    attempts: int
    owner: str


def enqueue(tx: Transaction, reply: NewReply, owner: str, now: datetime) -> int:
    """Write a reply that this process is about to send; gives the delivery's id."""
    row = tx.run(
        _ENQUEUE,
        person_id=reply.person,
        identity_id=reply.identity,
        channel=reply.channel,
        account=reply.account,
        chat=reply.chat,
        user_id=reply.user,
        action=reply.action,
        payload=reply.payload,
        variant=reply.variant,
        owner=owner,
        lease_until=moment(now + LEASE),
        now=moment(now),
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def under_way(tx: Transaction, person: int, variant: str) -> bool:
    """Whether a reply of this ``variant`` is still on its way to somebody."""
    return tx.run(_UNDER_WAY, person=person, variant=variant).fetchone() is not None


def settle(tx: Transaction, results: Sequence[Settled], now: datetime) -> None:
    """Record what came of deliveries; their contents are forgotten (least data)."""
    at = moment(now)
    tx.many(
        _SETTLE,
        [
            {
                "id": each.id,
                "state": each.state,
                "reason": each.reason,
                "message": each.message,
                "sent_at": at if each.state in ("sent", "unknown") else None,
                "attempts": each.attempts,
            }
            for each in results
        ],
    )


def adopt(tx: Transaction, owner: str, channel: str, account: str, now: datetime) -> list[Pending]:
    """Take over what processes that died left half-sent of an account, oldest first."""
    lease = moment(now + LEASE)
    if tx.dialect == "sqlite":
        rows = tx.run(
            _ADOPT_SQLITE, owner=owner, channel=channel, account=account, lease_until=lease
        ).fetchall()
    else:
        dead = [each for each in _owners(tx, owner) if _gone(tx, each)]
        if not dead:
            return []
        rows = tx.run(
            _ADOPT_POSTGRESQL,
            owner=owner, channel=channel, account=account, lease_until=lease, dead=dead,
        ).fetchall()  # fmt: skip
    return sorted((Pending(*row) for row in rows), key=lambda pending: pending.id)


def left_behind(
    tx: Transaction, owner: str, channel: str, account: str, now: datetime
) -> list[Left]:
    """The planned messages of an account that processes which died were sending. Where several
    processes run, one may seem dead for a moment when its connection is lost: what it claimed
    lately it may still have in hand."""
    before = now + LEASE - (timedelta(0) if tx.dialect == "sqlite" else SEEMS_DEAD)
    rows = tx.run(
        _LEFT, owner=owner, channel=channel, account=account, lease_until=moment(before)
    ).fetchall()
    left = sorted((Left(*row) for row in rows), key=lambda each: each.id)
    if tx.dialect == "sqlite":
        return left
    dead = {each for each in {row.owner for row in left} if _gone(tx, each)}
    return [each for each in left if each.owner in dead]


def senders(tx: Transaction) -> set[str]:
    """The processes, dead or alive, whose messages are being sent."""
    return {str(row[0]) for row in tx.run(_SENDERS).fetchall()}


def claimed(tx: Transaction, owner: str, channel: str, account: str) -> list[int]:
    """The planned messages of an account that ``owner`` is sending."""
    rows = tx.run(_CLAIMED, owner=owner, channel=channel, account=account).fetchall()
    return [int(row[0]) for row in rows]


def forgotten(
    tx: Transaction, owner: str, channel: str, account: str, before: datetime
) -> list[Pending]:
    """What ``owner`` wrote before then and has not settled. Its process may be sending it still,
    or never have heard that it was written: the commit's answer was lost with the connection."""
    lease = moment(before + LEASE)
    rows = tx.run(
        _FORGOTTEN, owner=owner, channel=channel, account=account, lease_until=lease
    ).fetchall()
    return sorted((Pending(*row) for row in rows), key=lambda pending: pending.id)


def _owners(tx: Transaction, owner: str) -> list[str]:
    return [str(row[0]) for row in tx.run(_OWNERS_POSTGRESQL, owner=owner).fetchall()]


def _gone(tx: Transaction, owner: str) -> bool:
    row = tx.run(_OWNER_GONE_POSTGRESQL, owner=owner).fetchone()
    return bool(row and row[0])


def unreachable(tx: Transaction, channel: str, account: str, user: str) -> None:
    """Nothing reaches this identity until it writes again."""
    tx.run(_UNREACHABLE, channel=channel, account=account, user_id=user)


def moved(tx: Transaction, channel: str, account: str, user: str, chat: str) -> None:
    """The identity's chat has a new id."""
    tx.run(_MOVED, channel=channel, account=account, user_id=user, chat=chat)


def waiting(tx: Transaction) -> int:
    """How many replies are on their way."""
    row = tx.run(_WAITING).fetchone()
    return int(row[0]) if row else 0


def planned(tx: Transaction) -> tuple[int, int]:
    """How many planned messages wait for their time, and how many for the staff's word."""
    queued, held = (tx.run(each).fetchone() for each in (_QUEUED, _HELD))
    return (int(queued[0]) if queued else 0, int(held[0]) if held else 0)
