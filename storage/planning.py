"""Planning messages to many people: rows for a stretch of the people, in one statement.

Everybody's row is written by ``INSERT … SELECT``, whose conditions come from outside as SQL over
``p`` (a row of person) with bound values, so a million people cost the program no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import orjson

from storage.moments import moment
from storage.reach import reached_by
from storage.statements import Statement, sql
from storage.transaction import Transaction

# Who has no time zone has their organisation's: "@cike".
_ZONE = "COALESCE(NULLIF(p.timezone, ''), '@' || COALESCE(p.organisation, ''))"
_DUES = {
    "sqlite": "WITH z AS MATERIALIZED (SELECT key AS zone, value AS due FROM json_each(:zones))",
    "postgresql": "WITH z AS MATERIALIZED (SELECT key AS zone, CAST(value AS timestamptz) AS due"
    " FROM jsonb_each_text(CAST(:zones AS jsonb)))",
}
_DUE = {
    "sqlite": "COALESCE(z.due, :due)",
    "postgresql": "COALESCE(z.due, CAST(:due AS timestamptz))",
}
_LISTED = {
    "sqlite": "SELECT value FROM json_each(:answers)",
    "postgresql": "SELECT json_array_elements_text(CAST(:answers AS json))",
}
_PEOPLE = "person p WHERE p.id > :after AND p.id <= :upto"
_ANSWERS = (
    "rsvp r JOIN person p ON p.id = r.person_id"
    " WHERE r.event_id = :event AND r.person_id > :after AND r.person_id <= :upto"
)
_INTO = (
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " broadcast_id, event_id, match_id, request_id, variant, action, state, created_at, due_at,"
    " expires_at)"
    # Not in front: sqlite3 counts the rows of statements that begin with INSERT alone.
    " {dues} SELECT p.id, x.id, x.channel, x.account, x.chat_id, x.user_id,"
    " CAST(:lane AS integer), :kind, CAST(:broadcast AS bigint), CAST(:event AS bigint),"
    " CAST(:match AS bigint), CAST(:request AS bigint),"
    " :variant, 'send', 'queued', {now}, {due}, {expires} FROM "
)
_ONCE = " ON CONFLICT ({0}, kind, variant, person_id) WHERE {0} IS NOT NULL DO NOTHING"
# As storage.reach.CONSENTED; joined, because a million subqueries cost more.
_CONSENT = " JOIN consent y ON y.person_id = p.id AND y.purpose = :purpose AND y.given"
# People first, then each one's identities: SQLite would begin with all identities of a single
# channel, PostgreSQL read the table whole for each stretch (LIMIT keeps the subquery one).
_IDENTITY = {
    "sqlite": " CROSS JOIN identity x ON {}",
    "postgresql": " JOIN LATERAL (SELECT * FROM identity x WHERE {} LIMIT 1) AS x ON TRUE",
}
# From one to the next in the index, whatever number of people lives in each.
_ZONES = sql(
    "WITH RECURSIVE known(zone) AS (SELECT min(timezone) FROM person WHERE timezone > ''"
    " UNION ALL SELECT (SELECT min(timezone) FROM person WHERE timezone > known.zone)"
    " FROM known WHERE known.zone IS NOT NULL) SELECT zone FROM known WHERE zone IS NOT NULL"
)
_LAST_PERSON = sql("SELECT COALESCE(max(id), 0) FROM person")
_LAST_ANSWER = sql("SELECT COALESCE(max(person_id), 0) FROM rsvp WHERE event_id = :event")
_UPTO_ANSWER = sql(
    "SELECT max(person_id) FROM (SELECT person_id FROM rsvp WHERE event_id = :event"
    " AND person_id > :after ORDER BY person_id LIMIT :limit) AS next"
)


# A stretch is few people, looked up one by one. PostgreSQL would rather read consents and traits
# whole and hash them, for each of a thousand stretches.
_LOOKING_UP_POSTGRESQL = sql(
    "SELECT set_config(name, CAST(:way AS text), TRUE) FROM (VALUES ('enable_hashjoin'),"
    " ('enable_mergejoin'), ('enable_seqscan')) AS setting(name)"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows to be written. ``where`` is SQL over ``p`` with the values ``params``; ``purpose``
    what must be consented to. ``answers``: only those who answered to ``event`` so."""

    lane: int
    kind: str
    channels: tuple[str, ...]
    where: str = "TRUE"
    params: Mapping[str, str | int] = field(default_factory=dict)
    purpose: str | None = None
    answers: tuple[str, ...] | None = None
    broadcast: int | None = None
    event: int | None = None
    variant: str = ""
    expires_at: datetime | None = None
    match: int | None = None
    request: int | None = None


