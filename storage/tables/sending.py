"""Sending: the outbox and ledger, broadcasts, pictures and files, and what is planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from storage.states import BROADCAST_STATUSES, DELIVERY_STATES, TASK_STATES
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
from storage.types import JsonText, Number


class Delivery(Table, table=True):
    """A message to be sent or sent: outbox and ledger in one.

    ``payload`` is JSON, emptied once sent; a planned message has none until it is sent: it is made
    then, of its broadcast, event, match or request for a mentor. ``lane`` says who goes first: 0
    replies, 1 notices that somebody counts on (changes, cancellations, reminders, offers,
    corrections), 2 invitations and nudges, 3 broadcasts. ``kind`` is "reply", "invitation", … (see
    outreach.kinds). ``variant`` tells notices of one kind apart ("7d", "s2"); of a reply: what can
    be pressed below it. ``message`` is the platform's id of what was sent; ``sent_at`` stands from
    the moment an unasked message is being sent, and stays when it was sent or may have been.
    Indexes hold few rows: old ones cost nothing.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("state", DELIVERY_STATES),
        partial(
            "ix_delivery_due", "channel", "account", "lane", "due_at", "id",
            where="state = 'queued'",
        ),
        partial("ix_delivery_lease", "lease_until", where="state = 'sending'"),
        partial("ix_delivery_held", "id", where="state = 'held'"),
        partial(
            "ix_delivery_unasked", "person_id", "sent_at",
            where="lane > 1 AND sent_at IS NOT NULL",
        ),
        partial(
            "ix_delivery_broadcast", "broadcast_id", "state", "kind", "id",
            where="broadcast_id IS NOT NULL",
        ),
        # One notice of a kind about an event for a person, whoever plans it and how often.
        partial(
            "ux_delivery_notice", "event_id", "kind", "variant", "person_id",
            where="event_id IS NOT NULL", unique=True,
        ),
        # As much about a pair, and about a request for a mentor.
        partial(
            "ux_delivery_match", "match_id", "kind", "variant", "person_id",
            where="match_id IS NOT NULL", unique=True,
        ),
        partial(
            "ux_delivery_request", "request_id", "kind", "variant", "person_id",
            where="request_id IS NOT NULL", unique=True,
        ),
        Index("ix_delivery_person_id", "person_id"),
        COUNTED,
    )  # fmt: skip

    id: int | None = number()
    person_id: int | None = owner(optional=True)
    identity_id: int | None = Field(default=None, sa_type=Number)
    channel: str
    account: str
    chat: str
    user_id: str
    lane: int = start(0)
    kind: str = start("reply")
    broadcast_id: int | None = Field(default=None, sa_type=Number)
    event_id: int | None = Field(default=None, sa_type=Number)
    match_id: int | None = Field(default=None, sa_type=Number)
    request_id: int | None = Field(default=None, sa_type=Number)
    variant: str = start("")
    action: str
    payload: str | None = Field(default=None, sa_type=JsonText)
    target: str | None = None
    state: str = start("queued")
    reason: str | None = None
    owner: str | None = None
    lease_until: datetime | None = when(optional=True)
    attempts: int = start(0)
    created_at: datetime = when()
    due_at: datetime = when()
    expires_at: datetime | None = when(optional=True)
    message: str | None = None
    sent_at: datetime | None = when(optional=True)


class Broadcast(Table, table=True):
    """A message of the staff to an audience.

    ``bodies`` JSON: language -> the text as written; ``buttons`` JSON: a list of links and quick
    answers; ``question`` JSON: the quick question. ``local_time`` "10:00": at that hour in each
    reader's zone, from the day of ``due_at`` on. ``cursor``: people up to this number are planned;
    ``planned`` how many got a row. ``revision`` grows with every correction.
    """

    __tablename__ = "broadcast"
    __table_args__ = (one_of("status", BROADCAST_STATUSES), COUNTED)

    id: int | None = number()
    key: str = Field(unique=True)
    organisation: str
    status: str = start("draft")
    title: str = start("")
    bodies: str = json_text("{}")
    buttons: str = json_text("[]")
    question: str = json_text("null")
    media_id: int | None = Field(default=None, sa_type=Number)
    audience: str = start("")
    due_at: datetime | None = when(optional=True)
    local_time: str | None = None
    expires_at: datetime | None = when(optional=True)
    cursor: int = Field(
        default=0, sa_column=Column("cursor", Number, nullable=False, server_default="0")
    )
    planned: int = start(0)
    revision: int = start(0)
    created_by: int | None = Field(default=None, sa_type=Number)
    created_at: datetime = when()
    started_at: datetime | None = when(optional=True)
    finished_at: datetime | None = when(optional=True)


class Media(Table, table=True):
    """A picture or file that goes with messages, kept whole; ``sha256`` of its content in hex."""

    __tablename__ = "media"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    name: str
    media_type: str
    sha256: str = Field(unique=True)
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = when()


class MediaCopy(Table, table=True):
    """What a platform calls a picture or file that it has already."""

    __tablename__ = "media_copy"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    media_id: int = Field(
        sa_column=Column(
            "media_id",
            Number,
            ForeignKey("media.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    reference: str


class Task(Table, table=True):
    """Something planned: the database is the schedule. ``subject`` "event:12", "broadcast:5",
    "rsvp:12:34", "match:7", "request:3"; ``cursor`` how far a task done in slices has got."""

    __tablename__ = "task"
    __table_args__ = (
        one_of("state", TASK_STATES),
        UniqueConstraint("kind", "subject", "variant"),
        partial("ix_task_due", "due_at", "id", where="state = 'open'"),
        Index("ix_task_subject", "subject"),
        COUNTED,
    )

    id: int | None = number()
    kind: str
    subject: str
    variant: str = start("")
    person_id: int | None = owner(optional=True, index=True)
    due_at: datetime = when()
    expires_at: datetime | None = when(optional=True)
    cursor: int = Field(
        default=0, sa_column=Column("cursor", Number, nullable=False, server_default="0")
    )
    state: str = start("open")
    attempts: int = start(0)
    error: str | None = None
    created_at: datetime = when()
    done_at: datetime | None = when(optional=True)
