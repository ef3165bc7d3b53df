"""Two records that may be one person's: the rows of what was asked, joined and taken back.

entered → asked → joined → settled, or declined, expired, undone. While it is "joined" the
accounts of one record lead to the other (``kept``), and that record rests as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.living import LANGUAGE_AND_WORDS
from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

OPEN = ("entered", "asked")
JOINED = "joined"
PURPOSE = "joining"
"""Under what the history of consents tells of it."""

_COLUMNS = (
    "id, person_id, other_id, state, identity_id, other_identity_id, name, other_name, kept,"
    " moved, before, after, left_out, said, created_at, expires_at, joined_at"
)
_NEW = sql(
    "INSERT INTO joining (person_id, other_id, state, identity_id, other_identity_id, name,"
    " other_name, created_at, expires_at) VALUES (:person, :other, 'entered', :identity,"
    " :other_identity, :name, :other_name, :now, :expires_at) RETURNING id"
)
_ONE = f"SELECT {_COLUMNS} FROM joining WHERE id = :id"
_ONE_SQLITE, _ONE_POSTGRESQL = sql(_ONE), sql(_ONE + " FOR UPDATE")
_OF = (
    f"SELECT {_COLUMNS} FROM joining WHERE (person_id = :person OR other_id = :person)"
    " AND state IN ({states}) ORDER BY id"
)
_OPEN_OF = _OF.format(states="'entered', 'asked'")
_OPEN_OF_SQLITE, _OPEN_OF_POSTGRESQL = sql(_OPEN_OF), sql(_OPEN_OF + " FOR UPDATE")
_JOINED_OF = _OF.format(states="'joined'")
_JOINED_OF_SQLITE, _JOINED_OF_POSTGRESQL = sql(_JOINED_OF), sql(_JOINED_OF + " FOR UPDATE")
_ASK = sql("UPDATE joining SET state = 'asked' WHERE id = :id")
_JOIN = sql(
    "UPDATE joining SET state = 'joined', kept = :kept, moved = :moved, before = :before,"
    " after = :after, left_out = :left_out, joined_at = :now, expires_at = :until WHERE id = :id"
)
_SETTLE = sql(
    "UPDATE joining SET state = 'settled', person_id = :person, other_id = NULL, name = NULL,"
    " other_name = NULL, moved = '[]', before = '{}', after = '{}', said = '[]', ended_at = :now"
    " WHERE id = :id"
)
_END = sql(
    "UPDATE joining SET state = :state, name = NULL, other_name = NULL, moved = '[]',"
    " before = '{}', after = '{}', left_out = '{}', said = '[]', ended_at = :now WHERE id = :id"
)
_TOLD = sql(
    "SELECT id, CASE WHEN person_id = :person THEN 'gave the code' ELSE 'entered the code' END,"
    " state, created_at, expires_at, joined_at, ended_at, left_out FROM joining"
    " WHERE person_id = :person OR other_id = :person ORDER BY id"
)
_LEFT_OUT = sql("UPDATE joining SET left_out = :left_out WHERE id = :id")
_SAID = sql("UPDATE joining SET said = :said WHERE id = :id")
_REST = sql("UPDATE person SET joined_to = :keep, joined_until = :until WHERE id = :give")
_UNTIL = sql("UPDATE person SET joined_until = :until WHERE id = :person")
_IDENTITIES = sql("SELECT id FROM identity WHERE person_id = :person ORDER BY id")
_CHANNELS = sql("SELECT DISTINCT channel FROM identity WHERE person_id = :person")
_MOVE = sql("UPDATE identity SET person_id = :person, joining_id = :joining WHERE id = :id")
_STAYS = sql("UPDATE identity SET joining_id = NULL WHERE joining_id = :joining")
_HOLDS = "SELECT joined_to, joined_until, status, language, name FROM person WHERE id = :person"
_HOLDS_SQLITE, _HOLDS_POSTGRESQL = sql(_HOLDS), sql(_HOLDS + " FOR NO KEY UPDATE")
_RESTING = sql("SELECT id FROM person WHERE joined_to = :person ORDER BY id")
_LOG = sql(
    "INSERT INTO consent_log"
    " (person_id, purpose, given, notice_version, at, channel, language, words_id)"
    " VALUES (:person, :purpose, :given, CAST(:notice_version AS text), :at, :channel, "
    + LANGUAGE_AND_WORDS.format(person=":person")
    + ")"
)
_IDENTITY = sql("SELECT person_id, channel, account, chat_id, user_id FROM identity WHERE id = :id")
_TELL = sql(
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " variant, action, payload, state, created_at, due_at, expires_at)"
    " VALUES (:person, :identity, :channel, :account, :chat, :user, 1, 'link', :variant, 'send',"
    " :payload, 'queued', :now, :now, :expires_at)"
)
# Planned while the accounts led elsewhere: what is to be said to one is not said to the other.
_ASTRAY = sql(
    "SELECT id FROM delivery WHERE person_id = :person AND state IN ('queued', 'held')"
    " AND kind <> 'link' AND identity_id NOT IN"
    " (SELECT i.id FROM identity i WHERE i.person_id = :person)"
)
_READDRESS = sql(
    "UPDATE delivery SET identity_id = :identity, channel = :channel, account = :account,"
    " chat = :chat, user_id = :user WHERE id = :id"
)
_FIRST_IDENTITY = sql(
    "SELECT id, channel, account, chat_id, user_id FROM identity WHERE person_id = :person"
    " ORDER BY status, id LIMIT 1"
)
_PURGE = sql("DELETE FROM joining WHERE ended_at < :before")


@dataclass(frozen=True, slots=True)
class JoiningRow:
    """Two records that may be one person's; see :class:`storage.tables.Joining`."""

    id: int
    person: int
    other: int | None
    state: str
    identity: int | None
    other_identity: int | None
    name: str | None
    other_name: str | None
    kept: int | None
    moved: tuple[int, ...]
    before: dict[str, Any]
    after: dict[str, Any]
    left_out: dict[str, Any]
    said: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    joined_at: datetime | None

    @property
    def given(self) -> int | None:
        """Which of the two rests while they are joined."""
        return self.other if self.kept == self.person else self.person


