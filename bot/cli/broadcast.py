"""``domov broadcast``: messages of the staff to many."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.broadcast_preview import Look, show_preview
from bot.cli.broadcast_shown import export_ledger, list_broadcasts, show_broadcast
from bot.cli.broadcasting import (
    Times,
    cancel_broadcast,
    correct_broadcast,
    create_draft,
    pause_broadcast,
    resume_broadcast,
    review_broadcast,
    schedule_broadcast,
    send_broadcast,
    send_test,
    withdraw_broadcast,
)
from bot.cli.options import Language, LedgerFormat, ListFormat, ShowFormat
from bot.cli.separating import Separator

app = typer.Typer(no_args_is_help=True)


class Platform(StrEnum):
    """Where a preview shows a message."""

    TELEGRAM = "telegram"
    SLACK = "slack"
    WEB = "web"


Key = Annotated[str, typer.Argument(help="The broadcast's key.", metavar="KEY")]
File = Annotated[str, typer.Argument(help="The file; see docs/broadcasts.md.", metavar="FILE.md")]
Yes = Annotated[bool, typer.Option("--yes", help="Go on without asking.")]
Format = Annotated[ListFormat, typer.Option("--format", help="How to show them.")]
OneFormat = Annotated[ShowFormat, typer.Option("--format", help="How to show it.")]
Organisation = Annotated[str | None, typer.Option(help="The organisation's key.", metavar="KEY")]
ReadersLanguage = Annotated[Language | None, typer.Option(help="Only in this language.")]


@app.callback()
def broadcast() -> None:
    """Messages to many: written in a file, previewed, counted, sent, followed.

    \b
    domov broadcast create news.md --audience "residence:international"
    domov broadcast preview news-november
    domov broadcast send news-november
    domov broadcast show news-november --watch
    """


@app.command()
def create(
    file: File,
    audience: Annotated[
        str | None,
        typer.Option(
            help='Whom it is for; "" is everybody. See docs/audiences.md.', metavar="FILTER"
        ),
    ] = None,
    organisation: Organisation = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of a draft of the same key.")
    ] = False,
) -> None:
    """Read a file, and keep it as a draft for an audience.

    Everything that is wrong with the file is told at once, with its line.
    Nothing is sent.

    \b
    Examples:
      domov broadcast create news.md --audience "country:DE and not event:brunch-nov"
      domov broadcast create news.md --organisation cike --replace
    """
    create_draft(file, audience, organisation, replace=replace)


@app.command()
def preview(
    what: Annotated[str, typer.Argument(help="Its key, or a file.", metavar="KEY|FILE.md")],
    language: ReadersLanguage = None,
    platform: Annotated[Platform | None, typer.Option(help="Only on this platform.")] = None,
    person: Annotated[
        int | None, typer.Option(help="As this person will see it.", metavar="NUMBER")
    ] = None,
    bare: Annotated[
        bool,
        typer.Option("--bare", help="As someone sees it who has told us nothing about themselves."),
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="As it is handed to the platform, in JSON.")
    ] = False,
) -> None:
    """Show it as each platform and language will, without sending anything.

    \b
    Examples:
      domov broadcast preview news.md --language sk --platform telegram
      domov broadcast preview news-november --person 12
    """
    spoken = language.value if language else None
    show_preview(what, Look(spoken, platform.value if platform else None, person, bare, raw))


@app.command(name="test")
def try_(
    key: Key,
    person: Annotated[
        int, typer.Option(help="The number of a person: yours, as a rule.", metavar="NUMBER")
    ],
    language: ReadersLanguage = None,
) -> None:
    """Send it to one person alone, to see it where it will be read.

    That person must consent to invitations or be of the staff. Answers to a
    quick question are not stored.

    \b
    Example:
      domov broadcast test news-november --person 12 --language sl
    """
    send_test(key, person, language.value if language else None)


@app.command()
def review(key: Key, format_: OneFormat = ShowFormat.TABLE) -> None:
    """Count who would get it, in which languages, and who not, and why.

    \b
    Example:
      domov broadcast review news-november --format json
    """
    review_broadcast(key, as_json=format_ is ShowFormat.JSON)


@app.command()
def send(key: Key, yes: Yes = False) -> None:
    """Send it now; where it is night, in the morning.

    Says how many will get it and waits for that number to be typed.

    \b
    Example:
      domov broadcast send news-november
    """
    send_broadcast(key, sure=yes)


@app.command()
def schedule(
    key: Key,
    at: Annotated[
        str | None,
        typer.Option(help="At this moment: 2026-12-01T10:00.", metavar="MOMENT"),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="The time zone of --at; else the organisation's.", metavar="ZONE"),
    ] = None,
    local: Annotated[
        str | None,
        typer.Option(help="At this hour wherever the reader is: 10:00.", metavar="HH:MM"),
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The day of --local; else the next one.", metavar="DATE")
    ] = None,
    yes: Yes = False,
) -> None:
    """Send it later: at one moment, or at that hour in each reader's zone.

    \b
    Examples:
      domov broadcast schedule news-november --at 2026-12-01T10:00
      domov broadcast schedule news-november --local 10:00 --on 2026-12-01
    """
    schedule_broadcast(key, Times(at, timezone, local, on), sure=yes)


@app.command()
def pause(key: Key) -> None:
    """Send no more of it until it is resumed.

    \b
    Example:
      domov broadcast pause news-november
    """
    pause_broadcast(key)


@app.command()
def resume(key: Key) -> None:
    """Go on with a paused one.

    \b
    Example:
      domov broadcast resume news-november
    """
    resume_broadcast(key)


@app.command()
def cancel(key: Key, yes: Yes = False) -> None:
    """Send no more of it, ever. What was sent stays; see withdraw.

    \b
    Example:
      domov broadcast cancel news-november
    """
    cancel_broadcast(key, sure=yes)


@app.command()
def correct(key: Key, file: File, yes: Yes = False) -> None:
    """Change the text, also of messages that were sent.

    They are edited in place, and nobody is notified. What is still to be sent
    goes out with the new text. Picture and audience stay as they were.

    \b
    Example:
      domov broadcast correct news-november news.md
    """
    correct_broadcast(key, file, sure=yes)


@app.command()
def withdraw(key: Key, yes: Yes = False) -> None:
    """Delete what was sent, where the platform allows, and send no more of it.

    Telegram deletes nothing after 48 hours; then the text is replaced.

    \b
    Example:
      domov broadcast withdraw news-november
    """
    withdraw_broadcast(key, sure=yes)


@app.command()
def show(
    key: Key,
    watch: Annotated[bool, typer.Option("--watch", help="Until it is done.")] = False,
    format_: OneFormat = ShowFormat.TABLE,
) -> None:
    """Show how far it is: planned, sent, failed, waiting, the rate, the time left.

    \b
    Examples:
      domov broadcast show news-november --watch
      domov broadcast show news-november --format json
    """
    show_broadcast(key, watch=watch, as_json=format_ is ShowFormat.JSON)


@app.command(name="list")
def list_(
    organisation: Organisation = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, metavar="N")] = 50,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List broadcasts, the newest first.

    \b
    Example:
      domov broadcast list --organisation cike
    """
    list_broadcasts(organisation, limit, format_)


@app.command()
def export(
    key: Key,
    format_: Annotated[LedgerFormat, typer.Option("--format", help="What to write.")],
    output: Annotated[
        str, typer.Option(help='The file to write; "-" for standard output.', metavar="FILE|-")
    ],
    separator: Separator = None,
) -> None:
    """Write what became of it: one row a recipient.

    \b
    Example:
      domov broadcast export news-november --format xlsx --output news.xlsx
    """
    export_ledger(key, format_.value, output, separator)
