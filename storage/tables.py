"""The tables of the living database.

Table models do not validate: what comes in was validated at the edge. Columns holding JSON are
text on both databases, so that raw statements write and read them alike. Primary keys that are
numbers are never used again, so that an erased person's number points at nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from storage.states import (
    CONVERSATION_STATUSES,
    DELIVERY_STATES,
    IDENTITY_STATUSES,
    INBOX_STATES,
    PERSON_STATUSES,
)
from storage.types import JsonText, Moment, Number

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def _number() -> Any:
    """A primary key counted by the database."""
    return Field(default=None, sa_column=Column("id", Number, Identity(), primary_key=True))


def _person(*, primary: bool = False, optional: bool = False, index: bool = False) -> Any:
    """The person a row belongs to and is erased with."""
    reference = ForeignKey("person.id", ondelete="CASCADE")
    if primary:
        return Field(
            sa_column=Column("person_id", Number, reference, primary_key=True, autoincrement=False)
        )
    column: Column[Any] = Column("person_id", Number, reference, nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def _moment(*, optional: bool = False) -> Any:
    if optional:
        return Field(default=None, sa_type=Moment, nullable=True)
    return Field(sa_type=Moment, nullable=False)


def _start(value: str | int) -> Any:
    """A value that rows begin with, in models and in raw statements alike."""
    return Field(default=value, sa_column_kwargs={"server_default": str(value)})


def _json(default: str) -> Any:
    return Field(
        default=default,
        sa_type=JsonText,
        nullable=False,
        sa_column_kwargs={"server_default": text(f"'{default}'")},
    )


def _one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of few rows. SQLite uses it only where the query repeats ``where`` as it stands."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


_COUNTED = {"sqlite_autoincrement": True}
# Rows lie in the order of their key: a person's rows together, one tree instead of two.
_CLUSTERED = {"sqlite_with_rowid": False}


class Person(Table, table=True):
    """One person: the facts with a single value.

    ``status``: "new" is a stub before consent; "joining" has consented, the registration is not
    finished; "mapped" was found by staff and has not claimed the record. ``since`` is a year,
    ``country`` an ISO 3166-1 alpha-2 code, ``geonameid`` the city's number at geonames.org.
    """

    __tablename__ = "person"
    __table_args__ = (
        _one_of("status", PERSON_STATUSES),
        _partial("ix_person_stub", "created_at", where="status = 'new'"),
        _COUNTED,
    )

    id: int | None = _number()
    organisation: str | None = None
    persona: str | None = None
    status: str = _start("new")
    language: str = _start("en")
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
    created_at: datetime = _moment()
    registered_at: datetime | None = _moment(optional=True)
    last_active_at: datetime | None = _moment(optional=True)
    confirmed_at: datetime | None = _moment(optional=True)


class PlatformIdentity(Table, table=True):
    """An account of a person on a platform."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("channel", "account", "user_id"),
        Index("ix_identity_person_id_channel", "person_id", "channel"),
        _one_of("status", IDENTITY_STATUSES),
        _COUNTED,
    )

    id: int | None = _number()
    person_id: int = _person()
    channel: str
    account: str
    user_id: str
    chat_id: str
    username: str | None = None
    status: str = _start("ok")
    created_at: datetime = _moment()


class Received(Table, table=True):
    """An event that was played. A second delivery of it finds its row here."""

    __tablename__ = "received"
    __table_args__ = (
        Index("ix_received_at", "at"),  # to forget the oldest
        _CLUSTERED,
    )

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    at: datetime = _moment()


class Conversation(Table, table=True):
    """A flow being talked through: the accepted answers, from which it is replayed."""

    __tablename__ = "conversation"
    __table_args__ = (
        _one_of("status", CONVERSATION_STATUSES),
        _partial("ux_conversation_open", "person_id", where="status = 'open'", unique=True),
        _COUNTED,
    )

    id: int | None = _number()
    person_id: int = _person(index=True)
    flow: str
    params: str = _json("{}")
    facts: str = _json("{}")
    answers: str = _json("{}")
    draft: str = _json("{}")
    revision: int = _start(0)
    status: str = _start("open")
    prompt: str | None = None
    opened_at: datetime = _moment()
    updated_at: datetime = _moment()


class Consent(Table, table=True):
    """What a person allows at present."""

    __tablename__ = "consent"
    __table_args__: ClassVar[dict[str, Any]] = _CLUSTERED

    person_id: int = _person(primary=True)
    purpose: str = Field(primary_key=True)
    given: bool
    notice_version: str
    at: datetime = _moment()


