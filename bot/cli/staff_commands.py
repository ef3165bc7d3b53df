"""``domov staff``: who may do what, and what was done."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import Language, ListFormat
from bot.cli.staffing import (
    LogFilters,
    Logins,
    add_staff,
    change_logins,
    list_staff,
    make_code,
    remove_staff,
    set_role,
    show_log,
    show_staff,
)

app = typer.Typer(no_args_is_help=True)

Who = Annotated[
    str, typer.Argument(help="Their number, or as much of the name as tells.", metavar="WHO")
]
Telegram = Annotated[
    str | None,
    typer.Option(
        help="Their name or number on Telegram; a code is safer: `domov staff code`.",
        metavar="@NAME",
    ),
]
Slack = Annotated[
    str | None,
    typer.Option(
        help="Their member ID in Slack (Profile, ⋮); a code is safer: `domov staff code`.",
        metavar="ID",
    ),
]
Email = Annotated[str | None, typer.Option(help="Their e-mail address.", metavar="ADDRESS")]
Format = Annotated[ListFormat, typer.Option("--format", help="How to show it.")]


@app.callback()
def staff() -> None:
    """The staff: who may do what for which organisation, and what was done.

    \b
    viewer       sees lists and figures
    coordinator  also prepares and sends events and messages
    admin        also sees to the staff
    """


@app.command()
def add(
    name: Annotated[str, typer.Option(help="What they are called.", metavar="NAME")],
    organisation: Annotated[
        list[str],
        typer.Option(help="For whom they work; may be given several times.", metavar="KEY"),
    ],
    role: Annotated[
        list[str],
        typer.Option(
            help="viewer, coordinator or admin; one for all, or one an organisation.",
            metavar="ROLE",
        ),
    ],
    telegram: Telegram = None,
    slack: Slack = None,
    email: Email = None,
    language: Annotated[
        Language | None, typer.Option(help="Theirs; else the organisation's.")
    ] = None,
) -> None:
    """Add somebody to the staff.

    They are recognised by the account named here, from the first message on
    by its number, whatever happens to its name. Without an account make them
    a code: domov staff code.

    \b
    Examples:
      domov staff add --name "Jana Nováková" --organisation cike --role admin --telegram @jana
      domov staff add --name Ana --organisation cike --role viewer \\
          --organisation bsc_kranj --role coordinator --slack U024BE7LH
    """
    spoken = language.value if language else None
    add_staff(name, organisation, role, Logins(telegram, slack, email), spoken)


@app.command(name="list")
def list_(
    gone: Annotated[bool, typer.Option("--gone", help="Also those who left.")] = False,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List the staff with their roles and accounts.

    An account with a question mark has not written to the bot yet.

    \b
    Examples:
      domov staff list
      domov staff list --gone --format json
    """
    list_staff(gone=gone, format_=format_)


@app.command()
def show(who: Who, format_: Format = ListFormat.TABLE) -> None:
    """Show one of the staff, and the last things they did.

    \b
    Example:
      domov staff show jana
    """
    show_staff(who, format_)


@app.command()
def remove(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Take away all roles, accounts and codes of somebody who leaves, at once.

    Their name stays in the log.

    \b
    Example:
      domov staff remove jana
    """
    remove_staff(who, sure=yes)


@app.command()
def role(
    who: Who,
    organisation: Annotated[str, typer.Option(help="Where.", metavar="KEY")],
    role: Annotated[
        str, typer.Option(help="viewer, coordinator or admin; none: no longer.", metavar="ROLE")
    ],
) -> None:
    """Change what somebody may do in an organisation.

    \b
    Examples:
      domov staff role jana --organisation bsc_kranj --role viewer
      domov staff role jana --organisation bsc_kranj --role none
    """
    set_role(who, organisation, role)


@app.command()
def login(
    who: Who,
    telegram: Telegram = None,
    slack: Slack = None,
    email: Email = None,
    forget: Annotated[
        str | None,
        typer.Option(
            help="No longer recognise them on telegram, slack, email, …", metavar="CHANNEL"
        ),
    ] = None,
) -> None:
    """Add an account by which somebody is recognised, or forget one.

    \b
    Examples:
      domov staff login jana --slack U024BE7LH
      domov staff login jana --forget telegram
    """
    change_logins(who, Logins(telegram, slack, email), forget)


@app.command()
def code(who: Who) -> None:
    """Make a code with which somebody makes themselves known in a chat.

    They send "/staff CODE" to the bot, on any platform, within half an hour.
    It works once; a code made earlier ends.

    \b
    Example:
      domov staff code jana
    """
    make_code(who)


@app.command()
def log(
    organisation: Annotated[
        str | None, typer.Option(help="Only what was done for it.", metavar="KEY")
    ] = None,
    who: Annotated[
        str | None, typer.Option(help="Only what one of the staff did.", metavar="WHO")
    ] = None,
    action: Annotated[
        str | None, typer.Option(help='Only this: "event" or "event.announce".', metavar="ACTION")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help='Only about this: "event:KEY".', metavar="SUBJECT")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only from this day on.", metavar="YYYY-MM-DD")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0, metavar="N")] = 50,
    format_: Format = ListFormat.TABLE,
) -> None:
    """What staff did, the latest first: who, what, when, on how many people.

    What was done on the command line is in it too.

    \b
    Examples:
      domov staff log --organisation cike --since 2026-11-01
      domov staff log --action broadcast --limit 0 --format csv > log.csv
    """
    show_log(LogFilters(organisation, who, action, subject, since), limit, format_)
