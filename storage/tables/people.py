"""People: who they are, what they allow, what they said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.states import IDENTITY_STATUSES, JOINING_STATES, PERSON_STATUSES
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


class Person(Table, table=True):
    """One person: the facts that the program acts on. Every other is in ``trait`` or an ``answer``
    to the survey "profile" (storage.profile).

    ``status``: "new" is a stub before consent; "joining" has consented, the registration is not
    finished; "mapped" was found by staff and has not claimed the record. ``country`` is an ISO
    3166-1 alpha-2 code, ``geonameid`` the city's number at geonames.org.
    ``joined_to``: this record was joined to that one and rests until ``joined_until``, as it was;
    the one it was joined to has the same ``joined_until`` (see :class:`Joining`).
    """

    __tablename__ = "person"
    __table_args__ = (
        one_of("status", PERSON_STATUSES),
        partial("ix_person_stub", "created_at", where="status = 'new'"),
        partial("ix_person_joining", "created_at", where="status = 'joining'"),
        Index("ix_person_timezone", "timezone"),  # which zones there are: see storage.planning
        COUNTED,
    )

    id: int | None = number()
    organisation: str | None = None
    persona: str | None = None
    status: str = start("new")
    language: str = start("en")
    name: str | None = None
    home_region: str | None = None
    residence: str | None = None
    country: str | None = None
    city: str | None = None
    geonameid: int | None = None
    timezone: str | None = None
    field: str | None = None
    linkedin: str | None = None
    email: str | None = None
    willingness: str | None = None
    source: str | None = None
    notice_version: str | None = None
    paused_until: date | None = None
    created_at: datetime = when()
    registered_at: datetime | None = when(optional=True)
    last_active_at: datetime | None = when(optional=True)
    confirmed_at: datetime | None = when(optional=True)
    joined_to: int | None = Field(default=None, sa_type=Number)
    joined_until: datetime | None = when(optional=True)


class PlatformIdentity(Table, table=True):
    """An account of a person on a platform. ``joining_id``: it leads to another record than its
    own since then, for the time being (see :class:`Joining`)."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("channel", "account", "user_id"),
        Index("ix_identity_person_id_channel", "person_id", "channel"),
        one_of("status", IDENTITY_STATUSES),
        COUNTED,
    )

    id: int | None = number()
    person_id: int = owner()
    channel: str
    account: str
    user_id: str
    chat_id: str
    username: str | None = None
    status: str = start("ok")
    created_at: datetime = when()
    joining_id: int | None = Field(default=None, sa_type=Number)


class Consent(Table, table=True):
    """What a person allows at present."""

    __tablename__ = "consent"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    person_id: int = owner(primary=True)
    purpose: str = Field(primary_key=True)
    given: bool
    notice_version: str
    at: datetime = when()


class ConsentLog(Table, table=True):
    """Every giving and withdrawing: under which version of the notice, where, in which language,
    and in which words (``words_id``: :class:`NoticeText`; None: before these were stored)."""

    __tablename__ = "consent_log"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    person_id: int = owner(index=True)
    purpose: str
    given: bool
    notice_version: str
    at: datetime = when()
    channel: str
    language: str | None = None
    words_id: int | None = Field(default=None, sa_type=Number)


class NoticeText(Table, table=True):
    """The words of the notice and the consents as people read them: once a version and language.
    ``material`` 1: whoever agreed to an earlier version is asked again."""

    __tablename__ = "notice_text"
    __table_args__ = (UniqueConstraint("version", "language"), COUNTED)

    id: int | None = number()
    version: str
    language: str
    sha256: str
    text: str = Field(sa_type=Text)
    material: int = start(0)
    stored_at: datetime = when()


class Answer(Table, table=True):
    """An answer to a survey's question; ``value`` is JSON, ``round`` one run of the survey."""

    __tablename__ = "answer"
    __table_args__ = (
        # Who is at home when: asked of everybody at once (storage.homes).
        partial("ix_answer_next_home", "value", "person_id", where="question = 'next_home'"),
        CLUSTERED,
    )

    person_id: int = owner(primary=True)
    survey: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    value: str = json_text("null")
    answered_at: datetime = when()


