"""What ``domov event windows`` does."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import typer

from bot.cli import staff
from bot.cli.opening import opened
from bot.cli.options import ListFormat
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from outreach.fives import FEW
from outreach.windows import windows

TITLES = {"organisation": "Organisation", "from": "From", "to": "To", "people": "At home"}
YEAR = timedelta(days=365)


def show_windows(
    organisation: str | None, begins: str | None, ends: str | None, format_: ListFormat
) -> None:
    """Print when most of the willing are at home."""
    with opened() as house:
        house.organisation(organisation)
        blueprint = house.blueprint
        today = now().astimezone(ZoneInfo(blueprint.zone(organisation))).date()
        first = _day("--from", begins) or today
        last = _day("--to", ends) or first + YEAR
        if last < first:
            raise Misuse("--to is before --from")
        named = [organisation] if organisation else [each.key for each in blueprint.organisations]
        with house.database.reading() as tx:
            found = windows(tx, named, first, last)
        most = max((each.people for each in found), default=0)
        staff.read_about("event windows", most, database=house.database, organisation=organisation)
    rows = [
        {
            "organisation": each.organisation,
            "from": each.begins.isoformat(),
            "to": each.ends.isoformat(),
            "people": each.people,
        }
        for each in found
    ]
    if not show(rows, TITLES, format_) and format_ is ListFormat.TABLE:
        typer.echo(f"There is no day on which {FEW} or more of the willing are at home.")


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as problem:
        raise Misuse(f"{option}: {text} isn't a day; write one as 2026-12-24") from problem
