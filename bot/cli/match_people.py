"""``domov match requests``, ``mentors``, ``forbidden``: lists of people; ``request``, ``offer``:
entered by staff for somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.match_entering import Asked, Offered, enter_offer, enter_request
from bot.cli.match_lists import list_forbidden, list_mentors, list_requests
from bot.cli.match_wishes import list_wishes, settle_wish
from bot.cli.options import ListFormat

Organisation = Annotated[str | None, typer.Option(help="Only this organisation's.", metavar="KEY")]
Limit = Annotated[int, typer.Option(help="At most so many; 0: all.", min=0, metavar="N")]
Format = Annotated[ListFormat, typer.Option("--format", help="How to show it.")]
Person = Annotated[str, typer.Argument(help="Their number or e-mail address.", metavar="PERSON")]
Skill = Annotated[
    list[str] | None,
    typer.Option(help="A skill's key; several, the most wanted first.", metavar="KEY"),
]
Tongue = Annotated[
    list[str] | None,
    typer.Option(help="A language's code; may be given several times.", metavar="CODE"),
]
Mode = Annotated[str | None, typer.Option(help="online, in_person or both.", metavar="MODE")]
Hours = Annotated[
    list[str] | None,
    typer.Option(
        help="When they have time, in their own zone: weekday_mornings, weekday_afternoons,"
        " weekday_evenings or weekends.",
        metavar="KEY",
    ),
]


def requests(
    organisation: Organisation = None, limit: Limit = 100, format_: Format = ListFormat.TABLE
) -> None:
    """List open requests, who has waited longest first.

    \b
    Example:
      domov match requests --organisation cike
    """
    list_requests(organisation, limit or None, format_)


def mentors(
    free: Annotated[
        bool, typer.Option("--free", help="Only those with places, most of them first.")
    ] = False,
    organisation: Organisation = None,
    limit: Limit = 100,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List mentors with their places.

    \b
    Example:
      domov match mentors --free
    """
    list_mentors(organisation, limit or None, format_, free=free)


def forbidden(
    organisation: Organisation = None, limit: Limit = 100, format_: Format = ListFormat.TABLE
) -> None:
    """List who is kept apart, and who asked for it: they themselves, or staff.

    \b
    Example:
      domov match forbidden --organisation cike
    """
    list_forbidden(organisation, limit or None, format_)


def wishes(
    done: Annotated[
        int | None,
        typer.Option(help="This one was dealt with.", metavar="ID", min=1, max=2**63 - 1),
    ] = None,
    organisation: Organisation = None,
    limit: Limit = 100,
    format_: Format = ListFormat.TABLE,
) -> None:
    """List whom people would rather not be matched with, as they wrote it in the bot.

    Look whether that person is registered, `domov match forbid` the two, then say it is done.

    \b
    Examples:
      domov match wishes
      domov match wishes --done 4
    """
    if done is not None:
        settle_wish(done)
    else:
        list_wishes(organisation, limit or None, format_)


def request(
    person: Person,
    goal: Annotated[
        str | None, typer.Option(help="What for, in a sentence.", metavar="TEXT")
    ] = None,
    skill: Skill = None,
    field: Annotated[str | None, typer.Option(help="A field's key.", metavar="KEY")] = None,
    language: Tongue = None,
    mode: Mode = None,
    hours: Hours = None,
    urgency: Annotated[
        str | None, typer.Option(help="now, soon or open.", metavar="URGENCY")
    ] = None,
    rhythm: Annotated[
        str | None,
        typer.Option(help="weekly, fortnightly, monthly or once.", metavar="RHYTHM"),
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back.")] = False,
) -> None:
    """Ask for a mentor for somebody, or change what they ask for.

    They must have agreed to mentoring in the bot. What is not given stays as
    it is; in a new request languages are those they speak.

    \b
    Examples:
      domov match request 301 --goal "Sell our app in the US" --skill negotiation --language en
      domov match request 301 --urgency now
      domov match request 301 --withdraw
    """
    asked = Asked(goal, skill, field, language, mode, hours, urgency, rhythm)
    enter_request(person, asked, withdraw=withdraw)


def offer(
    person: Person,
    capacity: Annotated[
        int | None, typer.Option(help="How many mentees at once.", min=0, metavar="N")
    ] = None,
    skill: Skill = None,
    topics: Annotated[
        str | None, typer.Option(help="What they pass on, in a sentence.", metavar="TEXT")
    ] = None,
    language: Tongue = None,
    mode: Mode = None,
    hours: Hours = None,
    break_until: Annotated[
        str | None,
        typer.Option(help="No new pairs before this day; none: the break is over.",
                     metavar="DAY"),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="They are no longer a mentor.")] = False,
) -> None:  # fmt: skip
    """Enter what a mentor offers, or change it.

    They must have agreed to mentoring in the bot. What is not given stays as
    it is.

    \b
    Examples:
      domov match offer 57 --capacity 3 --skill negotiation --skill planning --language en
      domov match offer 57 --break-until 2027-02-01
    """
    offered = Offered(capacity, skill, topics, language, mode, hours, break_until)
    enter_offer(person, offered, off=off)
