"""A list of people as a table, CSV or JSON."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from blueprints.schema import Blueprint
from bot.cli import staff
from bot.cli.chat.screen import safe
from bot.cli.opening import opened
from bot.cli.options import ListFormat
from bot.cli.progress import Progress, progress
from bot.errors import Misuse
from flows.understand.text import fold
from storage.database import Database
from storage.exports.guard import guard
from storage.people import PersonLine
from storage.people import list_people as page_of_people
from storage.states import PERSON_STATUSES

PAGE = 2_000  # rows read at once
COLUMNS = tuple(field.name for field in fields(PersonLine))
# What a table has room for; CSV and JSON hold everything.
TABLE = {
    "id": "No.", "name": "Name", "organisation": "Organisation", "persona": "Persona",
    "status": "Status", "country": "Country", "city": "City", "residence": "Residence",
    "language": "Language", "registered_at": "Registered",
}  # fmt: skip
AT_ONCE = 1 << 16  # characters collected before they are written
MOST = 10_000  # rows of a table: its columns fit only when all are known
WIDE = 200  # characters of a table that goes to a file or a pipe


@dataclass(frozen=True, slots=True)
class Filters:
    """Which people; None: all of them. ``search`` is looked for without accents and case."""

    organisation: str | None = None
    persona: str | None = None
    status: str | None = None
    country: str | None = None
    search: str | None = None

    def check(self, blueprint: Blueprint) -> None:
        """Raises Misuse, naming what there is."""
        personas = [each.key for each in blueprint.personas]
        if self.persona is not None and self.persona not in personas:
            raise Misuse(f"--persona: there is no {self.persona!r}; there is {', '.join(personas)}")
        if self.status is not None and self.status not in PERSON_STATUSES:
            known = ", ".join(PERSON_STATUSES)
            raise Misuse(f"--status: there is no {self.status!r}; there is {known}")
        if self.country is not None and not (len(self.country) == 2 and self.country.isalpha()):
            raise Misuse(f"--country: {self.country!r} isn't a country code; write two letters, DE")

    def fit(self, person: PersonLine) -> bool:
        """What the database was not asked for: it does not know one letter from the other
        without its accent."""
        if self.persona is not None and person.persona != self.persona:
            return False
        if self.country is not None and person.country != self.country:
            return False
        words = fold(self.search) if self.search else ""
        return not words or words in fold(f"{person.name or ''} | {person.city or ''}")


def list_people(filters: Filters, limit: int | None, format_: ListFormat) -> None:
    """Print the people that fit, at most ``limit``."""
    with opened() as house:
        house.organisation(filters.organisation)
        filters.check(house.blueprint)
        if format_ is ListFormat.TABLE:
            limit = min(limit or MOST, MOST)
        with progress("People looked at") as told:
            found = _found(house.database, filters, told)
            shown = _WRITERS[format_](_upto(found, limit))
            more = limit is not None and shown == limit and next(found, None) is not None
        staff.read_about("people list", shown, database=house.database, **asdict(filters))
    if more:
        remedy = "--limit 0" if shown < MOST else "--limit 0 --format csv"
        typer.echo(f"There are more than these {shown:,}: {remedy} shows all.", err=True)


def _upto(found: Iterator[PersonLine], limit: int | None) -> Iterator[PersonLine]:
    for count, person in enumerate(found, start=1):
        yield person
        if count == limit:
            return


def _found(database: Database, filters: Filters, told: Progress) -> Iterator[PersonLine]:
    """The people that fit, page by page: constant memory however many there are."""
    after = seen = 0
    while True:
        with database.reading() as tx:
            page = page_of_people(tx, filters.organisation, filters.status, after=after, limit=PAGE)
        yield from filter(filters.fit, page)
        seen += len(page)
        told(seen)
        if len(page) < PAGE:
            return
        after = page[-1].id


def _table(people: Iterator[PersonLine]) -> int:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, title in TABLE.items():
        table.add_column(title, justify="right" if name == "id" else "left", no_wrap=name == "id")
    for person in people:
        # Text, not str: what people write is no markup.
        table.add_row(*(Text(_cell(getattr(person, name))) for name in TABLE))
    width = None if sys.stdout.isatty() else WIDE
    Console(width=width, highlight=False, soft_wrap=False).print(table)
    typer.echo(f"{table.row_count} people" if table.row_count != 1 else "1 person")
    return table.row_count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return safe(str(value))


def _csv(people: Iterator[PersonLine]) -> int:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, person in enumerate(people, start=1):  # noqa: B007 - the last is the count
        writer.writerow([_spreadsheet(value) for value in _plain(person).values()])
        if line.tell() > AT_ONCE:
            _flush(line)
    _flush(line)
    return count


def _flush(line: io.StringIO) -> None:
    typer.echo(line.getvalue(), nl=False)
    line.seek(0)
    line.truncate()


def _spreadsheet(value: Any) -> Any:
    """Nobody's name becomes a formula."""
    return guard(value) if isinstance(value, str) else value


def _json(people: Iterator[PersonLine]) -> int:
    lines = io.StringIO("[")
    lines.seek(1)
    count = 0
    for count, person in enumerate(people, start=1):
        lines.write(",\n  " if count > 1 else "\n  ")
        lines.write(orjson.dumps(_plain(person)).decode())
        if lines.tell() > AT_ONCE:
            _flush(lines)
    lines.write("\n]\n" if count else "]\n")
    _flush(lines)
    return count


def _plain(person: PersonLine) -> Mapping[str, Any]:
    """Values ready to be written, without control characters."""
    values = asdict(person)
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = value.isoformat(timespec="seconds").replace("+00:00", "Z")
        elif isinstance(value, str):
            values[name] = safe(value)
    return values


_WRITERS = {ListFormat.TABLE: _table, ListFormat.CSV: _csv, ListFormat.JSON: _json}
