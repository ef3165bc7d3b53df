"""``domov rehearse``: what would be sent until a day, without sending it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import RehearsalFormat
from bot.cli.rehearsing import rehearse_to


def rehearse(
    until: Annotated[
        str,
        typer.Option(
            help="Until the end of this day, or this moment (2026-12-24T18:00).", metavar="DATE"
        ),
    ],
    organisation: Annotated[
        str | None,
        typer.Option(help="Only this organisation's events and broadcasts.", metavar="KEY"),
    ] = None,
    format_: Annotated[
        RehearsalFormat, typer.Option("--format", help="How it is shown or written.")
    ] = RehearsalFormat.TABLE,
    output: Annotated[
        str, typer.Option(help='A file to write; "-" for standard output.', metavar="FILE|-")
    ] = "-",
) -> None:
    """Play everything planned until DATE on a virtual clock, and send nothing.

    Each message that would go: when, to whom, on which channel, in which
    language; what the contact budget holds back, what would expire, and
    where a translation is missing. It works on a copy of the database, which
    is thrown away. Nobody answers in a rehearsal. Each use is noted.

    \b
    Examples:
      domov rehearse --until 2026-12-24
      domov rehearse --until 2026-12-24 --organisation cike \\
          --format xlsx --output december.xlsx
    """
    rehearse_to(until, organisation, format_, output)
