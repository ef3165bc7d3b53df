"""What a turn reads and writes: prepared statements, because every message passes here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

JUST_NOW = timedelta(minutes=1)

_CLAIM = sql(
    "INSERT INTO received (channel, account, event_id, at)"
    " VALUES (:channel, :account, :event_id, :at) ON CONFLICT DO NOTHING"
)
_CLAIMED = sql(
    "SELECT 1 FROM received WHERE channel = :channel AND account = :account"
    " AND event_id = :event_id"
)
_UNCLAIM = sql(
    "DELETE FROM received WHERE channel = :channel AND account = :account AND event_id = :event_id"
)
_WHO_TEXT = (
    "SELECT i.id, i.person_id, i.chat_id, i.status,"
    " p.status, p.language, p.persona, p.organisation, p.timezone, p.name,"
    " c.id, c.flow, c.params, c.facts, c.answers, c.draft, c.revision, c.updated_at,"
    " p.last_active_at, i.joining_id, p.joined_to, p.notice_version"
    " FROM identity i JOIN person p ON p.id = i.person_id"
    " LEFT JOIN conversation c ON c.person_id = p.id AND c.status = 'open'"
    " WHERE i.channel = :channel AND i.account = :account AND i.user_id = :user_id"
)
_WHO = sql(_WHO_TEXT)
# Two processes may hear from one person's two platforms at once: the second waits for the first.
# Not for the key: a broadcast that is planned for them refers to them meanwhile.
_WHO_POSTGRESQL = sql(_WHO_TEXT + " FOR NO KEY UPDATE OF p")
_ANEW = 2  # joined and parted while one event waited
_NEW_PERSON = sql(
    "INSERT INTO person (status, language, source, created_at, last_active_at)"
    " VALUES ('new', :language, :source, :now, :now) RETURNING id"
)
_NEW_IDENTITY = sql(
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
    " VALUES (:person_id, :channel, :account, :user_id, :chat_id, :now) RETURNING id"
)
_OPEN = sql(
    "INSERT INTO conversation"
    " (person_id, flow, params, facts, answers, draft, revision, status, opened_at, updated_at)"
    " VALUES (:person_id, :flow, :params, :facts, :answers, :draft, :revision, 'open', :now, :now)"
    " RETURNING id"
)
_SAVE = sql(
    "UPDATE conversation SET answers = :answers, draft = :draft, revision = :revision,"
    " updated_at = :now WHERE id = :id"
)
_PARK = sql("UPDATE conversation SET status = 'parked', updated_at = :now WHERE id = :id")
# What was said in a conversation that is over stands in the living database, or is not wanted.
_CLOSE = sql(
    "UPDATE conversation SET status = :status, updated_at = :now,"
    " facts = '{}', answers = '{}', draft = '{}' WHERE id = :id"
)
_REOPEN = sql(
    "UPDATE conversation SET status = 'open', revision = revision + 1, updated_at = :now"
    " WHERE id = :id AND person_id = :person_id AND status = 'parked'"
    " RETURNING id, flow, params, facts, answers, draft, revision, updated_at"
)
_PARKED = sql(
    "SELECT id, flow, params FROM conversation WHERE person_id = :person_id"
    " AND status = 'parked' ORDER BY updated_at DESC"
)
_DROP_ALIKE = sql(
    "UPDATE conversation SET status = 'dropped', facts = '{}', answers = '{}', draft = '{}'"
    " WHERE person_id = :person_id"
    " AND status = 'parked' AND flow = :flow AND params = :params"
)
_FIND = sql(
    "SELECT id, flow, params, facts, answers, draft, revision, updated_at, status FROM conversation"
    " WHERE id = :id AND person_id = :person_id"
)
_CLOSED_AT = sql(
    "SELECT updated_at FROM conversation WHERE id = :id AND person_id = :person_id"
    " AND status <> 'open'"
)
_SPOKEN = sql(
    "SELECT p.language FROM identity i JOIN person p ON p.id = i.person_id"
    " WHERE i.channel = :channel AND i.account = :account AND i.user_id = :user_id"
)
_FORGET_CLOSED = sql(
    "DELETE FROM conversation WHERE person_id = :person_id AND status IN ('done', 'dropped')"
    " AND updated_at < :before"
)
_ACTIVE = sql("UPDATE person SET last_active_at = :now WHERE id = :id")
_REACHED = sql("UPDATE identity SET status = :status, chat_id = :chat_id WHERE id = :id")
_USERNAME = sql("UPDATE identity SET username = :username WHERE id = :id")
_LANGUAGE = sql("UPDATE person SET language = :language WHERE id = :id")


@dataclass(slots=True)
class Talk:
    """An open conversation as stored."""

    id: int
    flow: str
    params: dict[str, Any]
    facts: dict[str, Any]
    answers: dict[str, Any]
    draft: dict[str, Any]
    revision: int
    updated_at: datetime


@dataclass(slots=True)
class Who:
    """Whom an event is from. ``talk``: the conversation open with them, if any; ``active_at``:
    when they were here last, to the hour. ``joining``: the account leads to this record for the
    time being (see :mod:`storage.joinings`)."""

    identity: int
    person: int
    chat: str
    reachable: bool
    status: str
    language: str
    persona: str | None
    organisation: str | None
    timezone: str | None
    name: str | None
    talk: Talk | None
    active_at: datetime | None = None
    joining: int | None = None
    notice: str | None = None


def claim(tx: Transaction, channel: str, account: str, event_id: str, now: datetime) -> bool:
    """Whether the event is new; a second delivery of it finds False."""
    done = tx.run(_CLAIM, channel=channel, account=account, event_id=event_id, at=moment(now))
    return done.rowcount == 1


def claimed(tx: Transaction, channel: str, account: str, event_id: str) -> bool:
    """Whether an event was claimed before: the platform brings it again."""
    row = tx.run(_CLAIMED, channel=channel, account=account, event_id=event_id).fetchone()
    return row is not None


def unclaim(tx: Transaction, channel: str, account: str, event_id: str) -> None:
    """An event that will come again under the same id, and is to be played then."""
    tx.run(_UNCLAIM, channel=channel, account=account, event_id=event_id)


def who(tx: Transaction, channel: str, account: str, user: str) -> Who | None:
    """The person behind a platform's user, locked until the commit."""
    statement = _WHO if tx.dialect == "sqlite" else _WHO_POSTGRESQL
    row = tx.run(statement, channel=channel, account=account, user_id=user).fetchone()
    for _ in range(_ANEW):
        if row is None or tx.dialect == "sqlite" or row[19:] == (None, None):
            break
        # While we waited for the person, the account may have come to lead to another.
        row = tx.run(statement, channel=channel, account=account, user_id=user).fetchone()
    if row is None:
        return None
    talk = _talk(row[10:]) if row[10] is not None else None
    status, language, persona, organisation, timezone, name = row[4:10]
    return Who(
        row[0], row[1], row[2], row[3] == "ok",
        status, language, persona, organisation, timezone, name, talk,
        maybe_moment(row[18]), row[19], row[21],
    )  # fmt: skip


