"""JSON: one array with an object a row, each on its own line, written as the rows come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import orjson

from storage.exports.columns import Column, Holds
from storage.exports.query import LISTED


def write_json(
    out: BinaryIO, columns: Sequence[Column], chunks: Iterable[list[Sequence[Any]]]
) -> None:
    """Cells are None, numbers or texts; lists are real ones (empty for None)."""
    keys = [column.key for column in columns]
    lists = [column.key for column in columns if column.holds is Holds.LIST]
    answers = [column.key for column in columns if column.holds is Holds.ANSWER]
    out.write(b"[")
    before = b"\n"
    for chunk in chunks:
        lines = []
        for row in chunk:
            record = dict(zip(keys, row, strict=True))
            for key in lists:
                record[key] = record[key].split(LISTED) if record[key] else []
            for key in answers:
                record[key] = orjson.loads(record[key])
            lines.append(orjson.dumps(record))
        if lines:
            out.write(before + b",\n".join(lines))
            before = b",\n"
    out.write(b"\n]\n")
