"""Somebody is erased: whoever counts on them hears of it; a keyed hash proves it."""

from __future__ import annotations

from datetime import datetime

from blueprints.schema import Blueprint
from outreach.events import rsvp
from outreach.joining import life as joining
from outreach.mentoring import keeping
from storage import privacy
from storage.transaction import Transaction


def erase(tx: Transaction, person: int, secret: str, now: datetime, blueprint: Blueprint) -> None:
    """Their places go to who waits, their pairs end, and nothing of them is left in any table.
    Whoever calls this has :class:`outreach.erased.Erasures` told after the commit."""
    joining.leave(tx, person, now, blueprint)
    rsvp.leave(tx, person, now, blueprint)
    keeping.leave(tx, person, now, blueprint)
    privacy.erase(tx, person, secret, now)