def _talk(row: tuple[Any, ...]) -> Talk:
    params, facts, answers, draft = (orjson.loads(text) for text in row[2:6])
    return Talk(row[0], row[1], params, facts, answers, draft, row[6], as_moment(row[7]))


def welcome(
    tx: Transaction,
    *,
    channel: str,
    account: str,
    user: str,
    chat: str,
    language: str,
    source: str | None,
    now: datetime,
) -> Who:
    """A stub for somebody new: what is needed to answer, nothing more."""
    at = moment(now)
    person = _id(tx.run(_NEW_PERSON, language=language, source=source, now=at))
    identity = _id(
        tx.run(
            _NEW_IDENTITY,
            person_id=person,
            channel=channel,
            account=account,
            user_id=user,
            chat_id=chat,
            now=at,
        )
    )
    return Who(identity, person, chat, True, "new", language, None, None, None, None, None, now)


def _id(result: Any) -> int:
    row = result.fetchone()
    return int(row[0])


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def open_talk(
    tx: Transaction,
    person: int,
    flow: str,
    *,
    params: dict[str, Any],
    facts: dict[str, Any],
    answers: dict[str, Any],
    draft: dict[str, Any],
    now: datetime,
) -> Talk:
    """Open a conversation; the caller has parked or closed the one open before. Of those that
    are over only what was closed just now is kept, to know the second of a double tap."""
    stored = _json(params)
    tx.run(_FORGET_CLOSED, person_id=person, before=moment(now - JUST_NOW))
    tx.run(_DROP_ALIKE, person_id=person, flow=flow, params=stored)
    row = tx.run(
        _OPEN,
        person_id=person,
        flow=flow,
        params=stored,
        facts=_json(facts),
        answers=_json(answers),
        draft=_json(draft),
        revision=0,
        now=moment(now),
    )
    return Talk(_id(row), flow, params, facts, answers, draft, 0, now)