@contextmanager
def one_by_one(tx: Transaction) -> Iterator[None]:
    """Around the statements of a slice: they look things up person by person."""
    if tx.dialect == "sqlite":
        yield
        return
    tx.run(_LOOKING_UP_POSTGRESQL, way="off").fetchall()
    yield
    tx.run(_LOOKING_UP_POSTGRESQL, way="on").fetchall()  # units may share the transaction


def last(tx: Transaction, wanted: Wanted) -> int:
    """The highest number of a person who may be meant; 0: nobody."""
    if wanted.answers is None:
        row = tx.run(_LAST_PERSON).fetchone()
    else:
        row = tx.run(_LAST_ANSWER, event=wanted.event).fetchone()
    return int(row[0]) if row else 0


def stretch(tx: Transaction, wanted: Wanted, after: int, size: int) -> int:
    """Up to which number there are at most ``size`` people behind ``after``."""
    if wanted.answers is None:
        return after + size
    row = tx.run(_UPTO_ANSWER, event=wanted.event, after=after, limit=size).fetchone()
    return int(row[0]) if row and row[0] is not None else after


def zones(tx: Transaction) -> list[str]:
    """The time zones in which people live, as they stand."""
    return [row[0] for row in tx.run(_ZONES).fetchall()]


def insert(
    tx: Transaction,
    wanted: Wanted,
    after: int,
    upto: int,
    due: datetime,
    dues: Mapping[str, datetime],
    now: datetime,
) -> int:
    """Write the rows of the people with numbers in (``after``, ``upto``]; how many there are.

    They are due at ``due``, those of a zone in ``dues`` at its moment; "@cike" there is for the
    people of that organisation who have no zone. Who has a row of this event (match,
    request), kind and variant gets no second one.
    """
    params = {
        **wanted.params,
        **_who(wanted, after, upto),
        "lane": wanted.lane,
        "kind": wanted.kind,
        "broadcast": wanted.broadcast,
        "event": wanted.event,
        "match": wanted.match,
        "request": wanted.request,
        "variant": wanted.variant,
        "now": moment(now),
        "due": moment(due),
        "expires": moment(wanted.expires_at) if wanted.expires_at else None,
    }
    if wanted.purpose is not None:
        params["purpose"] = wanted.purpose
    if dues:
        listed = {name: moment(each) for name, each in dues.items()}
        params["zones"] = orjson.dumps(listed).decode()
    return tx.run(_statement(wanted, tx.dialect, zoned=bool(dues)), **params).rowcount


def _statement(wanted: Wanted, dialect: str, *, zoned: bool) -> Statement:
    kind = "timestamptz" if dialect == "postgresql" else "text"
    plain = f"CAST(:due AS {kind})"
    into = _INTO.format(
        dues=_DUES[dialect] if zoned else "",
        now=f"CAST(:now AS {kind})",
        due=_DUE[dialect] if zoned else plain,
        expires=f"CAST(:expires AS {kind})",
    )
    people, _, where = _from(wanted, dialect).partition(" WHERE ")
    joins = _IDENTITY[dialect].format(reached_by(wanted.channels))
    joins += _CONSENT if wanted.purpose is not None else ""
    joins += f" LEFT JOIN z ON z.zone = {_ZONE}" if zoned else ""
    return _prepared(f"{into}{people}{joins} WHERE {where} AND ({wanted.where}){_once(wanted)}")


@lru_cache(maxsize=64)  # a message to one person is mostly told to the next as well
def _prepared(text: str) -> Statement:
    return sql(text)


def _once(wanted: Wanted) -> str:
    """What a message is about is told to nobody twice."""
    about = {"event_id": wanted.event, "match_id": wanted.match, "request_id": wanted.request}
    return next((_ONCE.format(name) for name, number in about.items() if number is not None), "")


def _from(wanted: Wanted, dialect: str) -> str:
    if wanted.answers is None:
        return _PEOPLE
    return f"{_ANSWERS} AND r.state IN ({_LISTED[dialect]})"


def _who(wanted: Wanted, after: int, upto: int) -> dict[str, str | int | None]:
    params: dict[str, str | int | None] = {"after": after, "upto": upto}
    if wanted.answers is not None:
        params["event"] = wanted.event
        params["answers"] = orjson.dumps(wanted.answers).decode()
    return params
