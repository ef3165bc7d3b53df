"""Events and people for the tests of inviting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from storage import events
from storage.database import Transaction, sql
from storage.events import EventRow
from storage.moments import moment

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # a Monday, half past ten in Bratislava
STARTS = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
CHANNELS = ("demo",)

PERSON = sql(
    "INSERT INTO person (id, organisation, status, language, name, timezone, created_at)"
    " VALUES (:id, :organisation, 'active', :language, :name, :timezone, :at)"
)
IDENTITY = sql(
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
    " VALUES (:id, 'demo', 'demo', :user, :user, :at)"
)
CONSENT = sql(
    "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    " VALUES (:id, :purpose, :given, '1', :at)"
)
ALL_YES = sql("INSERT INTO person (id, created_at) VALUES (:id, :at)")


@cache
def expats() -> Blueprint:
    """The blueprint that comes with the program."""
    return load(default_path())


def person(
    tx: Transaction,
    number: int,
    *,
    organisation: str = "cike",
    language: str = "sk",
    timezone: str = "Europe/Bratislava",
    consents: tuple[str, ...] = ("register", "invitations"),
) -> int:
    """Somebody who is registered, consents, and can be reached."""
    at = moment(NOW)
    tx.run(
        PERSON, id=number, organisation=organisation, language=language,
        name=f"Person {number}", timezone=timezone, at=at,
    )  # fmt: skip
    tx.run(IDENTITY, id=number, user=f"u{number}", at=at)
    for purpose in consents:
        tx.run(CONSENT, id=number, purpose=purpose, given=True, at=at)
    return number


def people(tx: Transaction, count: int, **values: Any) -> list[int]:
    """``count`` such people, from 1."""
    return [person(tx, number, **values) for number in range(1, count + 1)]


def event(tx: Transaction, key: str = "brunch", **values: Any) -> EventRow:
    """An announced event."""
    values = {
        "key": key,
        "organisation": "cike",
        "status": "announced",
        "title": {"en": "Brunch", "sk": "Brunč"},
        "description": {},
        "place": {"en": "Tabačka"},
        "note": {},
        "starts_at": STARTS,
        "ends_at": values.get("starts_at", STARTS) + timedelta(hours=2),
        "timezone": "Europe/Bratislava",
        "guests": 0,
        "audience": "",
        "uid": f"{key}@domov",
        "sequence": 0,
        "revision": 0,
        "code": key.upper(),
        "created_at": NOW,
        "updated_at": NOW,
        **values,
    }
    number = events.insert(tx, values)
    return events.by_ids(tx, [number])[number]
