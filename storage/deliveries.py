"""Messages that wait for their turn: found, taken, put off, given back.

``ix_delivery_due`` holds waiting rows only, so what was sent long ago costs nothing. One process
at a time claims for an account; on PostgreSQL others (the clock's slices, staff) may change rows
meanwhile, and what they hold is passed by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from storage.mentoring.telling import Standing
from storage.moments import as_day, as_moment, maybe_moment, moment
from storage.sent import RELEASED
from storage.statements import Statement, sql
from storage.transaction import Transaction

LANES = (1, 2, 3)
WEEK = timedelta(days=7)

_DELIVERY = (
    "id, person_id, identity_id, chat, user_id, lane, kind, variant, action, target, payload,"
    " attempts, broadcast_id, event_id, match_id, request_id, reason, due_at, expires_at"
)
_DUE = (
    f"SELECT {_DELIVERY} FROM delivery WHERE state = 'queued' AND channel = :channel"
    " AND account = :account AND lane = :lane AND due_at <= :now"
    " AND (due_at, id) > (:after_due, :after_id)"
)
_NOT_BUSY = {
    "sqlite": " AND chat NOT IN (SELECT value FROM json_each(:busy))",
    "postgresql": " AND chat NOT IN (SELECT json_array_elements_text(CAST(:busy AS json)))",
}
# The limit stands in the statement: with a parameter PostgreSQL expects a tenth of all rows, and
# plans anew each time (ten tables: 8 ms) instead of keeping one plan.
_FIRST = " ORDER BY due_at, id LIMIT {page}"
PAGES = (5, 20, 50, 100)
"""How many messages are looked at in one statement."""
_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}
# The one that fills the budget: when it is a week old there is room again. NULL: there is room.
_FULL_SINCE = (
    "(SELECT u.sent_at FROM delivery u WHERE u.person_id = d.person_id AND u.lane > 1"
    " AND u.sent_at > :week_ago"
    " ORDER BY u.sent_at DESC LIMIT 1 OFFSET :spared)"
)
_ABOUT = (
    "SELECT d.*, p.status, p.language, p.timezone, p.name, p.city, p.country, p.organisation,"
    " p.persona, p.paused_until, p.joined_until, p.joined_to, i.status, i.chat_id,"
    " i.user_id, c.given, s.given, o.given, v.updated_at,"
    " b.status, e.status, COALESCE(b.organisation, e.organisation), r.state, {full_since},"
    " p.notice_version"
    " FROM ({due}) AS d"
    " LEFT JOIN person p ON p.id = d.person_id"
    " LEFT JOIN identity i ON i.id = d.identity_id"
    " LEFT JOIN consent c ON c.person_id = d.person_id AND c.purpose = 'invitations'"
    " LEFT JOIN consent s ON s.person_id = d.person_id AND s.purpose = 'sharing'"
    # What one can say no to without having agreed to it: outreach.kinds.
    " LEFT JOIN consent o ON o.person_id = d.person_id AND o.purpose ="
    " CASE WHEN d.match_id IS NULL THEN 'reminders' ELSE 'check_ins' END"
    " LEFT JOIN conversation v ON v.person_id = d.person_id AND v.status = 'open'"
    " LEFT JOIN broadcast b ON b.id = d.broadcast_id"
    " LEFT JOIN event e ON e.id = d.event_id"
    " LEFT JOIN rsvp r ON r.event_id = d.event_id AND r.person_id = d.person_id"
    " ORDER BY d.due_at, d.id"
)


def _candidates(dialect: str, page: int, *, busy: bool, budget: bool) -> Statement:
    due = _DUE + (_NOT_BUSY[dialect] if busy else "") + _FIRST.format(page=page) + _LOCK[dialect]
    return sql(_ABOUT.format(due=due, full_since=_FULL_SINCE if budget else "NULL"))


_CANDIDATES = {
    (dialect, page, busy, budget): _candidates(dialect, page, busy=busy, budget=budget)
    for dialect in ("sqlite", "postgresql")
    for page in PAGES
    for busy in (False, True)
    for budget in (False, True)
}
# Ten tables take PostgreSQL several milliseconds to plan, and which way is best never changes.
_PLANS_POSTGRESQL = sql("SELECT set_config('plan_cache_mode', CAST(:way AS text), TRUE)")
_TAKE = (
    "UPDATE delivery SET state = 'sending', owner = :owner, lease_until = :lease_until,"
    " chat = {chat}, user_id = {user},"
    f" reason = CASE WHEN reason = '{RELEASED}' THEN reason END,"
    # In its turn already: a second message must not find room in the budget meanwhile.
    " sent_at = CASE WHEN lane > 1 THEN CAST(:now AS {moment}) END"
    "{source} WHERE id = {number}"
)
_TAKE_SQLITE = sql(_TAKE.format(moment="text", chat=":chat", user=":user", source="", number=":id"))
# One statement for all: on a server each has its way there and back.
_TAKE_POSTGRESQL = sql(
    _TAKE.format(
        moment="timestamptz",
        chat="t.value ->> 1",
        user="t.value ->> 2",
        source=" FROM json_array_elements(CAST(:taken AS json)) AS t(value)",
        number="CAST(t.value ->> 0 AS bigint)",
    )
)
_PUT_OFF = sql(
    f"UPDATE delivery SET due_at = :due_at, reason = CASE WHEN reason = '{RELEASED}' THEN reason"
    " ELSE CAST(:reason AS text) END WHERE id = :id"
)
_WAKE = sql(
    "UPDATE delivery SET due_at = :now, reason = NULL"
    " WHERE person_id = :person AND state = 'queued' AND reason = :reason"
)
_END = sql(
    "UPDATE delivery SET state = CAST(:state AS text), reason = :reason,"
    " payload = CASE WHEN CAST(:state AS text) = 'held' THEN payload END WHERE id = :id"
)
_RELEASE = sql(
    "UPDATE delivery SET state = 'queued', due_at = :due_at, owner = NULL, lease_until = NULL,"
    " sent_at = NULL, attempts = attempts + :tried WHERE id = :id AND state = 'sending'"
)
_NEXT = sql(
    "SELECT min(due_at) FROM ("
    + " UNION ALL ".join(
        "SELECT min(due_at) AS due_at FROM delivery WHERE state = 'queued' AND channel = :channel"
        f" AND account = :account AND lane = {lane}"
        for lane in LANES
    )
    + ") AS waiting"
)


class Candidate(NamedTuple):
    """A message whose time has come, with what decides whether it goes.

    ``person_status`` None: there is no such person (a test, a post in a group, or erased).
    ``full_since``: as many unasked messages as the budget allows were sent since then.
    ``source_organisation``: whose broadcast or event it is about. ``standing``: of the match or
    request it is about; looked up by itself, for those messages alone. ``invitations``,
    ``sharing``: what was consented to; None: never said. ``reminders``: False where they have said
    no to reminders, or (about a match) to being asked how it goes. ``joined_until``: two records
    became one, and until then that can be undone; ``joined_to``: this one rests meanwhile.
    ``notice``: the version that they agreed to.
    """

    id: int
    person: int | None
    identity: int | None
    chat: str
    user: str
    lane: int
    kind: str
    variant: str
    action: str
    target: str | None
    payload: str | None
    attempts: int
    broadcast: int | None
    event: int | None
    match: int | None
    request: int | None
    reason: str | None
    due_at: datetime
    expires_at: datetime | None
    person_status: str | None
    language: str | None
    timezone: str | None
    name: str | None
    city: str | None
    country: str | None
    organisation: str | None
    persona: str | None
    paused_until: date | None
    joined_until: datetime | None
    joined_to: int | None
    identity_status: str | None
    identity_chat: str | None
    identity_user: str | None
    invitations: bool | None
    sharing: bool | None
    reminders: bool | None
    talked_at: datetime | None
    broadcast_status: str | None
    event_status: str | None
    source_organisation: str | None
    rsvp: str | None
    full_since: datetime | None
    standing: Standing | None
    notice: str | None = None


class Taken(NamedTuple):
    """A message that this process sends now, and where."""

    id: int
    chat: str
    user: str


class PutOff(NamedTuple):
    """A message that waits, and for what."""

    id: int
    due_at: datetime
    reason: str


class Ended(NamedTuple):
    """A message that is not sent: ``state`` expired, cancelled, failed or held."""

    id: int
    state: str
    reason: str


@contextmanager
def plans_kept(tx: Transaction) -> Iterator[None]:
    """Around the statements of a claim: PostgreSQL plans each once a connection."""
    if tx.dialect == "sqlite":
        yield
        return
    tx.run(_PLANS_POSTGRESQL, way="force_generic_plan").fetchall()
    yield
    tx.run(_PLANS_POSTGRESQL, way="auto").fetchall()  # units may share the transaction


def page_for(wanted: int) -> int:
    """The page in which to look for so many messages."""
    return next((page for page in PAGES if page >= wanted), PAGES[-1])


def candidates(
    tx: Transaction,
    channel: str,
    account: str,
    lane: int,
    after: Candidate | None,
    page: int,
    busy: Iterable[str],
    now: datetime,
    budget: int,
) -> list[Candidate]:
    """What of a lane is due, the oldest first, from the one behind ``after`` on, at most ``page``
    (one of PAGES); none for the chats ``busy``. Who had ``budget`` unasked messages in the last
    seven days has ``full_since``. On PostgreSQL the rows are held until the transaction ends."""
    listed = sorted(busy)
    params: dict[str, Any] = {
        "channel": channel, "account": account, "lane": lane, "now": moment(now),
        "after_due": moment(after.due_at) if after else "0001-01-01T00:00:00.000000Z",
        "after_id": after.id if after else 0,
    }  # fmt: skip
    if listed:
        params["busy"] = orjson.dumps(listed).decode()
    if lane > 1:
        params["week_ago"] = moment(now - WEEK)
        params["spared"] = budget - 1
    statement = _CANDIDATES[tx.dialect, page, bool(listed), lane > 1]
    return [_candidate(row) for row in tx.run(statement, **params).fetchall()]


def take(
    tx: Transaction, taken: Sequence[Taken], owner: str, lease_until: datetime, now: datetime
) -> None:
    """These are being sent by ``owner``, from now on."""
    shared = {"owner": owner, "lease_until": moment(lease_until), "now": moment(now)}
    if tx.dialect == "sqlite":
        _many(tx, _TAKE_SQLITE, [{**each._asdict(), **shared} for each in taken])
    elif taken:
        tx.run(
            _TAKE_POSTGRESQL, taken=orjson.dumps([tuple(each) for each in taken]).decode(), **shared
        )


def put_off(tx: Transaction, waiting: Iterable[PutOff]) -> None:
    """These are looked at again then."""
    _many(tx, _PUT_OFF, [{**each._asdict(), "due_at": moment(each.due_at)} for each in waiting])


def wake(tx: Transaction, person: int, reason: str, now: datetime) -> int:
    """What waits for somebody for this reason is looked at now; how many messages that is."""
    return tx.run(_WAKE, person=person, reason=reason, now=moment(now)).rowcount


def end(tx: Transaction, ended: Sequence[Ended]) -> None:
    """These are not sent."""
    _many(tx, _END, [each._asdict() for each in ended])


def release(
    tx: Transaction, deliveries: Iterable[int], due_at: datetime, now: datetime, tried: int
) -> None:
    """Give back what was taken and not sent: it waits again, until ``due_at`` at least, and is
    looked at anew. ``tried``: how often an attempt was made meanwhile."""
    due = moment(max(due_at, now))
    _many(tx, _RELEASE, [{"id": each, "due_at": due, "tried": tried} for each in deliveries])


def next_due(tx: Transaction, channel: str, account: str) -> datetime | None:
    """When the first of what waits for an account becomes, or became, due."""
    ((due,),) = tx.run(_NEXT, channel=channel, account=account)
    return maybe_moment(due)


def _many(tx: Transaction, statement: Statement, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.many(statement, rows)


def _candidate(row: tuple[Any, ...]) -> Candidate:
    values = list(row)
    for place in _MOMENTS:
        if values[place] is not None:
            values[place] = as_moment(values[place])
    if values[_PAUSED] is not None:
        values[_PAUSED] = as_day(values[_PAUSED])
    return Candidate._make((*values[:-1], None, values[-1]))


_MOMENTS = tuple(
    Candidate._fields.index(name)
    for name in ("due_at", "expires_at", "joined_until", "talked_at", "full_since")
)
_PAUSED = Candidate._fields.index("paused_until")
