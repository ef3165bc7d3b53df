"""Pictures and files that go with messages: kept once each, whatever uses them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_KNOWN = sql("SELECT id FROM media WHERE sha256 = :sha256")
_NEW = sql(
    "INSERT INTO media (name, media_type, sha256, content, created_at)"
    " VALUES (:name, :media_type, :sha256, :content, :now)"
    " ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256 RETURNING id"
)
_LABEL = sql("SELECT name, media_type FROM media WHERE id = :id")
_CONTENT = sql("SELECT name, media_type, content FROM media WHERE id = :id")
_COPY = sql(
    "SELECT reference FROM media_copy"
    " WHERE media_id = :media AND channel = :channel AND account = :account"
)
_COPIED = sql(
    "INSERT INTO media_copy (media_id, channel, account, reference)"
    " VALUES (:media, :channel, :account, :reference)"
    " ON CONFLICT (media_id, channel, account) DO UPDATE SET reference = excluded.reference"
)
_FORGET = sql(
    "DELETE FROM media_copy WHERE media_id = :media AND channel = :channel AND account = :account"
)


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or file, whole."""

    name: str
    media_type: str
    content: bytes


def keep(tx: Transaction, medium: Medium, now: datetime) -> int:
    """The number of a picture or file; the same content is kept once, under its first name."""
    digest = hashlib.sha256(medium.content).hexdigest()
    row = tx.run(_KNOWN, sha256=digest).fetchone()
    if row is None:
        row = tx.run(
            _NEW,
            name=medium.name,
            media_type=medium.media_type,
            sha256=digest,
            content=medium.content,
            now=moment(now),
        ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def label(tx: Transaction, media: int) -> tuple[str, str] | None:
    """Name and media type, without the content."""
    row = tx.run(_LABEL, id=media).fetchone()
    return None if row is None else (row[0], row[1])


def content(tx: Transaction, media: int) -> Medium | None:
    """The whole of it."""
    row = tx.run(_CONTENT, id=media).fetchone()
    return None if row is None else Medium(row[0], row[1], bytes(row[2]))


def copy_of(tx: Transaction, media: int, channel: str, account: str) -> str | None:
    """What the platform calls it, where it has it already."""
    row = tx.run(_COPY, media=media, channel=channel, account=account).fetchone()
    return None if row is None else str(row[0])


def copied(tx: Transaction, media: int, channel: str, account: str, reference: str) -> None:
    """The platform has it now, under this name."""
    tx.run(_COPIED, media=media, channel=channel, account=account, reference=reference)


def forget_copy(tx: Transaction, media: int, channel: str, account: str) -> None:
    """The platform has lost it."""
    tx.run(_FORGET, media=media, channel=channel, account=account)
