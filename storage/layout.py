"""The tables as data: their columns, what those hold, and in which order rows must go.

For what walks through all tables (what is held of a person, erasing it, a copy of the database).
The tables themselves (:mod:`storage.tables`) need SQLAlchemy, half a second and 40 MB that nothing
else at run time needs. ``layout.json`` is written from them by ``python -m storage.tables``; a
test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import orjson

# How a column's values are read: everything else comes from both drivers as it is.
Kind: TypeAlias = Literal["json", "moment", "day", "boolean", "plain"]

FILE = Path(__file__).with_name("layout.json")


@dataclass(frozen=True, slots=True, eq=False)  # one object a table: hashed as such
class Layout:
    """One table. ``columns`` in their order, each with its kind; ``key`` the primary key."""

    name: str
    columns: Mapping[str, Kind]
    key: tuple[str, ...]


@cache
def tables() -> tuple[Layout, ...]:
    """Every table, those that are referred to before those that refer to them."""
    listed = orjson.loads(FILE.read_bytes())
    return tuple(Layout(each["name"], each["columns"], tuple(each["key"])) for each in listed)


@cache
def table(name: str) -> Layout:
    """One table. Raises KeyError."""
    return {each.name: each for each in tables()}[name]
