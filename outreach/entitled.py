"""What somebody may do by a press, a word or a conversation, looked at where it is written.

Surfaces offer only what is allowed, but a press may be forged, and a conversation may have been
left before a consent was withdrawn or two accounts became one. So whoever writes the row asks here,
in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint, Survey
from outreach.errors import OutreachError
from storage import events, living
from storage.transaction import Transaction

REGISTERED = frozenset({"active", "paused"})
MENTORING = "mentoring"


class NotEntitled(OutreachError):
    """Somebody may not ask for, or offer, this: "registered", "persona" or "consent" says what
    stands against it."""


def registered(tx: Transaction, person: int) -> bool:
    """Whether somebody has registered (and is not only being asked for it)."""
    return living.read_profile(tx, person).get("status") in REGISTERED


def mentee(tx: Transaction, person: int, blueprint: Blueprint) -> str:
    """What stands against somebody's asking for a mentor; "" nothing."""
    return _mentoring(tx, person, blueprint.may_seek)


def mentor(tx: Transaction, person: int, blueprint: Blueprint) -> str:
    """What stands against somebody's offering to be a mentor; "" nothing."""
    return _mentoring(tx, person, blueprint.may_mentor)


def _mentoring(tx: Transaction, person: int, may: Callable[[str | None], bool]) -> str:
    profile = living.read_profile(tx, person)
    if profile.get("status") not in REGISTERED:
        return "registered"
    if not may(profile.get("persona")):
        return "persona"
    return "" if living.consents(tx, person).get(MENTORING) else "consent"


def require(reason: str) -> None:
    """Raises NotEntitled where something stands against it."""
    if reason:
        raise NotEntitled(reason)


def answers(tx: Transaction, person: int, survey: Survey, asked_in: str, now: datetime) -> bool:
    """Whether somebody is asked this survey: of their persona, or, of a survey that follows events,
    by who was at the event (the round is its key) and when it is over."""
    profile: dict[str, Any] = living.read_profile(tx, person)
    if profile.get("status") not in REGISTERED or profile.get("persona") not in survey.personas:
        return False
    if not survey.after_events:
        return True
    event = events.by_key(tx, asked_in)
    if event is None or event.status in ("draft", "cancelled") or now < event.ends_at:
        return False
    row = events.rsvp(tx, event.id, person)
    return row is not None and (row.checked_in_at is not None or row.state == "going")


def save_answers(
    tx: Transaction,
    person: int,
    blueprint: Blueprint,
    key: str,
    asked_in: str,
    given: dict[str, Any],
    now: datetime,
) -> Survey | None:
    """Store what somebody answered in a round of a survey; None, and nothing stored, where they
    are not asked it."""
    survey = blueprint.survey(key)
    if survey is None or not answers(tx, person, survey, asked_in, now):
        return None
    living.save_answers(tx, person, key, asked_in, given, now)
    return survey
