"""``domov match wishes``: whom people would rather not be matched with, as they wrote it."""

from __future__ import annotations

from bot.cli.match_shown import most_of, noted, reader, say_more
from bot.cli.opening import opened
from bot.cli.options import ListFormat
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from outreach import staff
from outreach.mentoring import listing
from outreach.staff import COORDINATOR, console_actor
from storage.mentoring import lists, wishes

TITLES = {"id": "No.", "who": "Who", "text": "Not with", "at": "Since (UTC)"}


def list_wishes(organisation: str | None, limit: int | None, format_: ListFormat) -> None:
    """Print what waits for staff."""
    most = most_of(limit, format_)
    with opened() as house:
        actor = reader(house.organisation(organisation))
        with house.database.reading() as tx:
            found = wishes.waiting(tx, organisation, most or lists.FIRST)
        rows = [
            {
                "id": each.id, "text": each.text, "at": each.at,
                "who": listing.name(each.who, "person", listing.seen(actor, each.who)),
            }
            for each in found
        ]  # fmt: skip
        shown = show(rows, TITLES, format_)
        noted(house, "match wishes", shown, organisation)
    say_more(shown, most, format_, "Nobody has written a name that waits for you.")


def settle_wish(number: int) -> None:
    """It was dealt with. Raises Misuse where there is none such."""
    with opened() as house, house.database.transaction() as tx:
        found = wishes.one(tx, number)
        if found is None:
            raise Misuse(f"--done: no wish {number} waits; see domov match wishes")
        actor = console_actor()
        staff.require(actor, found.who.organisation, COORDINATOR)
        wishes.done(tx, number)
        staff.log(
            tx, actor, "match.wish", now(), organisation=found.who.organisation,
            subject=f"person:{found.who.person}", people=1,
        )  # fmt: skip
