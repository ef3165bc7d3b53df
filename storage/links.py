"""Joining two identities of one person by a short-lived code."""

from __future__ import annotations

from datetime import datetime

from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_NEW = sql(
    "INSERT INTO link_code (code_hash, person_id, expires_at)"
    " VALUES (:code_hash, :person_id, :expires_at) ON CONFLICT DO NOTHING"
)
_FORGET = sql("DELETE FROM link_code WHERE person_id = :person_id OR expires_at < :now")
_USE = sql(
    "UPDATE link_code SET used_at = :now WHERE code_hash = :code_hash AND used_at IS NULL"
    " RETURNING person_id, expires_at"
)
_ADOPT = sql("UPDATE identity SET person_id = :keep WHERE person_id = :give")
_ADOPT_ANSWERS = sql(
    "UPDATE answer SET person_id = :keep WHERE person_id = :give AND NOT EXISTS"
    " (SELECT 1 FROM answer AS own WHERE own.person_id = :keep AND own.survey = answer.survey"
    " AND own.round = answer.round)"
)
_ADOPT_TRAITS = sql(
    "UPDATE trait SET person_id = :keep WHERE person_id = :give AND kind NOT IN"
    " (SELECT own.kind FROM trait AS own WHERE own.person_id = :keep)"
)
_ADOPT_WILLINGNESS = sql(
    "UPDATE person SET willingness ="
    " (SELECT other.willingness FROM person AS other WHERE other.id = :give)"
    " WHERE id = :keep AND willingness IS NULL"
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
_ADOPTIONS = (
    _ADOPT,
    _ADOPT_ANSWERS,
    _ADOPT_TRAITS,
    _ADOPT_WILLINGNESS,
    _ADOPT_INBOX,
    _ADOPT_REPLIES,
    _ADOPT_LOG,
    _DROP_WAITING,
    _ADOPT_SENT,
    _ADOPT_RSVPS,
)
_DELETE = sql("DELETE FROM person WHERE id = :give")


def new_code(
    tx: Transaction, code_hash: str, person: int, expires_at: datetime, now: datetime
) -> None:
    """Store the hash of a new code; the person's earlier ones end."""
    tx.run(_FORGET, person_id=person, now=moment(now))
    tx.run(_NEW, code_hash=code_hash, person_id=person, expires_at=moment(expires_at))


def redeem(tx: Transaction, code_hash: str, now: datetime) -> int | None:
    """The person behind a code, which is used up by this; None when unknown, used or expired."""
    row = tx.run(_USE, code_hash=code_hash, now=moment(now)).fetchone()
    if row is None or as_moment(row[1]) < now:
        return None
    return int(row[0])


def merge(tx: Transaction, keep: int, give: int) -> None:
    """Make ``give``'s identities ``keep``'s. What ``keep`` says of itself stands; surveys only
    ``give`` answered, messages to staff and the consent history move over; the rest is erased."""
    for statement in _ADOPTIONS:
        tx.run(statement, keep=keep, give=give)
    tx.run(_DELETE, give=give)