class Trait(Table, table=True):
    """The latest facts with several values: one row a value. ``kind`` is the facts' name."""

    __tablename__ = "trait"
    __table_args__ = (
        Index("ix_trait_kind_value_person_id", "kind", "value", "person_id"),
        CLUSTERED,
    )

    person_id: int = owner(primary=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    rank: int | None = None
    level: str | None = None


class Provenance(Table, table=True):
    """Where a fact comes from and when the person last confirmed it."""

    __tablename__ = "provenance"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    person_id: int = owner(primary=True)
    field: str = Field(primary_key=True)
    source: str
    confirmed_at: datetime | None = when(optional=True)


class Asked(Table, table=True):
    """When somebody was last asked ``about`` something by the bot itself: "facts" whether what is
    known still holds, "home" when they are next at home. Messages sent are forgotten sooner."""

    __tablename__ = "asked"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    person_id: int = owner(primary=True)
    about: str = Field(primary_key=True)
    asked_at: datetime = when()


class LinkCode(Table, table=True):
    """A short-lived code with which another account asks to be joined; only its hash is kept.
    ``identity_id``: in whose chat it was asked for; ``name``: how that account is called."""

    __tablename__ = "link_code"

    code_hash: str = Field(primary_key=True)
    person_id: int = owner(index=True)
    expires_at: datetime = when()
    used_at: datetime | None = when(optional=True)
    identity_id: int | None = Field(default=None, sa_type=Number)
    name: str | None = None


class LinkTry(Table, table=True):
    """Codes that somebody entered and that did not exist, since ``since``: against guessing."""

    __tablename__ = "link_try"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

    person_id: int = owner(primary=True)
    count: int = start(0)
    since: datetime = when()


class Joining(Table, table=True):
    """Two records that may be one person's: asked about, joined, taken back.

    ``person_id`` gave the code (in the chat of ``identity_id``), ``other_id`` entered it; once it
    is settled there is one record left, ``person_id``. ``state``: see storage.joinings. ``kept``:
    which of the two the other was joined to. JSON: ``moved`` the identities that were moved;
    ``before`` and ``after`` the kept record's facts then; ``left_out`` facts of the two that were
    not taken; ``said`` the moments at which one of the moved identities spoke. All of it is
    emptied when it is not needed any more.
    """

    __tablename__ = "joining"
    __table_args__ = (one_of("state", JOINING_STATES), COUNTED)

    id: int | None = number()
    person_id: int = owner(index=True)
    other_id: int | None = Field(
        default=None,
        sa_column=Column(
            "other_id",
            Number,
            ForeignKey("person.id", ondelete="CASCADE"),
            nullable=True,
            index=True,
        ),
    )
    state: str = start("entered")
    identity_id: int | None = Field(default=None, sa_type=Number)
    other_identity_id: int | None = Field(default=None, sa_type=Number)
    name: str | None = None
    other_name: str | None = None
    kept: int | None = Field(default=None, sa_type=Number)
    moved: str = json_text("[]")
    before: str = json_text("{}")
    after: str = json_text("{}")
    left_out: str = json_text("{}")
    said: str = json_text("[]")
    created_at: datetime = when()
    expires_at: datetime = when()
    joined_at: datetime | None = when(optional=True)
    ended_at: datetime | None = when(optional=True)


class Erasure(Table, table=True):
    """That somebody was erased: a keyed hash and the proof of consent. It outlives the person."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_erased_at", "erased_at"),  # to forget the oldest
        partial("ix_erasure_proof", "erased_at", where="proof <> '{}'"),
        COUNTED,
    )

    id: int | None = number()
    subject_hash: str = Field(index=True)
    proof: str = json_text("{}")
    erased_at: datetime = when()
