"""Nobody stays half-registered: who consented and never finished is told, then erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from outreach import erasing
from outreach.deciding import Rules
from outreach.planning import At, Planned, plan_one
from storage import ending
from storage.ending import Unfinished
from storage.transaction import Transaction

KIND = "unfinished"
SLICE = 50  # people looked at in one unit


def look(
    tx: Transaction,
    now: datetime,
    blueprint: Blueprint,
    secret: str,
    channels: tuple[str, ...],
    after: Unfinished | None = None,
    limit: int = SLICE,
) -> Unfinished | None:
    """Tell some of those who have been away for long that their beginning will be erased, and
    erase those whose days are over; the one to go on behind, None after the last.

    Whoever can be told is erased ``unfinished_notice_days`` after that at the earliest; whoever
    cannot, ``unfinished_days`` after they were last here."""
    days = blueprint.timings
    notice = timedelta(days=days.unfinished_notice_days)
    over = now - timedelta(days=days.unfinished_days)
    found = ending.unfinished(tx, over + notice, channels, after, limit)
    gone = {each.person for each in ending.unfinished(tx, over, channels, after, limit)}
    for each in found:
        if each.told_at is None and each.reachable:
            plan_one(tx, _told(now, blueprint, channels, notice), each.person, now)
        elif each.person in gone and (each.told_at is None or each.told_at <= now - notice):
            erasing.erase(tx, each.person, secret, now, blueprint)
    return found[-1] if len(found) == limit else None


def _told(
    now: datetime, blueprint: Blueprint, channels: tuple[str, ...], notice: timedelta
) -> Planned:
    return Planned(
        KIND, channels, At(now), Rules.of(blueprint), variant=(now + notice).date().isoformat(),
        expires_at=now + notice,
    )  # fmt: skip
