"""What the tables are made of: kinds of columns, checks and indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    text,
)
from sqlmodel import Field, SQLModel

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


def number() -> Any:
    """A primary key counted by the database."""
    return Field(default=None, sa_column=Column("id", Number, Identity(), primary_key=True))


def owner(*, primary: bool = False, optional: bool = False, index: bool = False) -> Any:
    """The person a row belongs to and is erased with."""
    reference = ForeignKey("person.id", ondelete="CASCADE")
    if primary:
        return Field(
            sa_column=Column("person_id", Number, reference, primary_key=True, autoincrement=False)
        )
    column: Column[Any] = Column("person_id", Number, reference, nullable=optional, index=index)
    return Field(default=None, sa_column=column) if optional else Field(sa_column=column)


def when(*, optional: bool = False) -> Any:
    if optional:
        return Field(default=None, sa_type=Moment, nullable=True)
    return Field(sa_type=Moment, nullable=False)


def start(value: str | int) -> Any:
    """A value that rows begin with, in models and in raw statements alike."""
    return Field(default=value, sa_column_kwargs={"server_default": str(value)})


def json_text(default: str) -> Any:
    return Field(
        default=default,
        sa_type=JsonText,
        nullable=False,
        sa_column_kwargs={"server_default": text(f"'{default}'")},
    )


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of few rows. SQLite uses it only where the query repeats ``where`` as it stands."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


COUNTED = {"sqlite_autoincrement": True}
# Rows lie in the order of their key: a person's rows together, one tree instead of two.
CLUSTERED = {"sqlite_with_rowid": False}
