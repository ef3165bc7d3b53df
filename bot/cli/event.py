"""``domov event``: what people are invited to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.event_post import post_event
from bot.cli.events import (
    announce_event,
    cancel_event,
    change_event,
    check_in,
    close_event,
    create_event,
    export_event,
    list_events,
    show_event,
)
from bot.cli.options import ExportFormat, Language, ListFormat
from bot.cli.separating import Separator
from bot.cli.windows import show_windows

app = typer.Typer(no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="The event's key.", metavar="KEY")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking for the number.")]
Note = Annotated[
    list[str] | None,
    typer.Option(
        help="What is said about it, in a language; may be given several times.",
        metavar="LANGUAGE=TEXT",
    ),
]
Format = Annotated[ListFormat, typer.Option("--format", help="How to show it.")]


@app.callback()
def event() -> None:
    """Events: draft, announced, closed, over; or cancelled. See docs/events.md."""


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="The event, a TOML file.", metavar="FILE")],
) -> None:
    """Make a draft of an event from a file. Nobody hears of it yet.

    Everything that is wrong with the file is named at once.

    \b
    Example:
      domov event create brunch.toml
    """
    create_event(file)


@app.command()
def announce(key: Key, yes: Sure = False) -> None:
    """Announce an event: invite its audience.

    Shows first how many that is, who is left out and why. Who joins the
    audience later is invited within the hour, until answers are closed.

    \b
    Example:
      domov event announce brunch-nov
    """
    announce_event(key, sure=yes)


@app.command()
def change(
    key: Key,
    file: Annotated[
        Path | None, typer.Argument(help="The whole event, a TOML file.", metavar="[FILE]")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change one thing; may be given often.", metavar="NAME=VALUE"),
    ] = None,
    note: Note = None,
    yes: Sure = False,
) -> None:
    """Change an event, from its file or one thing at a time.

    A new time, place or link is told to everybody who comes, may come or
    waits for a place. Reminders move with the start.

    \b
    Examples:
      domov event change brunch-nov brunch.toml
      domov event change brunch-nov --set starts=2026-11-29T10:00 --note "en=It rained."
      domov event change brunch-nov --set capacity=60 --set place.sk="Kasárne Kulturpark"
    """
    change_event(key, file, set_ or [], note or [], sure=yes)


@app.command()
def cancel(key: Key, note: Note = None, yes: Sure = False) -> None:
    """Call an event off, and tell everybody who meant to come.

    \b
    Example:
      domov event cancel brunch-nov --note "en=The speaker is ill." --note "sk=…"
    """
    cancel_event(key, note or [], sure=yes)


@app.command()
def close(key: Key) -> None:
    """Take no more answers; what is still to be invited is not.

    Who has a place may still give it back, and it is offered to the next.

    \b
    Example:
      domov event close brunch-nov
    """
    close_event(key)


@app.command(name="list")
def list_(
    organisation: Annotated[
        str | None, typer.Option(help="Only this organisation's.", metavar="KEY")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those over and cancelled too.")] = False,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List events with how many come, the next first.

    \b
    Examples:
      domov event list
      domov event list --all --organisation cike --format csv
    """
    list_events(organisation, format_, past=all_)


@app.command()
def windows(
    organisation: Annotated[
        str | None, typer.Option(help="Only this organisation's people.", metavar="KEY")
    ] = None,
    begins: Annotated[
        str | None, typer.Option("--from", help="The first day; else today.", metavar="DATE")
    ] = None,
    ends: Annotated[
        str | None, typer.Option("--to", help="The last day; else a year later.", metavar="DATE")
    ] = None,
    format_: Format = ListFormat.TABLE,
) -> None:
    """Name the dates on which most of the willing are at home.

    The willing are those who said yes or maybe to doing something for the
    region; when they are next at home they say in the survey. A visit is taken
    to last ten days from the day they named. Days in a row with as many
    people are one line, those with most people first; days on which fewer
    than five are at home are not listed.

    \b
    Examples:
      domov event windows --organisation cike
      domov event windows --from 2026-12-15 --to 2027-01-10 --format csv
    """
    show_windows(organisation, begins, ends, format_)


@app.command()
def show(
    key: Key,
    format_: Annotated[
        ListFormat, typer.Option("--format", help="How to show it: table or json.")
    ] = ListFormat.TABLE,
) -> None:
    """Show an event: what it is, who comes, what was sent and what is planned.

    \b
    Example:
      domov event show brunch-nov
    """
    show_event(key, format_)


@app.command()
def export(
    key: Key,
    format_: Annotated[ExportFormat, typer.Option("--format", help="What to write.")],
    output: Annotated[
        str, typer.Option(help='The file to write; "-" for standard output.', metavar="FILE|-")
    ],
    answered: Annotated[
        bool, typer.Option("--answered", help="Only who answered, not all who were invited.")
    ] = False,
    language: Annotated[
        Language | None,
        typer.Option(help="The language of titles in XLSX; else the organisation's."),
    ] = None,
    separator: Separator = None,
) -> None:
    """Write who was invited, what they answered and who was there into a file.

    \b
    Examples:
      domov event export brunch-nov --format xlsx --output brunch.xlsx --language sk
      domov event export brunch-nov --format csv --output - --answered
    """
    export_event(key, format_, output, language, separator, answered=answered)


@app.command()
def checkin(
    key: Key,
    person: Annotated[
        list[str] | None,
        typer.Argument(help="People's numbers or e-mail addresses.", metavar="[PERSON]..."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A file with one on each line; - reads standard input.", metavar="FILE"),
    ] = None,
) -> None:
    """Note who was there. People can also say so themselves, with the event's
    code (see domov event show).

    From a line of a CSV file the first cell counts, or the one under
    person_id, so a file of domov event export can be used, also as Excel
    saves it (; or tabs between the cells, Windows-1250, UTF-16). What stands
    above the first number or address is a heading; anything else in their
    place is named with its line, and then nobody is noted.

    \b
    Examples:
      domov event checkin brunch-nov 12 57 jana@example.org
      domov event checkin brunch-nov --file there.txt
    """
    check_in(key, person or [], file)


@app.command()
def post(
    key: Key,
    telegram: Annotated[
        str | None,
        typer.Option(help="A group's number, or the @name of a public one.", metavar="CHAT"),
    ] = None,
    slack: Annotated[
        str | None, typer.Option(help="A channel's name or id.", metavar="CHANNEL")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="The card's language; else the organisation's.")
    ] = None,
) -> None:
    """Post an event's card into a Telegram group or a Slack channel.

    Its button opens the chat with the bot. The bot must be a member there
    (of a Telegram group it says the number in its log when it is added).
    When the event changes or is cancelled, the card does too.

    \b
    Examples:
      domov event post brunch-nov --telegram -1001234567890
      domov event post brunch-nov --slack "#kosice" --language en
    """
    post_event(key, telegram, slack, language)
