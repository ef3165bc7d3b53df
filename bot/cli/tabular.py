"""Rows as a table, CSV or JSON on standard output."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.chat.screen import safe
from bot.cli.options import ListFormat
from storage.exports.guard import guard

WIDE = 200  # characters of a table that goes to a file or a pipe

Row = Mapping[str, Any]


def show(
    rows: Iterable[Row],
    titles: Mapping[str, str],
    format_: ListFormat,
    *,
    columns: Sequence[str] | None = None,
) -> int:
    """Print ``rows`` (name -> value; a moment is an aware datetime) and say how many there were.

    A table shows those named in ``titles``; CSV and JSON the ``columns`` (the titles' when not
    given). Nobody's text is markup, a formula or a terminal's command.
    """
    named = tuple(columns or titles)
    if format_ is ListFormat.TABLE:
        return _table(rows, titles)
    return _csv(rows, named) if format_ is ListFormat.CSV else _json(rows, named)


def _table(rows: Iterable[Row], titles: Mapping[str, str]) -> int:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles.values():
        table.add_column(title)
    for row in rows:
        # Text, not str: what people write is no markup.
        table.add_row(*(Text(_cell(row.get(name))) for name in titles))
    width = None if sys.stdout.isatty() else WIDE
    Console(width=width, highlight=False, soft_wrap=False).print(table)
    return table.row_count


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case int():
            return f"{value:,}"
        case list() | tuple():
            return safe(", ".join(str(each) for each in value))
        case dict():
            return safe(", ".join(f"{name}: {each}" for name, each in value.items()))
    return safe(str(value))


def _csv(rows: Iterable[Row], columns: Sequence[str]) -> int:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last is the count
        writer.writerow([_spreadsheet(row.get(name)) for name in columns])
    return count


def _spreadsheet(value: Any) -> Any:
    """Nobody's text becomes a formula."""
    value = _plain(value)
    if isinstance(value, list):
        value = ";".join(str(each) for each in value)
    elif isinstance(value, dict):
        value = ";".join(f"{name}={each}" for name, each in value.items())
    return guard(value) if isinstance(value, str) else value


def _json(rows: Iterable[Row], columns: Sequence[str]) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):
        typer.echo("[\n  " if count == 1 else ",\n  ", nl=False)
        line = {name: _plain(row.get(name)) for name in columns}
        typer.echo(orjson.dumps(line, option=orjson.OPT_NON_STR_KEYS).decode(), nl=False)
    typer.echo("\n]" if count else "[]")
    return count


def _plain(value: Any) -> Any:
    """Ready to be written, without control characters."""
    match value:
        case datetime():
            return value.isoformat(timespec="seconds").replace("+00:00", "Z")
        case str():
            return safe(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {name: _plain(each) for name, each in value.items()}
    return value
