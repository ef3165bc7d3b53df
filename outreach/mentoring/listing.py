"""What staff may see of mentoring: whose names, which pairs are quiet, who of a pair is silent.

Staff see their own organisation's people; of the other side of a pair across organisations only
whoever agreed to be seen by the other organisation ("sharing").
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from blueprints.schema import Blueprint, Mentoring
from outreach import hours
from outreach.staff import VIEWER, Actor
from storage.mentoring import lists
from storage.mentoring.lines import MatchLine, Side
from storage.transaction import Transaction

SIDES = ("mentor", "mentee")
BETWEEN_MEETINGS = timedelta(days=7)  # so much longer than the rhythm of meeting is no silence


class Seen(StrEnum):
    """How a reader sees somebody in a list."""

    NAMED = "named"
    HIDDEN = "hidden"  # only of which organisation they are
    ERASED = "erased"


def seen(actor: Actor, side: Side) -> Seen:
    """How ``actor`` sees this person."""
    if side.person is None:
        return Seen.ERASED
    if side.shared or actor.may(side.organisation, VIEWER):
        return Seen.NAMED
    return Seen.HIDDEN


def sees(actor: Actor, line: MatchLine) -> bool:
    """Whether the match is any of theirs: one of its sides is of an organisation of theirs."""
    sides = (line.mentee.organisation, line.mentor.organisation)
    return any(organisation is not None and actor.may(organisation) for organisation in sides)


def name(side: Side, role: str, how: Seen) -> str:
    """Somebody in English, for the command line: "Jana (57)", "a mentor of cike"."""
    if how is Seen.ERASED:
        return f"a {role}, erased"
    if how is Seen.HIDDEN:
        return f"a {role} of {side.organisation or 'another organisation'}"
    return f"{side.name or '—'} ({side.person})"


def silence(mentoring: Mentoring) -> tuple[timedelta, timedelta]:
    """After how long a pair is quiet: before they have met, and afterwards."""
    first = mentoring.nudges[0] if mentoring.nudges else mentoring.quiet_days
    return timedelta(days=first), timedelta(days=mentoring.again_meet_days) + BETWEEN_MEETINGS


def quiet(
    tx: Transaction, organisation: str | None, blueprint: Blueprint, now: datetime,
    limit: int = lists.MOST,
) -> list[MatchLine]:  # fmt: skip
    """Pairs of whom one at least has said nothing for long, the longest silence first."""
    introduced, met = silence(blueprint.mentoring)
    return lists.quiet(tx, organisation, now, now - introduced, now - met, limit)


def silent(line: MatchLine, blueprint: Blueprint, now: datetime) -> tuple[str, ...]:
    """Who of an introduced pair has said nothing for long: "mentor", "mentee" or both. Nobody,
    where they have a date before them."""
    dated = line.meeting_at is not None and line.meeting_at >= now
    if dated or line.state not in ("introduced", "met"):
        return ()
    introduced, met = silence(blueprint.mentoring)
    since = now - (met if line.state == "met" else introduced)
    heard = {side: line.heard(side) for side in SIDES}
    return tuple(side for side, last in heard.items() if last is not None and last < since)


def day_of(blueprint: Blueprint, organisation: str | None, now: datetime) -> date:
    """The day where the organisation is: breaks end by it in lists."""
    return now.astimezone(hours.known(blueprint.zone(organisation))).date()
