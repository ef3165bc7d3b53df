"""Messages that staff look at, hold back and let go again, in slices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.moments import as_moment
from storage.sent import RELEASED
from storage.statements import Statement, sql
from storage.sweeping import PAUSED
from storage.transaction import Transaction

BY_STAFF = "held by staff"
CANCELLED_BY_STAFF = "cancelled by staff"
PAGE = 2_000

# What staff let go; what waits because its broadcast is paused goes on with that broadcast.
_HELD = f"d.state = 'held' AND d.reason <> '{PAUSED}'"
_WAITING = "d.state = 'queued' AND d.lane > 0"
_ABOUT = {
    "all": "",
    "broadcast": " AND d.broadcast_id = :number",
    "event": " AND d.event_id = :number",
}


def _change(source: str, about: str, setting: str) -> Statement:
    """A slice of the rows. The condition is repeated: another process may have claimed one."""
    return sql(
        f"UPDATE delivery AS d SET {setting} WHERE {source} AND d.id IN"
        f" (SELECT d.id FROM delivery AS d WHERE {source}{_ABOUT[about]} LIMIT :limit)"
    )


def _tally(source: str, about: str) -> Statement:
    return sql(
        "SELECT COALESCE(b.key, e.key, CASE WHEN d.match_id IS NOT NULL"
        " OR d.request_id IS NOT NULL THEN 'mentoring' END, ''), d.kind, COALESCE(d.reason, ''),"
        " count(*) FROM delivery AS d LEFT JOIN broadcast b ON b.id = d.broadcast_id"
        " LEFT JOIN event e ON e.id = d.event_id"
        f" WHERE {source}{_ABOUT[about]} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


_RELEASE = {
    about: _change(_HELD, about, f"state = 'queued', reason = '{RELEASED}'") for about in _ABOUT
}
_HOLD = {
    about: _change(_WAITING, about, f"state = 'held', reason = '{BY_STAFF}'") for about in _ABOUT
}
_CANCEL = {
    about: _change(
        _HELD, about, f"state = 'cancelled', reason = '{CANCELLED_BY_STAFF}', payload = NULL"
    )
    for about in _ABOUT
}
_TALLIES = {
    (state, about): _tally(source, about)
    for state, source in (("held", _HELD), ("queued", _WAITING))
    for about in _ABOUT
}
_KEYS = {
    "broadcast": sql("SELECT id, organisation FROM broadcast WHERE key = :key"),
    "event": sql("SELECT id, organisation FROM event WHERE key = :key"),
}
_LINE = (
    "SELECT d.id, d.person_id, d.channel, d.kind, d.variant, b.key, e.key, d.state, d.reason,"
    " d.due_at, d.expires_at, d.sent_at, d.attempts, d.message, d.match_id, d.request_id"
    " FROM delivery AS d"
    " LEFT JOIN broadcast b ON b.id = d.broadcast_id LEFT JOIN event e ON e.id = d.event_id"
    " WHERE d.lane > 0 AND d.id < :before"
)
_NEWEST = " ORDER BY d.id DESC LIMIT :limit"
# The states that few rows are in have an index of their own, which names the state as it stands.
_STATES = {"": "", "other": " AND d.state = :state"} | {
    state: f" AND d.state = '{state}'" for state in ("queued", "sending", "held")
}
_LIST = {
    (state, about): sql(_LINE + condition + _ABOUT[about] + _NEWEST)
    for state, condition in _STATES.items()
    for about in _ABOUT
}


@dataclass(frozen=True, slots=True)
class About:
    """What messages are about: ``kind`` "all", "broadcast" or "event", and its number."""

    kind: str = "all"
    number: int = 0
    key: str = ""
    organisation: str | None = None

    @property
    def params(self) -> dict[str, int]:
        return {} if self.kind == "all" else {"number": self.number}

    @property
    def subject(self) -> str | None:
        """As the staff's log has it: "broadcast:news"."""
        return None if self.kind == "all" else f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many messages of a kind about something (its key, or "mentoring"; "" for nothing)."""

    about: str
    kind: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a list; moments in UTC."""

    id: int
    person: int | None
    channel: str
    kind: str
    variant: str
    broadcast: str | None
    event: str | None
    state: str
    reason: str | None
    due_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    attempts: int
    message: str | None
    match: int | None
    request: int | None

    @property
    def about(self) -> str | None:
        """A key, or what it is about and its number: "match:12"."""
        if self.match is not None:
            return f"match:{self.match}"
        if self.request is not None:
            return f"request:{self.request}"
        return self.broadcast or self.event


def about(tx: Transaction, kind: str, key: str) -> About | None:
    """The broadcast or event ("broadcast", "event") of that key."""
    row = tx.run(_KEYS[kind], key=key).fetchone()
    return About(kind, int(row[0]), key, row[1]) if row else None


def tally(tx: Transaction, state: str, which: About) -> list[Tally]:
    """How many are "held" (and could be let go) or "queued", by what they are."""
    rows = tx.run(_TALLIES[state, which.kind], **which.params)
    return [Tally(*row) for row in rows]


def release(tx: Transaction, which: About, limit: int) -> int:
    """Let up to ``limit`` held messages wait for their turn again; how many there were."""
    return tx.run(_RELEASE[which.kind], limit=limit, **which.params).rowcount


def cancel(tx: Transaction, which: About, limit: int) -> int:
    """Give up to ``limit`` held messages up for good; how many there were."""
    return tx.run(_CANCEL[which.kind], limit=limit, **which.params).rowcount


def hold(tx: Transaction, which: About, limit: int) -> int:
    """Hold up to ``limit`` waiting messages; how many there were."""
    return tx.run(_HOLD[which.kind], limit=limit, **which.params).rowcount


def lines(
    tx: Transaction, state: str | None, which: About, before: int | None, limit: int
) -> list[Line]:
    """What was planned and sent besides replies, the newest first, from the one before the number
    ``before`` on."""
    named = state if state in _STATES else "other"
    params: dict[str, Any] = {**which.params, "limit": limit, "before": before or 2**62}
    if state and named == "other":
        params["state"] = state
    return [_line(row) for row in tx.run(_LIST[named if state else "", which.kind], **params)]


def _line(row: tuple[Any, ...]) -> Line:
    values = list(row)
    for place in (9, 10, 11):
        if values[place] is not None:
            values[place] = as_moment(values[place])
    return Line(*values)


def pages(
    read: Callable[[], AbstractContextManager[Transaction]],
    state: str | None,
    which: About,
    most: int | None,
) -> Iterator[Line]:
    """The list to its end, or ``most`` of it: constant memory. ``read()`` opens a snapshot."""
    before: int | None = None
    while most is None or most > 0:
        size = PAGE if most is None else min(PAGE, most)
        with read() as tx:
            page = lines(tx, state, which, before, size)
        yield from page
        if len(page) < size:
            return
        before = page[-1].id
        most = None if most is None else most - size
