"""Staff: who may do what, how they are recognised, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from storage.states import STAFF_ROLES
from storage.tables.base import CLUSTERED, COUNTED, Table, json_text, number, one_of, when
from storage.types import Number


def _staff(*, primary: bool = False) -> Any:
    reference = ForeignKey("staff.id", ondelete="CASCADE")
    if primary:
        return Field(
            sa_column=Column("staff_id", Number, reference, primary_key=True, autoincrement=False)
        )
    return Field(sa_column=Column("staff_id", Number, reference, nullable=False, index=True))


class Staff(Table, table=True):
    """Somebody who works for an organisation. Who left is not erased (the log names them) but
    has ``left_at``."""

    __tablename__ = "staff"
    __table_args__: ClassVar[dict[str, Any]] = COUNTED

    id: int | None = number()
    name: str
    language: str | None = None
    created_at: datetime = when()
    left_at: datetime | None = when(optional=True)


class StaffRole(Table, table=True):
    """What somebody may do in an organisation."""

    __tablename__ = "staff_role"
    __table_args__ = (one_of("role", STAFF_ROLES), CLUSTERED)

    staff_id: int = _staff(primary=True)
    organisation: str = Field(primary_key=True)
    role: str


class StaffLogin(Table, table=True):
    """How somebody is recognised: ``handle`` is "@name" (lower case) or a number on Telegram, a
    member id on Slack, an address for "email". ``member_id`` is set, once and for all, when they
    first write from an account of that name: names can change hands, numbers do not."""

    __tablename__ = "staff_login"
    __table_args__ = (UniqueConstraint("channel", "handle"), COUNTED)

    id: int | None = number()
    staff_id: int = _staff()
    channel: str
    handle: str
    account: str | None = None
    member_id: str | None = None
    created_at: datetime = when()


class StaffCode(Table, table=True):
    """A short-lived code with which staff make themselves known in a chat; only its hash is
    kept."""

    __tablename__ = "staff_code"

    code_hash: str = Field(primary_key=True)
    staff_id: int = _staff()
    expires_at: datetime = when()
    used_at: datetime | None = when(optional=True)


class StaffLog(Table, table=True):
    """Everything staff do: who (``actor`` in words, also for the command line), what
    ("event.announce"), about what ("event:brunch-nov"), and on how many people."""

    __tablename__ = "staff_log"
    __table_args__ = (Index("ix_staff_log_at", "at"), COUNTED)

    id: int | None = number()
    at: datetime = when()
    staff_id: int | None = Field(default=None, sa_type=Number)
    actor: str
    organisation: str | None = None
    action: str
    subject: str | None = None
    people: int | None = None
    detail: str = json_text("{}")
