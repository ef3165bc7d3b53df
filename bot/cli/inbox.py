"""``domov inbox``: what people wrote to the staff, and answering it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.inbox_acts import answer, list_messages, put_away, show_message
from bot.cli.options import ListFormat, ShowFormat

app = typer.Typer(no_args_is_help=True)

BIGGEST = 2**63 - 1  # that a database can number
Number = Annotated[
    int, typer.Argument(help="The message's number.", metavar="ID", min=1, max=BIGGEST)
]


@app.callback()
def inbox() -> None:
    """Messages to the staff: what people wrote that the bot could not place."""


@app.command(name="list")
def list_(
    organisation: Annotated[
        str | None,
        typer.Option(help="Only from people whom this organisation looks after.", metavar="KEY"),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also what was dealt with.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0, metavar="N")] = 100,
    format_: Annotated[
        ListFormat, typer.Option("--format", help="How to show them.")
    ] = ListFormat.TABLE,
) -> None:
    """List messages, what nobody has answered first. Each use is noted in the log.

    Of each kind the oldest stand first.

    \b
    Examples:
      domov inbox list --organisation cike
      domov inbox list --all --limit 0 --format csv > messages.csv
    """
    list_messages(organisation, limit or None, format_, everything=all_)


@app.command()
def show(
    number: Number,
    format_: Annotated[
        ShowFormat, typer.Option("--format", help="How to show it.")
    ] = ShowFormat.TABLE,
) -> None:
    """Show a message: who wrote what, after what, and whether replies arrived.

    \b
    Example:
      domov inbox show 12
    """
    show_message(number, format_)


@app.command()
def reply(
    number: Number,
    text: Annotated[
        str, typer.Argument(help='The reply; "-": as standard input has it.', metavar="TEXT|-")
    ],
    who: Annotated[
        str | None,
        typer.Option(
            help="In whose name: number or name of one of the staff; else the organisation's.",
            metavar="WHO",
        ),
    ] = None,
    done_: Annotated[bool, typer.Option("--done", help="Also take it off the list.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Answer a message. The bot delivers it where it was written.

    Whoever wrote reads who answers. `domov inbox show` says whether it
    arrived. Needs a running `domov run`.

    \b
    Examples:
      domov inbox reply 12 "See you next time!" --who jana --done
      domov inbox reply 12 - < answer.txt
    """
    answer(number, text, who, done=done_, sure=yes)


@app.command()
def done(number: Number) -> None:
    """Take a message off the list, answered or not.

    \b
    Example:
      domov inbox done 12
    """
    put_away(number)
