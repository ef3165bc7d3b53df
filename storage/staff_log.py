"""What staff did: who, what, when, about what, and on how many people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_COLUMNS = "id, at, staff_id, actor, organisation, action, subject, people, detail"
_WRITE = sql(
    "INSERT INTO staff_log (at, staff_id, actor, organisation, action, subject, people, detail)"
    " VALUES (:at, :staff, :actor, :organisation, :action, :subject, :people, :detail)"
)
# What nobody asked to be narrowed must not hide the key's order from the planner.
_LATEST = f"SELECT {_COLUMNS} FROM staff_log WHERE id < :before"
_NARROWED = {
    "organisation": " AND organisation = :organisation",
    "staff": " AND staff_id = :staff",
    "action": " AND (action = :action OR action LIKE :within)",
    "subject": " AND subject = :subject",
    "since": " AND at >= :since",
}
_END = " ORDER BY id DESC LIMIT :limit"
_FIRST = 2**62


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that was done. ``actor`` names who did it, also where they left since."""

    id: int
    at: datetime
    staff: int | None
    actor: str
    organisation: str | None
    action: str
    subject: str | None
    people: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; None: all. ``action`` "event" takes in "event.announce"."""

    organisation: str | None = None
    staff: int | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None


def write(
    tx: Transaction,
    at: datetime,
    staff: int | None,
    actor: str,
    action: str,
    *,
    organisation: str | None = None,
    subject: str | None = None,
    people: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note what somebody did."""
    tx.run(
        _WRITE,
        at=moment(at),
        staff=staff,
        actor=actor,
        organisation=organisation,
        action=action,
        subject=subject,
        people=people,
        detail=orjson.dumps(detail or {}, option=orjson.OPT_NON_STR_KEYS).decode(),
    )


def latest(tx: Transaction, wanted: Wanted, limit: int, before: int = _FIRST) -> list[LogLine]:
    """At most ``limit`` lines, the latest first, older than the one numbered ``before``."""
    given: dict[str, Any] = {"before": before, "limit": limit}
    text = _LATEST
    for name, condition in _NARROWED.items():
        value = getattr(wanted, name)
        if value is not None:
            text += condition
            given[name] = moment(value) if isinstance(value, datetime) else value
    if wanted.action is not None:
        given["within"] = f"{wanted.action}.%"
    return [_line(*row) for row in tx.run(sql(text + _END), **given).fetchall()]


def all_of(tx: Transaction, wanted: Wanted, page: int = 1_000) -> Iterator[LogLine]:
    """Every line, the latest first, fetched page by page."""
    before = _FIRST
    while lines := latest(tx, wanted, page, before):
        yield from lines
        before = lines[-1].id


def _line(
    number: int,
    at: str | datetime,
    staff: int | None,
    actor: str,
    organisation: str | None,
    action: str,
    subject: str | None,
    people: int | None,
    detail: str,
) -> LogLine:
    return LogLine(
        number, as_moment(at), staff, actor, organisation, action, subject, people,
        orjson.loads(detail),
    )  # fmt: skip
