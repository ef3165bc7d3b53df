"""How far away the end of the programme is, and whether what belongs to it is planned."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from bot.cli.check.finding import Finding, ok, remark
from bot.now import now
from bot.settings import Settings
from outreach import ending
from storage.database import Database
from storage.errors import StorageError

SUBJECT = "Programme"
SOON = ending.DAYS_BEFORE[0]


def check(given: Settings, blueprint: Blueprint | None) -> Iterator[Finding]:
    """What of it is so today. Without a database only what the blueprint says."""
    if blueprint is None:
        return
    day, present = blueprint.programme.ends_on, now()
    left = ending.days_left(blueprint, present)
    if day is None or left is None:
        yield remark(
            SUBJECT, "the blueprint names no last day (ends_on), so nobody is erased because one"
            " has come. The privacy notice must say how long data is kept, and somebody see to it",
        )  # fmt: skip
        return
    erased = _erased_on(given, blueprint)
    if left > 0:
        yield (ok if left > SOON else remark)(SUBJECT, _ahead(blueprint, day, left, erased))
    elif erased is not None:
        yield remark(
            SUBJECT, f"it ended on {day}, so nobody new is registered; on {erased} everybody is"
            " erased, for good. If that is wrong, change ends_on in the blueprint now and start"
            " the program again",
        )  # fmt: skip
    else:
        yield remark(SUBJECT, _after(blueprint, day))


def _ahead(blueprint: Blueprint, day: date, left: int, erased: date | None) -> str:
    erased = max(erased or day, day)
    told = erased - timedelta(days=blueprint.timings.farewell_days)
    days = "day" if left == 1 else "days"
    return (
        f"ends on {day}, in {left:,} {days}: people are told on {told} and erased on {erased}."
        " Another ends_on in the blueprint moves it"
    )


def _after(blueprint: Blueprint, day: date) -> str:
    days = blueprint.timings
    longest = max(days.staff_log_days, days.proof_days, days.erasure_days)
    return (
        f"it ended on {day}. Where everybody was erased, marks, proofs and the staff log stay for"
        f" their days, the last until {day + timedelta(days=longest)}: run on until then, or"
        " delete the database and its backups now"
    )


def _erased_on(given: Settings, blueprint: Blueprint) -> date | None:
    """The day on which everybody will be erased; None: nothing is planned (any more)."""
    at: datetime | None = None
    with (
        contextlib.suppress(StorageError),
        contextlib.closing(Database.open(given.database_url.get_secret_value())) as database,
        database.reading() as tx,
    ):
        at = ending.erased_at(tx, blueprint)
    return at.astimezone(ZoneInfo(blueprint.zone(None))).date() if at is not None else None
