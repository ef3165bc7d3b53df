"""Mentoring: who looks for a mentor, who offers to be one, whom a round brought together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index
from sqlmodel import Field

from storage.states import MATCH_STATES, OFFER_STATUSES, REQUEST_STATUSES
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


class MentoringRequest(Table, table=True):
    """What somebody wants a mentor for. One that is not closed a person.

    ``status``: "open" is looking (also while somebody is being asked), "matched" was introduced.
    ``goal`` in their own words; ``skills`` JSON, the most wanted first; ``languages`` and ``hours``
    (when they have time, keys of blueprints.values.SLOTS, in their own zone) JSON. ``mode`` online,
    in_person or both; ``urgency`` and ``rhythm`` keys of flows.mentoring. ``waiting_since`` when
    the present wait began; ``passed_over`` the rounds that found nobody since; ``ahead`` 1: goes to
    the head of the next round.
    """

    __tablename__ = "mentoring_request"
    __table_args__ = (
        one_of("status", REQUEST_STATUSES),
        partial(
            "ux_mentoring_request_person", "person_id",
            where="status <> 'closed'", unique=True,
        ),
        partial("ix_mentoring_request_open", "id", where="status = 'open'"),
        Index("ix_mentoring_request_person_id", "person_id"),
        COUNTED,
    )  # fmt: skip

    id: int | None = number()
    person_id: int = owner()
    status: str = start("open")
    goal: str = start("")
    skills: str = json_text("[]")
    field: str | None = None
    languages: str = json_text("[]")
    mode: str = start("both")
    urgency: str | None = None
    rhythm: str | None = None
    hours: str = json_text("[]")
    waiting_since: datetime = when()
    passed_over: int = start(0)
    ahead: int = start(0)
    entered_by: int | None = Field(default=None, sa_type=Number)
    created_at: datetime = when()
    updated_at: datetime = when()
    closed_at: datetime | None = when(optional=True)
    reason: str | None = None


class MentorOffer(Table, table=True):
    """What a mentor offers. ``capacity``: pairs at once. ``topics`` in their own words; JSON as in
    a request. ``break_until``: no new pairs before that day; ``break_reason`` "own", "silent" or
    "staff". ``source`` "survey" (they said yes there and have set nothing yet), "person", "staff".
    """

    __tablename__ = "mentor_offer"
    __table_args__ = (one_of("status", OFFER_STATUSES), CLUSTERED)

    person_id: int = owner(primary=True)
    status: str = start("active")
    capacity: int = start(2)
    skills: str = json_text("[]")
    topics: str = start("")
    languages: str = json_text("[]")
    mode: str = start("both")
    hours: str = json_text("[]")
    break_until: date | None = None
    break_reason: str | None = None
    source: str = start("person")
    created_at: datetime = when()
    updated_at: datetime = when()


class MentoringBlock(Table, table=True):
    """Two people who are not to be proposed to each other: ``person_id`` asked for it, or staff
    did (``by``). Only they and staff know."""

    __tablename__ = "mentoring_block"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    person_id: int = owner(primary=True)
    other_id: int = Field(
        sa_column=Column(
            "other_id",
            Number,
            ForeignKey("person.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            index=True,
        )
    )
    by: str = start("person")
    at: datetime = when()


class MentoringRound(Table, table=True):
    """One assignment of everybody at once. ``score``: the sum of the proposals'; ``bound``: no
    assignment of these people could reach more."""

    __tablename__ = "mentoring_round"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    organisation: str | None = None
    trigger: str = start("staff")
    unattended: int = start(0)
    requests: int = start(0)
    places: int = start(0)
    proposed: int = start(0)
    score: int = Field(default=0, sa_type=Number, sa_column_kwargs={"server_default": "0"})
    bound: int = Field(default=0, sa_type=Number, sa_column_kwargs={"server_default": "0"})
    created_by: int | None = Field(default=None, sa_type=Number)
    created_at: datetime = when()


def _party(name: str) -> Any:
    """One of two people; their erasure leaves a row that is about nobody, to be counted."""
    reference = ForeignKey("person.id", ondelete="SET NULL")
    return Field(default=None, sa_column=Column(name, Number, reference, nullable=True))


class MentoringMatch(Table, table=True):
    """A mentor and a mentee: proposed, asked, introduced, meeting.

    ``state``: see outreach.mentoring.course. ``reasons`` JSON: why they fit, [key, values] each;
    ``alternatives`` JSON: [mentor, score] of who was next best in the round. ``deadline``: until
    when whoever is asked may say yes. ``mentor_contact``, ``mentee_contact`` JSON: the kinds of
    contact each agreed to share ("email", "linkedin", "chat"). ``suggested_at`` is a time
    that ``suggested_by`` ("mentor", "mentee") proposed, ``meeting_at`` one both agreed to;
    ``uid`` and ``sequence`` are the calendar's (RFC 5545). ``meetings``: how many were held.
    ``mentor_seen_at``, ``mentee_seen_at``: when they last said something about this pair.
    ``ended_by``: "mentor", "mentee", "staff", "clock"; ``reason`` a key, ``note`` in their own
    words: for staff only.
    """

    __tablename__ = "mentoring_match"
    __table_args__ = (
        one_of("state", MATCH_STATES),
        partial(
            "ux_mentoring_match_request", "request_id", unique=True,
            where="state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')",
        ),
        Index("ix_mentoring_match_mentor_id", "mentor_id", "state"),
        Index("ix_mentoring_match_mentee_id", "mentee_id", "state"),
        Index("ix_mentoring_match_request_id", "request_id"),
        Index("ix_mentoring_match_state", "state", "id"),
        COUNTED,
    )  # fmt: skip

    id: int | None = number()
    round_id: int | None = Field(default=None, sa_type=Number)
    request_id: int | None = Field(
        default=None,
        sa_column=Column(
            "request_id",
            Number,
            ForeignKey("mentoring_request.id", ondelete="SET NULL"),
            nullable=True,
        ),
    )
    mentee_id: int | None = _party("mentee_id")
    mentor_id: int | None = _party("mentor_id")
    organisation: str | None = None
    mentor_organisation: str | None = None
    state: str = start("proposed")
    score: int = start(0)
    reasons: str = json_text("[]")
    alternatives: str = json_text("[]")
    created_at: datetime = when()
    approved_at: datetime | None = when(optional=True)
    deadline: datetime | None = when(optional=True)
    mentor_asked_at: datetime | None = when(optional=True)
    mentor_said_at: datetime | None = when(optional=True)
    mentee_asked_at: datetime | None = when(optional=True)
    mentee_said_at: datetime | None = when(optional=True)
    introduced_at: datetime | None = when(optional=True)
    mentor_contact: str = json_text("[]")
    mentee_contact: str = json_text("[]")
    suggested_at: datetime | None = when(optional=True)
    suggested_by: str | None = None
    meeting_at: datetime | None = when(optional=True)
    uid: str
    sequence: int = start(0)
    meetings: int = start(0)
    mentor_seen_at: datetime | None = when(optional=True)
    mentee_seen_at: datetime | None = when(optional=True)
    ended_at: datetime | None = when(optional=True)
    ended_by: str | None = None
    reason: str | None = None
    note: str | None = None


def _match(*, index: bool = False, primary: bool = False) -> Any:
    reference = ForeignKey("mentoring_match.id", ondelete="CASCADE")
    if primary:
        return Field(
            sa_column=Column("match_id", Number, reference, primary_key=True, autoincrement=False)
        )
    return Field(sa_column=Column("match_id", Number, reference, nullable=False, index=index))


class MentoringMeeting(Table, table=True):
    """A real meeting of a pair, counted from 1; who of the two said that it was held."""

    __tablename__ = "mentoring_meeting"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    match_id: int = _match(primary=True)
    number: int = Field(primary_key=True)
    planned_at: datetime | None = when(optional=True)
    held_at: datetime = when()
    mentor_said_at: datetime | None = when(optional=True)
    mentee_said_at: datetime | None = when(optional=True)


class MentoringLog(Table, table=True):
    """What happened to a match: ``what`` and ``detail`` are keys, never anybody's words; ``who``
    "mentor", "mentee", "staff" or "clock"."""

    __tablename__ = "mentoring_log"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    match_id: int = _match(index=True)
    at: datetime = when()
    what: str
    who: str
    detail: str = start("")
