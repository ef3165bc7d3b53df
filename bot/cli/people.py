"""``domov people``: look people up."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.listing import Filters, list_people
from bot.cli.options import ListFormat

app = typer.Typer(no_args_is_help=True)


@app.callback()
def people() -> None:
    """The people in the living database."""


@app.command(name="list")
def list_(
    organisation: Annotated[
        str | None,
        typer.Option(help="Only people whom this organisation looks after.", metavar="KEY"),
    ] = None,
    persona: Annotated[
        str | None, typer.Option(help="Only this persona: expat or local.", metavar="PERSONA")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            help="Only this status: new, joining, active, paused or mapped.", metavar="STATUS"
        ),
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Only people who live in this country.", metavar="CC")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(help="Only people with this in their name or city.", metavar="TEXT"),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0, metavar="N")] = 100,
    format_: Annotated[
        ListFormat, typer.Option("--format", help="How to show them.")
    ] = ListFormat.TABLE,
) -> None:
    """List people, in the order in which they came.

    People who opened the bot and never agreed to anything are shown only
    with --status new. Accents don't matter to --search. Each use is noted
    in the log.

    \b
    Examples:
      domov people list --organisation cike --status active
      domov people list --country DE --search novak
      domov people list --limit 0 --format csv > people.csv
    """
    filters = Filters(organisation, persona, status, country.upper() if country else None, search)
    list_people(filters, limit or None, format_)
