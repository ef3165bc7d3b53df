"""``domov audience``: who is meant, how many they are, and whom a message would reach."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.audiences import (
    count_audience,
    delete_audience,
    list_audiences,
    list_fields,
    save_audience,
    show_audience,
)
from bot.cli.options import ListFormat

app = typer.Typer(no_args_is_help=True)


class CountFormat(StrEnum):
    """How a count is shown."""

    TABLE = "table"
    JSON = "json"


Filter = Annotated[
    str, typer.Argument(help="Who is meant, in quotes; see docs/audiences.md.", metavar="FILTER")
]
Key = Annotated[str, typer.Argument(help="The saved audience's key.", metavar="KEY")]
Organisation = Annotated[
    str | None, typer.Option(help="The organisation that would write to them.", metavar="KEY")
]
Format = Annotated[ListFormat, typer.Option("--format", help="How to show them.")]


@app.callback()
def audience() -> None:
    """Audiences: people of the living database, chosen by a small text.

    \b
      residence:international and skills_offered:communication
      country:DE,AT and not event:brunch-nov
      (roles:mentor or wants:mentor) and last_active:<90d
      @vienna and not event:brunch-nov/invited
    """


@app.command()
def count(
    filter_: Filter = "",
    organisation: Organisation = None,
    format_: Annotated[
        CountFormat, typer.Option("--format", help="How to show it.")
    ] = CountFormat.TABLE,
) -> None:
    """Count an audience: whom a message would reach now, and why not all.

    Without FILTER everybody is counted. With --organisation, people of
    another one who do not share with it are left out.

    \b
    Examples:
      domov audience count "country:DE,AT and roles:mentor"
      domov audience count @vienna --organisation cike --format json
    """
    count_audience(filter_, organisation, as_json=format_ is CountFormat.JSON)


@app.command()
def save(key: Key, filter_: Filter, organisation: Organisation = None) -> None:
    """Save an audience, to be used as @KEY inside any other.

    One of that key that is there gets the new text. What was reviewed or
    announced before keeps the old one.

    \b
    Example:
      domov audience save vienna "city:Vienna or event:vienna-2026"
    """
    save_audience(key, filter_, organisation)


@app.command(name="list")
def list_(format_: Format = ListFormat.TABLE) -> None:
    """List the saved audiences.

    \b
    Example:
      domov audience list
    """
    list_audiences(format_)


@app.command()
def show(key: Key) -> None:
    """Show a saved audience: its text, what needs it, and its count.

    \b
    Example:
      domov audience show vienna
    """
    show_audience(key)


@app.command()
def delete(key: Key) -> None:
    """Delete a saved audience, unless something that is not over needs it.

    \b
    Example:
      domov audience delete vienna
    """
    delete_audience(key)


@app.command()
def fields(format_: Format = ListFormat.TABLE) -> None:
    """List what an audience can be chosen by, and the values of this blueprint.

    \b
    Example:
      domov audience fields
    """
    list_fields(format_)