def save(tx: Transaction, talk: Talk, now: datetime) -> None:
    tx.run(
        _SAVE,
        id=talk.id,
        answers=_json(talk.answers),
        draft=_json(talk.draft),
        revision=talk.revision,
        now=moment(now),
    )


def park(tx: Transaction, talk: Talk, now: datetime) -> None:
    """Leave a conversation to go on with later."""
    tx.run(_PARK, id=talk.id, now=moment(now))


def close(tx: Transaction, talk: Talk, status: str, now: datetime) -> None:
    """End a conversation, "done" or "dropped": its contents are forgotten (least data)."""
    tx.run(_CLOSE, id=talk.id, status=status, now=moment(now))


def reopen(tx: Transaction, person: int, conversation: int, now: datetime) -> Talk | None:
    """Go on with a parked conversation. Its old buttons are void (a new revision)."""
    row = tx.run(_REOPEN, id=conversation, person_id=person, now=moment(now)).fetchone()
    return _talk(row) if row else None


def parked(tx: Transaction, person: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Conversations to go on with, the latest first: id, flow, params."""
    rows = tx.run(_PARKED, person_id=person).fetchall()
    return [(row[0], row[1], orjson.loads(row[2])) for row in rows]


def find(tx: Transaction, person: int, conversation: int) -> tuple[Talk, str] | None:
    """One of the person's conversations, with its status: "open", "parked", "done", "dropped"."""
    row = tx.run(_FIND, id=conversation, person_id=person).fetchone()
    return (_talk(row), str(row[8])) if row else None


def closed_at(tx: Transaction, person: int, conversation: int) -> datetime | None:
    """When a conversation that is not open any more was last touched."""
    row = tx.run(_CLOSED_AT, id=conversation, person_id=person).fetchone()
    return as_moment(row[0]) if row else None


def language(tx: Transaction, channel: str, account: str, user: str) -> str | None:
    """The language that a platform's user is spoken to in; None: nobody is known by it."""
    row = tx.run(_SPOKEN, channel=channel, account=account, user_id=user).fetchone()
    return str(row[0]) if row else None


def active(tx: Transaction, person: int, now: datetime) -> None:
    """Note that somebody was here."""
    tx.run(_ACTIVE, id=person, now=moment(now))


def reached(tx: Transaction, identity: int, chat: str, *, ok: bool) -> None:
    """Whether messages reach this identity, and in which chat."""
    tx.run(_REACHED, id=identity, chat_id=chat, status="ok" if ok else "unreachable")


def speak(tx: Transaction, person: int, language: str) -> None:
    """The language to talk in from now on."""
    tx.run(_LANGUAGE, id=person, language=language)


def call(tx: Transaction, identity: int, username: str) -> None:
    """The name by which the platform shows this identity."""
    tx.run(_USERNAME, id=identity, username=username)
