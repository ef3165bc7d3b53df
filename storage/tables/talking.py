"""Talking: conversations, events that were played, and what was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Text
from sqlmodel import Field

from storage.states import CONVERSATION_STATUSES, INBOX_STATES
from storage.tables.base import (
    CLUSTERED,
    COUNTED,
    Table,
    json_text,
    number,
    one_of,
    owner,
    partial,
    start,
    when,
)
from storage.types import Number


class Received(Table, table=True):
    """An event that was played. A second delivery of it finds its row here."""

    __tablename__ = "received"
    __table_args__ = (
        Index("ix_received_at", "at"),  # to forget the oldest
        CLUSTERED,
    )

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    at: datetime = when()


class Conversation(Table, table=True):
    """A flow being talked through: the accepted answers, from which it is replayed."""

    __tablename__ = "conversation"
    __table_args__ = (
        one_of("status", CONVERSATION_STATUSES),
        partial("ux_conversation_open", "person_id", where="status = 'open'", unique=True),
        COUNTED,
    )

    id: int | None = number()
    person_id: int = owner(index=True)
    flow: str
    params: str = json_text("{}")
    facts: str = json_text("{}")
    answers: str = json_text("{}")
    draft: str = json_text("{}")
    revision: int = start(0)
    status: str = start("open")
    prompt: str | None = None
    opened_at: datetime = when()
    updated_at: datetime = when()


class Inbox(Table, table=True):
    """What the bot could not place, for staff to read.

    ``about`` JSON: what the bot had last said or asked (see storage.inbox.last_said).
    ``organisation``: whose staff read it while the person has none of their own. ``told_at``: when
    staff were told of it.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        one_of("state", INBOX_STATES),
        partial("ix_inbox_open", "id", where="state = 'open'"),
        COUNTED,
    )

    id: int | None = number()
    person_id: int | None = owner(optional=True, index=True)
    channel: str
    account: str
    user_id: str
    kind: str
    text: str = Field(sa_type=Text)
    at: datetime = when()
    state: str = start("open")
    organisation: str | None = None
    about: str = json_text("{}")
    told_at: datetime | None = when(optional=True)


class InboxReply(Table, table=True):
    """What staff answered to a message of the inbox: in whose name (``name``, of ``organisation``;
    an empty name: the organisation's alone), and the delivery that says whether it arrived."""

    __tablename__ = "inbox_reply"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    inbox_id: int = Field(
        sa_column=Column(
            "inbox_id",
            Number,
            ForeignKey("inbox.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    person_id: int | None = owner(optional=True, index=True)
    staff_id: int | None = Field(default=None, sa_type=Number)
    name: str = start("")
    organisation: str
    text: str = Field(sa_type=Text)
    at: datetime = when()
    delivery_id: int | None = Field(default=None, sa_type=Number)


class Quarantine(Table, table=True):
    """An event that keeps failing and is set aside after three tries."""

    __tablename__ = "quarantine"

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    attempts: int = start(0)
    error: str = Field(sa_type=Text)
    at: datetime = when()
    user_id: str | None = None


class Checkpoint(Table, table=True):
    """How far something got: a poller's offset, a clock's last look."""

    __tablename__ = "checkpoint"

    name: str = Field(primary_key=True)
    value: str
