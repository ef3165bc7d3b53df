"""Broadcasts as they are stored; what became of each recipient is in storage.broadcast_ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_COLUMNS = (
    "b.id, b.key, b.organisation, b.status, b.title, b.bodies, b.buttons, b.question, b.media_id,"
    " m.name, m.media_type, b.audience, b.due_at, b.local_time, b.expires_at, b.cursor, b.planned,"
    " b.revision, b.created_by, b.created_at, b.started_at, b.finished_at"
)
_FROM = f"SELECT {_COLUMNS} FROM broadcast b LEFT JOIN media m ON m.id = b.media_id"
_BY_ID = sql(f"{_FROM} WHERE b.id = :id")
_BY_KEY = sql(f"{_FROM} WHERE b.key = :key")
_LOCK_POSTGRESQL = sql("SELECT id FROM broadcast WHERE id = :id FOR UPDATE")
_ALL = sql(f"{_FROM} ORDER BY b.id DESC LIMIT :limit")
_OWN = sql(f"{_FROM} WHERE b.organisation = :organisation ORDER BY b.id DESC LIMIT :limit")
_NEW = sql(
    "INSERT INTO broadcast (key, organisation, status, title, bodies, buttons, question, media_id,"
    " audience, expires_at, created_by, created_at) VALUES (:key, :organisation, 'draft', :title,"
    " :bodies, :buttons, :question, :media_id, :audience, :expires_at, :created_by, :now)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_REWRITE = sql(
    "UPDATE broadcast SET title = :title, bodies = :bodies, buttons = :buttons,"
    " question = :question, media_id = :media_id, audience = :audience,"
    " organisation = :organisation, expires_at = :expires_at WHERE id = :id"
)
_CORRECT = sql(
    "UPDATE broadcast SET title = :title, bodies = :bodies, buttons = :buttons,"
    " question = :question, media_id = :media_id, revision = revision + 1 WHERE id = :id"
)
_STATUS = sql("UPDATE broadcast SET status = :status WHERE id = :id")
_SCHEDULE = sql(
    "UPDATE broadcast SET status = 'scheduled', due_at = :due_at, local_time = :local_time,"
    " expires_at = :expires_at, audience = :audience WHERE id = :id"
)
_STARTED = sql(
    "UPDATE broadcast SET status = 'sending', started_at = COALESCE(started_at, :now)"
    " WHERE id = :id"
)
_PROGRESS = sql(
    "UPDATE broadcast SET cursor = :cursor, planned = planned + :planned WHERE id = :id"
)
_FINISHED = sql("UPDATE broadcast SET status = :status, finished_at = :now WHERE id = :id")


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    """A broadcast. ``bodies`` language -> the text as written; ``buttons`` links, each
    ``{"label": {language: text}, "url": …}``; ``question`` ``{"text": {language: text},
    "options": [{"key": …, "label": {language: text}}]}`` or None. ``media_name`` and
    ``media_type`` are those of the picture or file. ``due_at`` with ``local_time``: its day in
    the organisation's zone is the day it goes out on, at that hour where each reader is."""

    id: int
    key: str
    organisation: str
    status: str
    title: str
    bodies: Mapping[str, str]
    buttons: Sequence[Mapping[str, Any]]
    question: Mapping[str, Any] | None
    media_id: int | None
    media_name: str | None
    media_type: str | None
    audience: str
    due_at: datetime | None
    local_time: str | None
    expires_at: datetime | None
    cursor: int
    planned: int
    revision: int
    created_by: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a broadcast says, as its file had it; in the shapes of :class:`BroadcastRow`."""

    title: str
    bodies: Mapping[str, str]
    buttons: Sequence[Mapping[str, Any]] = ()
    question: Mapping[str, Any] | None = None
    media_id: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Parameters of the statements that write it."""
        return {
            "title": self.title,
            "bodies": orjson.dumps(self.bodies).decode(),
            "buttons": orjson.dumps(list(self.buttons)).decode(),
            "question": orjson.dumps(self.question).decode(),
            "media_id": self.media_id,
        }


def by_ids(tx: Transaction, ids: Iterable[int]) -> dict[int, BroadcastRow]:
    """The broadcasts of these numbers; those that are not there are left out."""
    found = (tx.run(_BY_ID, id=each).fetchone() for each in sorted(set(ids)))
    return {row[0]: _row(row) for row in found if row is not None}


