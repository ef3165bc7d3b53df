"""Inviting: events, who comes, and saved audiences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from storage.states import EVENT_STATUSES, RSVP_STATES
from storage.tables.base import (
    CLUSTERED,
    COUNTED,
    Table,
    json_text,
    number,
    one_of,
    owner,
    start,
    when,
)
from storage.types import Number


def _somebody(name: str) -> Any:
    """A person who is named, and whose erasure leaves the row."""
    reference = ForeignKey("person.id", ondelete="SET NULL")
    return Field(default=None, sa_column=Column(name, Number, reference, nullable=True))


class Event(Table, table=True):
    """Something people are invited to.

    ``title``, ``description``, ``place`` and ``note`` are JSON, language -> text; ``note`` is
    what was said with the last change or the cancellation. ``timezone`` (IANA) is the place's.
    ``guests``: how many each may bring. ``uid`` and ``sequence`` are the calendar's (RFC 5545);
    ``code`` opens the check-in. ``revision`` grows with every change.
    """

    __tablename__ = "event"
    __table_args__ = (
        one_of("status", EVENT_STATUSES),
        Index("ix_event_starts_at", "starts_at"),
        COUNTED,
    )

    id: int | None = number()
    key: str = Field(unique=True)
    organisation: str
    status: str = start("draft")
    format: str | None = None
    title: str = json_text("{}")
    description: str = json_text("{}")
    place: str = json_text("{}")
    note: str = json_text("{}")
    link: str | None = None
    starts_at: datetime = when()
    ends_at: datetime = when()
    timezone: str
    capacity: int | None = None
    guests: int = start(0)
    rsvp_until: datetime | None = when(optional=True)
    audience: str = start("")
    host_id: int | None = _somebody("host_id")
    speaker_id: int | None = _somebody("speaker_id")
    media_id: int | None = Field(default=None, sa_type=Number)
    uid: str
    sequence: int = start(0)
    revision: int = start(0)
    code: str
    created_by: int | None = Field(default=None, sa_type=Number)
    created_at: datetime = when()
    updated_at: datetime = when()
    announced_at: datetime | None = when(optional=True)
    closed_at: datetime | None = when(optional=True)
    cancelled_at: datetime | None = when(optional=True)


class Rsvp(Table, table=True):
    """What somebody answered to an invitation.

    ``state``: "waiting" stands in line since ``queued_at``, "offered" may take a freed place until
    ``offered_until``; both "going" and "offered" hold ``1 + guests`` places. ``offered_at``: the
    one offer a person gets was made then.
    """

    __tablename__ = "rsvp"
    __table_args__ = (
        one_of("state", RSVP_STATES),
        # Places taken and the waiting line are counted without looking at the rows.
        Index("ix_rsvp_line", "event_id", "state", "queued_at", "person_id", "guests"),
        Index("ix_rsvp_person_id", "person_id"),
        CLUSTERED,
    )

    event_id: int = Field(
        sa_column=Column(
            "event_id",
            Number,
            ForeignKey("event.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    person_id: int = owner(primary=True)
    state: str
    guests: int = start(0)
    answered_at: datetime = when()
    queued_at: datetime | None = when(optional=True)
    offered_at: datetime | None = when(optional=True)
    offered_until: datetime | None = when(optional=True)
    checked_in_at: datetime | None = when(optional=True)


class Audience(Table, table=True):
    """A saved filter over the living database, in its text form."""

    __tablename__ = "audience"

    key: str = Field(primary_key=True)
    organisation: str | None = None
    filter: str
    created_by: int | None = Field(default=None, sa_type=Number)
    created_at: datetime = when()