@dataclass(frozen=True, slots=True)
class Held:
    """What decides whether a record may be joined."""

    joined_to: int | None
    joined_until: datetime | None
    status: str
    language: str
    name: str | None

    def joined(self, now: datetime) -> bool:
        """Whether it was joined a moment ago, and that may still be taken back."""
        return self.joined_until is not None and self.joined_until > now


def new(
    tx: Transaction,
    person: int,
    other: int,
    *,
    identity: int | None,
    other_identity: int,
    name: str | None,
    other_name: str | None,
    expires_at: datetime,
    now: datetime,
) -> int:
    """``other`` has entered a code of ``person``'s; gives the row's number."""
    row = tx.run(
        _NEW, person=person, other=other, identity=identity, other_identity=other_identity,
        name=name, other_name=other_name, expires_at=moment(expires_at), now=moment(now),
    ).fetchone()  # fmt: skip
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def one(tx: Transaction, number: int) -> JoiningRow | None:
    """One row, held until the commit."""
    statement = _ONE_SQLITE if tx.dialect == "sqlite" else _ONE_POSTGRESQL
    row = tx.run(statement, id=number).fetchone()
    return None if row is None else _row(row)


def open_of(tx: Transaction, person: int) -> list[JoiningRow]:
    """What somebody, or another about them, is being asked; each held."""
    statement = _OPEN_OF_SQLITE if tx.dialect == "sqlite" else _OPEN_OF_POSTGRESQL
    return [_row(row) for row in tx.run(statement, person=person).fetchall()]


def joined_of(tx: Transaction, person: int) -> JoiningRow | None:
    """The joining of this record that can be taken back, if there is one; held."""
    statement = _JOINED_OF_SQLITE if tx.dialect == "sqlite" else _JOINED_OF_POSTGRESQL
    row = tx.run(statement, person=person).fetchone()
    return None if row is None else _row(row)


def ask(tx: Transaction, row: JoiningRow) -> None:
    """The account that entered the code has said yes."""
    tx.run(_ASK, id=row.id)


def join(
    tx: Transaction,
    row: JoiningRow,
    keep: int,
    give: int,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    left_out: dict[str, Any],
    until: datetime,
    now: datetime,
) -> None:
    """Both have said yes: ``give``'s accounts lead to ``keep``, and it rests."""
    moved = identities(tx, give)
    for each in moved:
        tx.run(_MOVE, person=keep, joining=row.id, id=each)
    tx.run(_REST, keep=keep, give=give, until=moment(until))
    tx.run(_UNTIL, person=keep, until=moment(until))
    tx.run(
        _JOIN, id=row.id, kept=keep, moved=_json(moved), before=_json(before), after=_json(after),
        left_out=_json(left_out), now=moment(now), until=moment(until),
    )  # fmt: skip


def part(tx: Transaction, row: JoiningRow, now: datetime) -> None:
    """It was a mistake: the accounts lead where they led before, and so does what is planned."""
    assert row.kept is not None  # noqa: S101 - it was joined
    assert row.given is not None  # noqa: S101 - it rests still
    for each in row.moved:
        tx.run(_MOVE, person=row.given, joining=None, id=each)
    tx.run(_REST, keep=None, give=row.given, until=None)
    tx.run(_UNTIL, person=row.kept, until=None)
    for person in (row.kept, row.given):
        _readdress(tx, person)
    end(tx, row, "undone", now)


