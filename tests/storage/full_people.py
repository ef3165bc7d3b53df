"""People of whom every table has a row, every column of it filled."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, MetaData, column, insert, select
from sqlalchemy import table as sa_table

from storage.moments import moment
from storage.statements import sql
from storage.tables import Table
from storage.transaction import Transaction
from storage.types import JsonText, Moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALONE = {  # tables whose rows are about nobody, or about staff
    "received", "erasure", "checkpoint", "audience", "broadcast", "event", "media", "media_copy",
    "staff", "staff_code", "staff_log", "staff_login", "staff_role", "mentoring_round",
    "notice_text",
}  # fmt: skip
STAYING = {"mentoring_match", "mentoring_meeting", "mentoring_log"}  # about nobody, to be counted
PARTIES = ("mentor_id", "mentee_id", "other_id", "request_id", "match_id")
KEYS = {
    "state": "introduced", "reasons": '[["skills", {"skills": ["x"]}]]', "organisation": "cike",
    "mentor_organisation": "cike", "suggested_by": "mentor", "ended_by": "mentor", "uid": "u",
    "alternatives": "[]", "reason": "no_time", "mentor_contact": '["email"]',
    "mentee_contact": '["chat"]', "who": "mentor", "what": "introduced", "detail": "",
    "by": "person",
}  # fmt: skip
CHECKED = {"status": "active", "state": "sent"}
EVENT = sql(
    "INSERT INTO event (id, key, organisation, starts_at, ends_at, timezone, host_id, speaker_id,"
    " uid, code, created_at, updated_at) VALUES (7, 'brunch', 'cike', :at, :at, 'UTC', :host,"
    " :host, 'u', 'c', :at, :at) ON CONFLICT (id) DO NOTHING"
)


def _value(table: str, of: Any, person: int, mark: str) -> Any:
    """A value for a column, recognisable by ``mark`` wherever the column takes text."""
    special = {"person_id": person, "user_id": f"user-{mark}", "channel": "telegram"}
    special |= dict.fromkeys(PARTIES, person) | {"joined_to": None}
    if (table, of.name) == ("inbox_reply", "inbox_id"):
        return person  # its message is numbered so
    if of.name in special:
        return special[of.name]
    if table in {"mentoring_block", *STAYING} and of.name in KEYS:
        return KEYS[of.name]
    if of.name == "account":
        return "bot"
    if of.name in CHECKED:
        of_table = {
            "identity": "ok", "inbox": "open", "conversation": "open", "rsvp": "going",
            "task": "open", "mentoring_request": "open", "mentor_offer": "active",
            "joining": "settled",
        }  # fmt: skip
        return of_table.get(table, CHECKED[of.name])
    if isinstance(of.type, JsonText):
        return json.dumps({"text": mark})
    kinds: list[tuple[type, Any]] = [(Moment, NOW), (Date, NOW.date()), (Boolean, True)]
    kinds += [(Integer, 7), (BigInteger, 7)]
    return next((value for kind, value in kinds if isinstance(of.type, kind)), mark)


def fill(
    tx: Transaction, person: int, mark: str, known: Mapping[str, Collection[str]] | None = None
) -> None:
    """A row in every table, every column filled, all about one person. ``known``: the tables of an
    earlier release, and their columns."""
    if known is None or "event" in known:
        tx.run(EVENT, at=moment(NOW), host=None)
    for table in Table.metadata.sorted_tables:
        if table.name in ALONE or (known is not None and table.name not in known):
            continue
        row = {
            each.name: _value(table.name, each, person, mark)
            for each in table.c
            if known is None or each.name in known[table.name]
        }
        if "id" in row:
            row["id"] = person
        # Without the models' own defaults, some of which are for columns that come later.
        bare = sa_table(table.name, *(column(name, table.c[name].type) for name in row))
        tx.connection.execute(insert(bare).values(row))


def all_text(tx: Transaction) -> dict[str, str]:
    """Table -> everything in it as text, as the database itself lists its tables."""
    found = MetaData()
    found.reflect(tx.connection)
    return {
        table.name: repr(tx.connection.execute(select(table)).all())
        for table in found.sorted_tables
    }
