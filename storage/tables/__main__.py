"""``python -m storage.tables`` writes ``storage/layout.json`` after a change of the tables."""

from __future__ import annotations

import orjson
from sqlalchemy import Boolean, Column, Date

from storage.layout import FILE, Kind
from storage.tables import Table
from storage.types import JsonText, Moment

_KINDS: dict[type, Kind] = {
    JsonText: "json", Moment: "moment", Date: "day", Boolean: "boolean",
}  # fmt: skip


def described() -> bytes:
    """The tables as :mod:`storage.layout` reads them, one a line."""
    found = (
        {
            "name": str(table.name),
            "columns": {str(column.name): _kind(column) for column in table.columns},
            "key": [str(column.name) for column in table.primary_key.columns],
        }
        for table in Table.metadata.sorted_tables
    )
    return b"[\n" + b",\n".join(map(orjson.dumps, found)) + b"\n]\n"


def _kind(column: Column[object]) -> Kind:
    return next((kind for type_, kind in _KINDS.items() if isinstance(column.type, type_)), "plain")


if __name__ == "__main__":
    FILE.write_bytes(described())
