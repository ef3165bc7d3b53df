"""What is held of somebody in rows that are not theirs alone: an event that they host, what they
did as staff. For ``/mydata``; ready for :func:`storage.privacy.everything_held`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from storage.statements import sql
from storage.transaction import Transaction

Row = tuple[Any, ...]

HOSTED = (
    "id", "key", "organisation", "status", "title", "starts_at", "ends_at", "timezone",
)  # fmt: skip
_HOSTED = sql(
    f"SELECT {', '.join(HOSTED)}, host_id = :person, speaker_id = :person FROM event"
    " WHERE host_id = :person OR speaker_id = :person ORDER BY id"
)
_TITLES = sql(
    "SELECT id, key, title FROM event WHERE host_id = :person OR speaker_id = :person"
    " OR id IN (SELECT event_id FROM rsvp WHERE person_id = :person)"
    " OR id IN (SELECT event_id FROM delivery WHERE person_id = :person)"
)
# A number names somebody on Telegram whichever bot hears them; elsewhere the account counts too.
_MEMBER = sql(
    "SELECT staff_id FROM staff_login WHERE channel = :channel AND member_id = :member"
    " AND (channel = 'telegram' OR account IS NULL OR account = :account)"
)
STAFF = {
    "staff": ("id", "name", "language", "created_at", "left_at"),
    "staff_role": ("organisation", "role"),
    "staff_login": ("id", "channel", "handle", "account", "member_id", "created_at"),
    "staff_code": ("expires_at", "used_at"),
    "staff_log": ("id", "at", "actor", "organisation", "action", "subject", "people"),
}
"""Which columns of the tables of staff are told, to whom they are about."""
_OF_STAFF = {
    table: sql(
        f"SELECT {', '.join(columns)} FROM {table}"
        f" WHERE {'id' if table == 'staff' else 'staff_id'} = :staff"
        f" ORDER BY {'id' if 'id' in columns else columns[0]}"
    )
    for table, columns in STAFF.items()
}


def hosted(tx: Transaction, person: int) -> list[tuple[Row, bool, bool]]:
    """The events that somebody hosts or speaks at: :data:`HOSTED`, whether host, whether
    speaker."""
    rows = tx.run(_HOSTED, person=person).fetchall()
    return [(row[:-2], bool(row[-2]), bool(row[-1])) for row in rows]


def staff_rows(tx: Transaction, users: Iterable[tuple[str, str, str]]) -> dict[str, list[Row]]:
    """Table -> rows (:data:`STAFF`) of the member of staff who writes from one of ``users``
    (channel, account, user); nothing where none does."""
    members = {
        int(row[0])
        for channel, account, user in users
        for row in tx.run(_MEMBER, channel=channel, account=account, member=user).fetchall()
    }
    found: dict[str, list[Row]] = {}
    for staff in sorted(members):
        for table, statement in _OF_STAFF.items():
            found.setdefault(table, []).extend(tx.run(statement, staff=staff).fetchall())
    return found


def event_titles(tx: Transaction, person: int) -> list[tuple[int, str, str]]:
    """Number, key and title (JSON, language -> text) of the events that somebody answered to, was
    written about, hosts or speaks at."""
    rows = tx.run(_TITLES, person=person).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]