class ConsentLog(Table, table=True):
    """Every giving and withdrawing."""

    __tablename__ = "consent_log"
    __table_args__: ClassVar[dict[str, Any]] = _COUNTED

    id: int | None = _number()
    person_id: int = _person(index=True)
    purpose: str
    given: bool
    notice_version: str
    at: datetime = _moment()
    channel: str


class Answer(Table, table=True):
    """An answer to a survey's question; ``value`` is JSON, ``round`` one run of the survey."""

    __tablename__ = "answer"
    __table_args__: ClassVar[dict[str, Any]] = _CLUSTERED

    person_id: int = _person(primary=True)
    survey: str = Field(primary_key=True)
    round: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    value: str = _json("null")
    answered_at: datetime = _moment()


class Trait(Table, table=True):
    """The latest facts with several values: one row a value. ``kind`` is the facts' name."""

    __tablename__ = "trait"
    __table_args__ = (
        Index("ix_trait_kind_value_person_id", "kind", "value", "person_id"),
        _CLUSTERED,
    )

    person_id: int = _person(primary=True)
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    rank: int | None = None
    level: str | None = None


class Provenance(Table, table=True):
    """Where a fact comes from and when the person last confirmed it."""

    __tablename__ = "provenance"
    __table_args__: ClassVar[dict[str, Any]] = _CLUSTERED

    person_id: int = _person(primary=True)
    field: str = Field(primary_key=True)
    source: str
    confirmed_at: datetime | None = _moment(optional=True)


class Delivery(Table, table=True):
    """A message to be sent or sent: outbox and ledger in one.

    ``payload`` is JSON and emptied once sent. ``lane`` 0 are replies. ``message`` is the
    platform's id of what was sent. Indexes hold waiting rows only, so that old ones cost nothing.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        _one_of("state", DELIVERY_STATES),
        _partial("ix_delivery_due", "lane", "due_at", "id", where="state = 'queued'"),
        _partial("ix_delivery_chat", "channel", "account", "chat", "id", where="state = 'queued'"),
        _partial("ix_delivery_lease", "lease_until", where="state = 'sending'"),
        Index("ix_delivery_person_id", "person_id"),
        _COUNTED,
    )

    id: int | None = _number()
    person_id: int | None = _person(optional=True)
    identity_id: int | None = Field(default=None, sa_type=Number)
    channel: str
    account: str
    chat: str
    user_id: str
    lane: int = _start(0)
    kind: str = _start("reply")
    action: str
    payload: str | None = Field(default=None, sa_type=JsonText)
    state: str = _start("queued")
    reason: str | None = None
    owner: str | None = None
    lease_until: datetime | None = _moment(optional=True)
    attempts: int = _start(0)
    created_at: datetime = _moment()
    due_at: datetime = _moment()
    expires_at: datetime | None = _moment(optional=True)
    message: str | None = None
    sent_at: datetime | None = _moment(optional=True)


class Inbox(Table, table=True):
    """What the bot could not place, for staff to read."""

    __tablename__ = "inbox"
    __table_args__ = (_one_of("state", INBOX_STATES), _COUNTED)

    id: int | None = _number()
    person_id: int | None = _person(optional=True, index=True)
    channel: str
    account: str
    user_id: str
    kind: str
    text: str = Field(sa_type=Text)
    at: datetime = _moment()
    state: str = _start("open")


class Quarantine(Table, table=True):
    """An event that keeps failing and is set aside after three tries."""

    __tablename__ = "quarantine"

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    attempts: int = _start(0)
    error: str = Field(sa_type=Text)
    at: datetime = _moment()
    user_id: str | None = None


class LinkCode(Table, table=True):
    """A short-lived code that joins two identities of one person; only its hash is kept."""

    __tablename__ = "link_code"

    code_hash: str = Field(primary_key=True)
    person_id: int = _person(index=True)
    expires_at: datetime = _moment()
    used_at: datetime | None = _moment(optional=True)


class Erasure(Table, table=True):
    """That somebody was erased: a keyed hash and the proof of consent. It outlives the person."""

    __tablename__ = "erasure"
    __table_args__: ClassVar[dict[str, Any]] = _COUNTED

    id: int | None = _number()
    subject_hash: str = Field(index=True)
    proof: str = _json("{}")
    erased_at: datetime = _moment()


class Checkpoint(Table, table=True):
    """How far something got: a poller's offset, a clock's last look."""

    __tablename__ = "checkpoint"

    name: str = Field(primary_key=True)
    value: str
