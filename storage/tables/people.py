"""People: who they are, what they allow, what they said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.states import IDENTITY_STATUSES, PERSON_STATUSES
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


class Person(Table, table=True):
    """One person: the facts with a single value.

    ``status``: "new" is a stub before consent; "joining" has consented, the registration is not
    finished; "mapped" was found by staff and has not claimed the record. ``since`` is a year,
    ``country`` an ISO 3166-1 alpha-2 code, ``geonameid`` the city's number at geonames.org.
    """

    __tablename__ = "person"
    __table_args__ = (
        one_of("status", PERSON_STATUSES),
        partial("ix_person_stub", "created_at", where="status = 'new'"),
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
    since: int | None = None
    occupation: str | None = None
    profession: str | None = None
    field: str | None = None
    employer: str | None = None
    expertise: str | None = None
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


class PlatformIdentity(Table, table=True):
    """An account of a person on a platform."""

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
    """Every giving and withdrawing."""

    __tablename__ = "consent_log"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    person_id: int = owner(index=True)
    purpose: str
    given: bool
    notice_version: str
    at: datetime = when()
    channel: str


class Answer(Table, table=True):
    """An answer to a survey's question; ``value`` is JSON, ``round`` one run of the survey."""

    __tablename__ = "answer"
    __table_args__: ClassVar[dict[str, Any]] = CLUSTERED

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


class LinkCode(Table, table=True):
    """A short-lived code that joins two identities of one person; only its hash is kept."""

    __tablename__ = "link_code"

    code_hash: str = Field(primary_key=True)
    person_id: int = owner(index=True)
    expires_at: datetime = when()
    used_at: datetime | None = when(optional=True)


class Erasure(Table, table=True):
    """That somebody was erased: a keyed hash and the proof of consent. It outlives the person."""

    __tablename__ = "erasure"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    subject_hash: str = Field(index=True)
    proof: str = json_text("{}")
    erased_at: datetime = when()
