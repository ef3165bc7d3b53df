"""Codes with which one account asks to be joined to another, and what of one record goes over to
another in the end (see :mod:`storage.joinings` for what lies between)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

TRIES = 5
"""Codes that do not exist somebody may enter …"""
WITHIN = timedelta(hours=1)
"""… within so long."""

_NEW = sql(
    "INSERT INTO link_code (code_hash, person_id, expires_at, identity_id, name)"
    " VALUES (:code_hash, :person_id, :expires_at, :identity_id, :name) ON CONFLICT DO NOTHING"
)
_FORGET = sql("DELETE FROM link_code WHERE person_id = :person_id OR expires_at < :now")
_USE = sql(
    "UPDATE link_code SET used_at = :now WHERE code_hash = :code_hash AND used_at IS NULL"
    " RETURNING person_id, identity_id, name, expires_at"
)
_TRIED = sql("SELECT count, since FROM link_try WHERE person_id = :person_id")
_TRY = sql(
    "INSERT INTO link_try (person_id, count, since) VALUES (:person_id, :count, :since)"
    " ON CONFLICT (person_id) DO UPDATE SET count = excluded.count, since = excluded.since"
)
_ADOPT_INBOX = sql("UPDATE inbox SET person_id = :keep WHERE person_id = :give")
_ADOPT_REPLIES = sql("UPDATE inbox_reply SET person_id = :keep WHERE person_id = :give")
_ADOPT_LOG = sql("UPDATE consent_log SET person_id = :keep WHERE person_id = :give")
# What one of them got (or may have got) does not go to the other as well.
_DROP_WAITING = sql(
    "DELETE FROM delivery WHERE person_id = :keep AND state IN ('queued', 'held') AND EXISTS"
    " (SELECT 1 FROM delivery AS other WHERE other.person_id = :give"
    " AND other.state IN ('sending', 'sent', 'unknown') AND other.kind = delivery.kind"
    " AND (other.event_id = delivery.event_id AND other.variant = delivery.variant"
    " OR other.broadcast_id = delivery.broadcast_id AND other.kind = 'broadcast'))"
)
# Of one notice about an event that both were sent, one is enough; a broadcast that waits for both
# goes out once.
_ADOPT_SENT = sql(
    "UPDATE delivery SET person_id = :keep WHERE person_id = :give AND NOT EXISTS"
    " (SELECT 1 FROM delivery AS own WHERE own.person_id = :keep"
    " AND own.event_id = delivery.event_id AND own.kind = delivery.kind"
    " AND own.variant = delivery.variant)"
    " AND (state NOT IN ('queued', 'held') OR NOT EXISTS"
    " (SELECT 1 FROM delivery AS own WHERE own.person_id = :keep"
    " AND own.broadcast_id = delivery.broadcast_id AND own.kind = delivery.kind"
    " AND own.kind = 'broadcast'))"
)
_ADOPT_RSVPS = sql(
    "UPDATE rsvp SET person_id = :keep WHERE person_id = :give AND event_id NOT IN"
    " (SELECT own.event_id FROM rsvp AS own WHERE own.person_id = :keep)"
)
_ADOPT_HOSTING = sql("UPDATE event SET host_id = :keep WHERE host_id = :give")
_ADOPT_SPEAKING = sql("UPDATE event SET speaker_id = :keep WHERE speaker_id = :give")
_ADOPTIONS = (
    _ADOPT_INBOX,
    _ADOPT_REPLIES,
    _ADOPT_LOG,
    _DROP_WAITING,
    _ADOPT_SENT,
    _ADOPT_RSVPS,
    _ADOPT_HOSTING,
    _ADOPT_SPEAKING,
)
_DELETE = sql("DELETE FROM person WHERE id = :give")


@dataclass(frozen=True, slots=True)
class Code:
    """Who asked for a code, in whose chat, and how that account is called."""

    person: int
    identity: int | None
    name: str | None
    expires_at: datetime


def new_code(
    tx: Transaction,
    code_hash: str,
    person: int,
    expires_at: datetime,
    now: datetime,
    *,
    identity: int | None = None,
    name: str | None = None,
) -> None:
    """Store the hash of a new code; the person's earlier ones end."""
    tx.run(_FORGET, person_id=person, now=moment(now))
    tx.run(
        _NEW, code_hash=code_hash, person_id=person, expires_at=moment(expires_at),
        identity_id=identity, name=name,
    )  # fmt: skip


def redeem(tx: Transaction, code_hash: str, now: datetime) -> Code | None:
    """What is behind a code, which is used up by this; None when unknown, used or expired."""
    row = tx.run(_USE, code_hash=code_hash, now=moment(now)).fetchone()
    if row is None or as_moment(row[3]) < now:
        return None
    return Code(int(row[0]), row[1], row[2], as_moment(row[3]))


def may_try(tx: Transaction, person: int, now: datetime) -> bool:
    """Whether somebody has not entered too many codes lately that do not exist."""
    row = tx.run(_TRIED, person_id=person).fetchone()
    return row is None or row[0] < TRIES or as_moment(row[1]) + WITHIN <= now


def tried(tx: Transaction, person: int, now: datetime) -> None:
    """Somebody entered a code that does not exist."""
    row = tx.run(_TRIED, person_id=person).fetchone()
    count, since = (int(row[0]), as_moment(row[1])) if row else (0, now)
    if since + WITHIN <= now:
        count, since = 0, now
    tx.run(_TRY, person_id=person, count=count + 1, since=moment(since))


def merge(tx: Transaction, keep: int, give: int) -> None:
    """What ``give`` is still the owner of becomes ``keep``'s: messages to staff, the consent
    history, messages to be sent, answers to events, events hosted. The rest of it goes with the
    record: what it says of the person is ``keep``'s since they were joined."""
    for statement in _ADOPTIONS:
        tx.run(statement, keep=keep, give=give)
    tx.run(_DELETE, give=give)
