"""``domov match``: local people who look for a mentor, expats who are one."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import match_people
from bot.cli.match_card import show_match
from bot.cli.match_people import Format, Limit, Organisation
from bot.cli.match_shown import export_all, list_matches, show_figures
from bot.cli.matching import (
    allow_pair,
    approve_matches,
    close_match,
    forbid_pair,
    run_round,
    swap_mentor,
)
from bot.cli.options import LedgerFormat, ListFormat, ShowFormat
from bot.cli.separating import Separator

app = typer.Typer(no_args_is_help=True)

BIGGEST = 2**63 - 1  # that a database can number
Number = Annotated[
    int, typer.Argument(help="The match's number.", metavar="ID", min=1, max=BIGGEST)
]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking for the number.")]
Shown = Annotated[ShowFormat, typer.Option("--format", help="How to show it.")]


@app.callback()
def match() -> None:
    """Mentoring: requests, mentors, rounds and pairs. See docs/mentoring.md."""


@app.command(name="round")
def round_(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show whom it would bring together.")
    ] = False,
    organisation: Annotated[
        str | None,
        typer.Option(help="Only requests of this organisation's people.", metavar="KEY"),
    ] = None,
    yes: Sure = False,
    format_: Shown = ShowFormat.TABLE,
) -> None:
    """Assign everybody who waits at once, as well as it can be done.

    The proposals wait for `domov match approve`; nobody is written to before.
    Where the blueprint says unattended = true, mentors are asked at once.

    \b
    Examples:
      domov match round --dry-run
      domov match round --organisation cike
    """
    run_round(organisation, format_, dry=dry_run, sure=yes)


@app.command(name="list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            help="Only this state: proposed, asked_mentor, asked_mentee, introduced, met, done,"
            " declined, lapsed, withdrawn, dropped or ended; live: the first five.",
            metavar="STATE",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Only pairs in which one has gone quiet.")
    ] = False,
    organisation: Organisation = None,
    limit: Limit = 100,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List matches, the newest first. Each use is noted in the log.

    \b
    Examples:
      domov match list --state proposed
      domov match list --quiet --organisation cike
      domov match list --limit 0 --format csv > matches.csv
    """
    list_matches(state, organisation, limit or None, format_, quiet=quiet)


@app.command()
def show(number: Number, format_: Shown = ShowFormat.TABLE) -> None:
    """Show a match: who, why, who would be next best, and all that happened.

    \b
    Example:
      domov match show 12
    """
    show_match(number, format_)


@app.command()
def approve(
    numbers: Annotated[
        list[int] | None,
        typer.Argument(help="The matches' numbers.", metavar="[ID]...", min=1, max=BIGGEST),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every proposal.")] = False,
    organisation: Organisation = None,
    yes: Sure = False,
) -> None:
    """Approve proposals: their mentors are asked.

    For more than one the number of them has to be typed.

    \b
    Examples:
      domov match approve 12 15
      domov match approve --all --organisation cike
    """
    approve_matches(numbers or [], organisation, all_=all_, sure=yes)


@app.command()
def swap(
    number: Number,
    mentor: Annotated[
        str | None,
        typer.Option(
            help="Who instead: number or e-mail address; else the next best.", metavar="PERSON"
        ),
    ] = None,
) -> None:
    """Take another mentor for a proposal.

    \b
    Examples:
      domov match swap 12
      domov match swap 12 --mentor 57
    """
    swap_mentor(number, mentor)


@app.command()
def forbid(
    first: Annotated[
        str, typer.Argument(help="A match's number, or the mentee.", metavar="ID|MENTEE")
    ],
    mentor: Annotated[
        str | None,
        typer.Argument(help="The mentor: number or e-mail address.", metavar="[MENTOR]"),
    ] = None,
) -> None:
    """These two are never to be brought together.

    With one number it is a match's, and the next best mentor takes its place.

    \b
    Examples:
      domov match forbid 12
      domov match forbid 301 jana@example.org
    """
    forbid_pair(first, mentor)


@app.command()
def allow(
    first: Annotated[str, typer.Argument(help="Number or e-mail address.", metavar="MENTEE")],
    second: Annotated[str, typer.Argument(help="Number or e-mail address.", metavar="MENTOR")],
) -> None:
    """Take back what staff forbade. What people asked for themselves stands.

    \b
    Example:
      domov match allow 301 57
    """
    allow_pair(first, second)


@app.command()
def close(
    number: Number,
    reason: Annotated[
        str,
        typer.Option(
            help="Why, for staff only: time, fit, silent, other or none.", metavar="REASON"
        ),
    ],
    reopen: Annotated[
        bool, typer.Option("--reopen", help="The mentee's request waits for another mentor.")
    ] = False,
) -> None:
    """End a match, whatever its state. Who knows of it is told kindly.

    The request of a pair that was introduced is closed with it, unless
    --reopen is given; any other waits on.

    \b
    Example:
      domov match close 12 --reason silent --reopen
    """
    close_match(number, reason, reopen=reopen)


@app.command()
def export(
    format_: Annotated[LedgerFormat, typer.Option("--format", help="What to write.")],
    output: Annotated[
        str, typer.Option(help='The file to write; "-" for standard output.', metavar="FILE|-")
    ] = "-",
    state: Annotated[
        str | None, typer.Option(help="Only this state; live: the first five.", metavar="STATE")
    ] = None,
    organisation: Organisation = None,
    separator: Separator = None,
) -> None:
    """Write a row for each match, with its history, into a file.

    With --organisation the other organisation's people are named only where
    they allow it. Each use is noted in the log.

    \b
    Examples:
      domov match export --format xlsx --output matches.xlsx
      domov match export --format csv --organisation cike > matches.csv
    """
    export_all(format_, output, state, organisation, separator)


@app.command()
def figures(organisation: Organisation = None, format_: Shown = ShowFormat.TABLE) -> None:
    """Mentoring in numbers: requests and their wait, places, pairs, real meetings.

    \b
    Example:
      domov match figures --organisation bsc_kranj
    """
    show_figures(organisation, format_)


app.command()(match_people.requests)
app.command()(match_people.mentors)
app.command()(match_people.forbidden)
app.command()(match_people.wishes)
app.command()(match_people.request)
app.command()(match_people.offer)
