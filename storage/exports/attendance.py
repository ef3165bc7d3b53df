"""Who was invited to an event, what they answered, and who was there, as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from storage.exports.columns import Column, Holds
from storage.exports.csv_format import write_csv
from storage.exports.guard import COMMA
from storage.exports.output import opened
from storage.exports.query import Request, moment_cell
from storage.statements import Statement, sql

if TYPE_CHECKING:
    from blueprints.schema import Blueprint
    from storage.database import Database
    from storage.exports import Format
    from storage.transaction import Transaction

Row = Sequence[Any]

ATTENDANCE: tuple[Column, ...] = (
    Column("person_id", Holds.NUMBER),
    Column("name"),
    Column("organisation"),
    Column("language"),
    Column("state"),
    Column("guests", Holds.NUMBER),
    Column("answered_at", Holds.MOMENT),
    Column("invited"),
    Column("invited_at", Holds.MOMENT),
    Column("checked_in_at", Holds.MOMENT),
)
CHUNK_ROWS = 500

_CELLS = {
    "person_id": "p.id",
    "name": "p.name",
    "organisation": "p.organisation",
    "language": "p.language",
    "state": "r.state",
    "guests": "r.guests",
    "answered_at": "r.answered_at",
    "invited": "d.state",
    "invited_at": "d.sent_at",
    "checked_in_at": "r.checked_in_at",
}
_ANSWERED = "SELECT person_id FROM rsvp WHERE event_id = :event"
_INVITED = (
    "SELECT person_id FROM delivery WHERE event_id = :event AND kind = 'invitation'"
    " AND variant = ''"
)
_FROM = (
    " FROM person p LEFT JOIN rsvp r ON r.event_id = :event AND r.person_id = p.id"
    " LEFT JOIN delivery d ON d.event_id = :event AND d.kind = 'invitation' AND d.variant = ''"
    " AND d.person_id = p.id WHERE p.id IN ({who}) ORDER BY p.id"
)


def export_attendance(
    database: Database,
    event: int,
    format: Format,
    out: Path | BinaryIO,
    *,
    answered: bool = False,
    language: str = "en",
    blueprint: Blueprint,
    separator: str = COMMA,
) -> int:
    """Write a row for everybody who was invited or answered (``answered``: only these), in the
    order of their numbers, and return how many. ``language`` is the reader's (XLSX),
    ``separator`` parts the cells of CSV. Raises
    ExportError, StorageError."""
    request = Request(days=format == "xlsx")
    with opened(out) as file, database.reading() as tx:
        statement = attendance_statement(request, tx.dialect, answered=answered)
        rows = _Rows(tx, statement, event)
        with closing(rows.stream):
            total = _total(tx, statement, event)
            _write(file, format, rows, blueprint, language, total, separator)
        return rows.count


def attendance_statement(request: Request, dialect: str, *, answered: bool) -> Statement:
    """The rows of the event ``:event``."""
    cells = ", ".join(
        moment_cell(_CELLS[column.key], request, dialect)
        if column.holds is Holds.MOMENT
        else _CELLS[column.key]
        for column in ATTENDANCE
    )
    who = _ANSWERED if answered else f"{_ANSWERED} UNION {_INVITED}"
    return sql(f"SELECT {cells}{_FROM.format(who=who)}")


class _Rows:
    """The rows as they come, counted."""

    def __init__(self, tx: Transaction, statement: Statement, event: int) -> None:
        self.count = 0
        self.stream = tx.stream(statement, event=event)

    def chunks(self) -> Iterator[list[Row]]:
        chunk: list[Row] = []
        for row in self.stream:
            chunk.append(row)
            self.count += 1
            if len(chunk) == CHUNK_ROWS:
                yield chunk
                chunk = []
        yield chunk

    def texts(self) -> Iterator[list[str]]:
        for chunk in self.chunks():
            for row in chunk:
                yield ["" if cell is None else str(cell) for cell in row]


def _write(
    file: BinaryIO,
    wanted: Format,
    rows: _Rows,
    blueprint: Blueprint,
    language: str,
    total: int,
    separator: str,
) -> None:
    """Each format's library is loaded for it alone."""
    if wanted == "xlsx":
        from storage.exports.labels import Labels  # noqa: PLC0415 (slow)
        from storage.exports.workbook import write_workbook  # noqa: PLC0415 (slow)

        write_workbook(
            file, "attendance", ATTENDANCE, rows.texts(), total=total,
            labels=Labels(blueprint, language), language=language,
        )  # fmt: skip
    elif wanted == "json":
        from storage.exports.json_format import write_json  # noqa: PLC0415 (slow)

        write_json(file, ATTENDANCE, rows.chunks())
    elif wanted == "parquet":
        from storage.exports.parquet_format import write_parquet  # noqa: PLC0415 (slow)

        write_parquet(file, ATTENDANCE, rows.chunks())
    else:
        write_csv(file, ATTENDANCE, rows.chunks(), separator)


def _total(tx: Transaction, statement: Statement, event: int) -> int:
    counting = sql(f"SELECT count(*) FROM ({statement.sqlite}) AS whole")
    row = tx.run(counting, event=event).fetchone()
    return int(row[0]) if row else 0