def _readdress(tx: Transaction, person: int) -> None:
    astray = tx.run(_ASTRAY, person=person).fetchall()
    first = tx.run(_FIRST_IDENTITY, person=person).fetchone()
    if first is None:
        return
    to = dict(zip(("identity", "channel", "account", "chat", "user"), first, strict=True))
    for (number,) in astray:
        tx.run(_READDRESS, id=number, **to)


def settle(tx: Transaction, row: JoiningRow, now: datetime) -> None:
    """It can't be taken back any more; what was not taken over is kept for a while."""
    tx.run(_UNTIL, person=row.kept, until=None)
    tx.run(_STAYS, joining=row.id)
    tx.run(_SETTLE, id=row.id, person=row.kept, now=moment(now))


def end(tx: Transaction, row: JoiningRow, state: str, now: datetime) -> None:
    """Nothing came of it, or nothing any more: "declined", "expired", "undone"."""
    tx.run(_END, id=row.id, state=state, now=moment(now))


def leave_out(tx: Transaction, row: JoiningRow, left_out: dict[str, Any]) -> None:
    """These facts are still to be taken, or not."""
    tx.run(_LEFT_OUT, id=row.id, left_out=_json(left_out))


def spoke(tx: Transaction, row: JoiningRow, now: datetime) -> None:
    """One of the accounts that were moved has said something."""
    tx.run(_SAID, id=row.id, said=_json([*row.said, moment(now)]))


def held(tx: Transaction, person: int) -> Held | None:
    """A record, held until the commit."""
    statement = _HOLDS_SQLITE if tx.dialect == "sqlite" else _HOLDS_POSTGRESQL
    row = tx.run(statement, person=person).fetchone()
    return None if row is None else Held(row[0], maybe_moment(row[1]), row[2], row[3], row[4])


def identities(tx: Transaction, person: int) -> list[int]:
    """The accounts that lead to a record."""
    return [int(row[0]) for row in tx.run(_IDENTITIES, person=person).fetchall()]


def channels(tx: Transaction, person: int) -> frozenset[str]:
    """The platforms of these accounts."""
    return frozenset(row[0] for row in tx.run(_CHANNELS, person=person).fetchall())


def platform(tx: Transaction, identity: int | None) -> str:
    """Of one account; "" when it is gone."""
    address = _address(tx, identity)
    return "" if address is None else str(address["channel"])


def resting(tx: Transaction, person: int) -> list[int]:
    """The records whose accounts lead to this one for the time being."""
    return [int(row[0]) for row in tx.run(_RESTING, person=person).fetchall()]


def told(tx: Transaction, person: int) -> list[dict[str, Any]]:
    """What somebody may see of their joinings, ready for JSON: not who the other is, which is
    told when both have been asked."""
    names = ("id", "role", "state", "created_at", "expires_at", "joined_at", "ended_at")
    found = []
    for row in tx.run(_TOLD, person=person).fetchall():
        at = [None if each is None else moment(as_moment(each))[:19] + "Z" for each in row[3:7]]
        told_ = dict(zip(names, (*row[:3], *at), strict=True))
        found.append({**told_, "left_out": orjson.loads(row[7])})
    return found


def log(
    tx: Transaction,
    person: int,
    given: bool,
    notice_version: str,
    channel: str,
    now: datetime,
    purpose: str = PURPOSE,
) -> None:
    """Into the history of consents: this record was joined to another, or parted from it; or what
    that meant for a purpose."""
    tx.run(
        _LOG, person=person, purpose=purpose, given=given, notice_version=notice_version,
        at=moment(now), channel=channel,
    )  # fmt: skip


def tell(
    tx: Transaction,
    identity: int | None,
    expires_at: datetime,
    now: datetime,
    *,
    payload: str | None = None,
    variant: str = "",
) -> None:
    """Plan a message to one account, if it is there still: ``payload``, or the words that
    ``variant`` names."""
    address = _address(tx, identity)
    if address is not None:
        tx.run(
            _TELL,
            payload=payload,
            variant=variant,
            now=moment(now),
            expires_at=moment(expires_at),
            **address,
        )


def purge(tx: Transaction, before: datetime) -> int:
    """Forget what ended before then, with the facts that nobody has taken; how many."""
    return tx.run(_PURGE, before=moment(before)).rowcount


def _address(tx: Transaction, identity: int | None) -> dict[str, Any] | None:
    row = tx.run(_IDENTITY, id=identity).fetchone()
    if row is None:
        return None
    names = ("person", "channel", "account", "chat", "user")
    return {**dict(zip(names, row, strict=True)), "identity": identity}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _row(row: Sequence[Any]) -> JoiningRow:
    number, person, other, state, identity, other_identity, name, other_name, kept = row[:9]
    moved, before, after, left_out, said = (orjson.loads(text) for text in row[9:14])
    return JoiningRow(
        number, person, other, state, identity, other_identity, name, other_name, kept,
        tuple(moved), before, after, left_out, tuple(said),
        as_moment(row[14]), as_moment(row[15]), maybe_moment(row[16]),
    )  # fmt: skip
