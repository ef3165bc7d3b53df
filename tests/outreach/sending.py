"""People, broadcasts and events in a few words, for tests of what is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from outreach.deciding import Rules
from storage.moments import moment
from storage.statements import sql
from storage.tables import Table
from storage.transaction import Transaction

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday; 12:00 in Bratislava
RULES = Rules(
    budget=3, begins=9, ends=20, talk=timedelta(minutes=15),
    zones={"cike": "Europe/Bratislava", "bsc": "Europe/Ljubljana"}, zone="Europe/Bratislava",
)  # fmt: skip


def put(tx: Transaction, table: str, **values: Any) -> int:
    """Insert a row; moments as they are. Gives its number where it has one."""
    plain = {k: moment(v) if isinstance(v, datetime) else v for k, v in values.items()}
    names = ", ".join(plain)
    bound = ", ".join(f":{name}" for name in plain)
    numbered = " RETURNING id" if "id" in Table.metadata.tables[table].c else ""
    row = tx.run(sql(f"INSERT INTO {table} ({names}) VALUES ({bound}){numbered}"), **plain)
    found = row.fetchone() if numbered else None
    return int(found[0]) if found else 0


def person(
    tx: Transaction, *, consents: tuple[str, ...] = ("register", "invitations"), **values: Any
) -> int:
    """Somebody active, of cike, who can be written to on Telegram; the chat is their number."""
    channel = values.pop("channel", "telegram")
    columns = {
        "organisation": "cike", "persona": "expat", "status": "active", "language": "sk",
        "timezone": "Europe/Bratislava", "name": "Jana", "created_at": NOON,
        **values,
    }  # fmt: skip
    number = put(tx, "person", **columns)
    identity(tx, number, channel)
    for purpose in consents:
        put(
            tx, "consent", person_id=number, purpose=purpose, given=True, notice_version="1",
            at=NOON,
        )  # fmt: skip
    return number


def identity(tx: Transaction, owner: int, channel: str = "telegram", **values: Any) -> int:
    columns = {
        "account": "bot", "user_id": f"u{owner}", "chat_id": str(owner), "status": "ok",
        "created_at": NOON, **values,
    }  # fmt: skip
    return put(tx, "identity", person_id=owner, channel=channel, **columns)


def broadcast(tx: Transaction, **values: Any) -> int:
    columns = {
        "key": "news", "organisation": "cike", "status": "sending", "created_at": NOON,
        "bodies": '{"en": "Hello"}', **values,
    }  # fmt: skip
    return put(tx, "broadcast", **columns)


def event(tx: Transaction, **values: Any) -> int:
    columns = {
        "key": "brunch", "organisation": "cike", "status": "announced", "code": "ABC",
        "title": '{"en": "Brunch"}', "starts_at": NOON + timedelta(days=7),
        "ends_at": NOON + timedelta(days=7, hours=2), "timezone": "Europe/Bratislava",
        "uid": "u", "created_at": NOON, "updated_at": NOON, **values,
    }  # fmt: skip
    return put(tx, "event", **columns)


def answered(tx: Transaction, event_id: int, person_id: int, state: str) -> None:
    put(tx, "rsvp", event_id=event_id, person_id=person_id, state=state, answered_at=NOON)


LANES = {"broadcast": 3, "invitation": 2, "feedback_reminder": 2}


def delivery(tx: Transaction, to: int | None, kind: str = "broadcast", **values: Any) -> int:
    """A waiting message for a person made by :func:`person`."""
    found = tx.run(
        sql("SELECT id, user_id, chat_id FROM identity WHERE person_id = :id ORDER BY id"),
        id=to or 0,
    ).fetchone()
    number, user, chat = found or (None, "staff", "group")
    columns = {
        "channel": "telegram", "account": "bot", "chat": chat, "user_id": user,
        "lane": LANES.get(kind, 1), "kind": kind, "action": "send", "state": "queued",
        "created_at": NOON, "due_at": NOON, **values,
    }  # fmt: skip
    return put(tx, "delivery", person_id=to, identity_id=number, **columns)


def row(tx: Transaction, number: int) -> dict[str, Any]:
    """A delivery's row."""
    names = "state, reason, due_at, owner, attempts, sent_at, chat, payload, lease_until"
    found = tx.run(sql(f"SELECT {names} FROM delivery WHERE id = :id"), id=number).fetchone()
    assert found is not None
    return dict(zip(names.split(", "), found, strict=True))
