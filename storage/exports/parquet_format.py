"""Parquet: typed columns, real lists, in row groups written as the rows come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from storage.exports.answers_text import parts
from storage.exports.columns import Column, Holds
from storage.exports.query import LISTED

GROUP_ROWS = 20_000

_TYPES = {
    Holds.NUMBER: pa.int64(),
    Holds.TEXT: pa.string(),
    Holds.LIST: pa.list_(pa.string()),
    Holds.MOMENT: pa.timestamp("ms", tz="UTC"),
    Holds.DAY: pa.date32(),
    Holds.ANSWER: pa.list_(pa.string()),
}


def write_parquet(
    out: BinaryIO, columns: Sequence[Column], chunks: Iterable[list[Sequence[Any]]]
) -> None:
    """A file with the columns' types even when there are no rows."""
    schema = pa.schema([(column.key, _TYPES[column.holds]) for column in columns])
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        group: list[Sequence[Any]] = []
        for chunk in chunks:
            group += chunk
            if len(group) >= GROUP_ROWS:
                writer.write_table(_table(group, columns, schema))
                group = []
        if group:
            writer.write_table(_table(group, columns, schema))


def _table(rows: list[Sequence[Any]], columns: Sequence[Column], schema: Any) -> Any:
    cells = zip(*rows, strict=True)
    arrays = [
        pa.array([_cell(value, column.holds) for value in values], _TYPES[column.holds])
        for column, values in zip(columns, cells, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _cell(value: Any, holds: Holds) -> Any:
    if holds is Holds.LIST:
        return value.split(LISTED) if value else []
    if holds is Holds.ANSWER:
        return parts(value)
    if holds is Holds.MOMENT and value is not None:
        return datetime.fromisoformat(value)
    if holds is Holds.DAY:
        return date.fromisoformat(value)
    return value