def by_key(tx: Transaction, key: str) -> BroadcastRow | None:
    row = tx.run(_BY_KEY, key=key).fetchone()
    return None if row is None else _row(row)


def locked(tx: Transaction, broadcast: int) -> BroadcastRow | None:
    """The broadcast, which nobody else changes until the end of the transaction."""
    if tx.dialect == "postgresql":
        tx.run(_LOCK_POSTGRESQL, id=broadcast)
    return by_ids(tx, (broadcast,)).get(broadcast)


def newest(
    tx: Transaction, limit: int = 100, organisation: str | None = None
) -> list[BroadcastRow]:
    """Broadcasts, the newest first; only those of ``organisation``, where given."""
    if organisation is None:
        return [_row(row) for row in tx.run(_ALL, limit=limit).fetchall()]
    return [_row(row) for row in tx.run(_OWN, limit=limit, organisation=organisation).fetchall()]


def create(
    tx: Transaction,
    key: str,
    organisation: str,
    content: Content,
    audience: str,
    expires_at: datetime | None,
    created_by: int | None,
    now: datetime,
) -> int | None:
    """A draft's number; None when the key is taken."""
    row = tx.run(
        _NEW,
        key=key,
        organisation=organisation,
        audience=audience,
        expires_at=_moment(expires_at),
        created_by=created_by,
        now=moment(now),
        **content.columns,
    ).fetchone()
    return None if row is None else int(row[0])


def rewrite(
    tx: Transaction,
    broadcast: int,
    organisation: str,
    content: Content,
    audience: str,
    expires_at: datetime | None,
) -> None:
    """Another content for a draft."""
    tx.run(
        _REWRITE,
        id=broadcast,
        organisation=organisation,
        audience=audience,
        expires_at=_moment(expires_at),
        **content.columns,
    )


def correct(tx: Transaction, broadcast: int, content: Content) -> None:
    """Another content for what is being sent or was; its revision grows."""
    tx.run(_CORRECT, id=broadcast, **content.columns)


def schedule(
    tx: Transaction,
    broadcast: int,
    due_at: datetime,
    local_time: str | None,
    expires_at: datetime | None,
    audience: str,
) -> None:
    """It is to go out then; with ``local_time`` at that hour ("10:00") at each reader's."""
    tx.run(
        _SCHEDULE,
        id=broadcast,
        due_at=moment(due_at),
        local_time=local_time,
        expires_at=_moment(expires_at),
        audience=audience,
    )


def set_status(tx: Transaction, broadcast: int, status: str) -> None:
    tx.run(_STATUS, id=broadcast, status=status)


def started(tx: Transaction, broadcast: int, now: datetime) -> None:
    """Its messages are being planned and sent."""
    tx.run(_STARTED, id=broadcast, now=moment(now))


def progress(tx: Transaction, broadcast: int, cursor: int, planned: int) -> None:
    """People up to the number ``cursor`` are planned; ``planned`` more got a message."""
    tx.run(_PROGRESS, id=broadcast, cursor=cursor, planned=planned)


def finished(tx: Transaction, broadcast: int, status: str, now: datetime) -> None:
    """It is "done" or "cancelled": nothing of it goes out any more."""
    tx.run(_FINISHED, id=broadcast, status=status, now=moment(now))


def _row(row: tuple[Any, ...]) -> BroadcastRow:
    (
        number, key, organisation, status, title, bodies, buttons, question, media_id, media_name,
        media_type, audience, due_at, local_time, expires_at, cursor, planned, revision,
        created_by, created_at, started_at, finished_at,
    ) = row  # fmt: skip
    return BroadcastRow(
        id=number,
        key=key,
        organisation=organisation,
        status=status,
        title=title,
        bodies=orjson.loads(bodies),
        buttons=orjson.loads(buttons),
        question=orjson.loads(question),
        media_id=media_id,
        media_name=media_name,
        media_type=media_type,
        audience=audience,
        due_at=maybe_moment(due_at),
        local_time=local_time,
        expires_at=maybe_moment(expires_at),
        cursor=cursor,
        planned=planned,
        revision=revision,
        created_by=created_by,
        created_at=as_moment(created_at),
        started_at=maybe_moment(started_at),
        finished_at=maybe_moment(finished_at),
    )


def _moment(value: datetime | None) -> str | None:
    return None if value is None else moment(value)
