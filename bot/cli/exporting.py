"""Writes an export where the reader wants it."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import typer

from blueprints.schema import Blueprint
from bot.cli import staff
from bot.cli.opening import opened
from bot.cli.options import ExportFormat, Language
from bot.cli.progress import progress
from bot.cli.separating import separator_of
from bot.errors import Misuse
from storage.exports import export_answers, export_people

STANDARD_OUTPUT = "-"
BINARY = frozenset({ExportFormat.XLSX.value, ExportFormat.PARQUET.value})
TERMINATED = 143  # 128 + SIGTERM, as shells do

_EXPORTS: dict[str, Callable[..., int]] = {"people": export_people, "answers": export_answers}


def export_to(
    what: str,
    format_: ExportFormat,
    output: str,
    organisation: str | None,
    language: Language | None,
    separator: str | None,
) -> None:
    """Export ``what`` ("people" or "answers"), then say how many and where."""
    parted = separator_of(separator, format_.value)
    out = destination(output, format_.value)
    with opened() as house, terminable():
        key = house.organisation(organisation)
        with progress(f"Exporting {what}") as told:
            count = _EXPORTS[what](
                house.database,
                format_.value,
                out,
                organisation=key,
                language=language_of(house.blueprint, key, language),
                blueprint=house.blueprint,
                progress=told,
                separator=parted,
            )
        staff.read_about(
            f"export {what}", count, database=house.database, organisation=key,
            format=format_.value,
        )  # fmt: skip
    where = "standard output" if output == STANDARD_OUTPUT else output
    typer.echo(f"{count:,} {what} in {where}", err=True)


def destination(output: str, format_: str) -> Path | BinaryIO:
    """Where to write a format ("csv", "xlsx", …). Raises Misuse where nothing can be written,
    before anything is read."""
    if output == STANDARD_OUTPUT:
        if format_ in BINARY and sys.stdout.isatty():
            raise Misuse(f"--output: {format_} isn't text for a terminal; name a file")
        return sys.stdout.buffer
    path = Path(output).expanduser()
    if not path.name or path.is_dir():
        raise Misuse(f"--output: {output!r} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise Misuse(f"--output: the folder {path.absolute().parent} does not exist; make it first")
    return path


def language_of(blueprint: Blueprint, key: str | None, wanted: Language | None) -> str:
    """The reader's: as wanted, else the organisation's, else the blueprint's first."""
    if wanted is not None and wanted.value not in blueprint.languages:
        raise Misuse(
            f"--language: the blueprint has no texts in {wanted.value!r}, only in"
            f" {', '.join(blueprint.languages)}"
        )
    if wanted is not None:
        return wanted.value
    organisation = blueprint.organisation(key) if key else None
    return organisation.language if organisation else blueprint.language


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does: what was half written is taken away."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(TERMINATED)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
