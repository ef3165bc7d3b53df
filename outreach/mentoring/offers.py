"""Offering to be a mentor: saved, on a break, ended; and who is not to be matched with whom. In the
caller's transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from blueprints.schema import Blueprint
from flows.mentoring import TOPICS_LIMIT, Offered
from outreach import entitled
from outreach.mentoring import course
from outreach.mentoring.life import close as close_match
from outreach.mentoring.life import stop, withdraw
from storage.mentoring import blocks, matches, offers, pool, surveyed
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction

Offer: TypeAlias = Offered
"""What a mentor offers; see flows.mentoring."""

PERSON, STAFF = "person", "staff"
NOT_ASKED_YET = ("proposed", "asked_mentor")
NOT_INTRODUCED = ("proposed", "asked_mentor", "asked_mentee")


def save(
    tx: Transaction,
    person: int,
    offer: Offer,
    now: datetime,
    blueprint: Blueprint,
    source: str = PERSON,
) -> OfferRow:
    """Store what a mentor offers; a break stays. With fewer places than pairs nobody is let go:
    there are no new ones until so many have ended. Raises NotEntitled."""
    entitled.require(entitled.mentor(tx, person, blueprint))
    held = offers.locked(tx, person)
    values = {
        "status": "active",
        "capacity": offer.capacity,
        "skills": tuple(offer.skills),
        "topics": offer.topics.strip()[:TOPICS_LIMIT],
        "languages": tuple(offer.languages),
        "mode": offer.mode,
        "hours": tuple(offer.hours),
        "break_until": held.break_until if held else None,
        "break_reason": held.break_reason if held else None,
        "source": source,
        "created_at": now,
        "updated_at": now,
    }
    offers.put(tx, person, values)
    return offers.by_people(tx, [person])[person]


def off(
    tx: Transaction, person: int, now: datetime, blueprint: Blueprint, variant: str = "stopped"
) -> OfferRow | None:
    """They don't want to be asked any more. Who waits for their answer, or has just got it, gets
    the next best; pairs that were introduced go on. None: there is no offer."""
    if _hold(tx, person, NOT_INTRODUCED) is None:
        return None
    offers.update(tx, person, {"status": "off", "updated_at": now})
    _leave(tx, person, NOT_INTRODUCED, now, blueprint, "off", variant)
    return offers.of_person(tx, person)


def take_break(
    tx: Transaction,
    person: int,
    until: date,
    now: datetime,
    blueprint: Blueprint,
    reason: str = "own",
) -> OfferRow | None:
    """No new pairs before ``until``. Whoever waits for their yes gets the next best; to whom they
    have said it, it holds, unless staff (``reason`` "staff") put them on the break. None: there is
    no offer."""
    states = NOT_INTRODUCED if reason == STAFF else NOT_ASKED_YET
    if _hold(tx, person, states) is None:
        return None
    values = {"break_until": until, "break_reason": reason, "updated_at": now}
    offers.update(tx, person, values)
    _leave(tx, person, states, now, blueprint, "break", "stopped")
    return offers.of_person(tx, person)


def back(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> OfferRow | None:
    """The break is over, or the offer stands again. None: there is none. Raises NotEntitled."""
    entitled.require(entitled.mentor(tx, person, blueprint))
    if offers.locked(tx, person) is None:
        return None
    values = {"status": "active", "break_until": None, "break_reason": None, "updated_at": now}
    offers.update(tx, person, values)
    return offers.of_person(tx, person)


def ensure(tx: Transaction, now: datetime, blueprint: Blueprint, person: int | None = None) -> int:
    """Make offers of those who said in the survey that they would be mentors, and consent to
    mentoring, and have set nothing yet; how many. With ``person`` only theirs: what they said just
    now also changes, or ends, an offer made so before."""
    made = surveyed.ensure(tx, now, blueprint, person)
    if person is not None:
        if surveyed.willing(tx, person, blueprint):
            surveyed.refresh(tx, person, now)
        else:
            held = offers.of_person(tx, person)
            if held is not None and held.source == "survey" and held.status == "active":
                off(tx, person, now, blueprint)
    return made


# ---- who is not to be matched with whom ----


def block(
    tx: Transaction,
    person: int,
    other: int,
    now: datetime,
    blueprint: Blueprint,
    by: str = PERSON,
) -> None:
    """Keep two people from each other; a match of theirs ends, and why is not said. Only
    ``person`` and staff know."""
    if person == other:
        return
    blocks.put(tx, person, other, by, now)
    for row in matches.of_person(tx, person, LIVE_MATCHES):
        if other in (row.mentor_id, row.mentee_id):
            _apart(tx, row, person, now, blueprint, by)


def unblock(tx: Transaction, person: int, other: int, by: str = PERSON) -> bool:
    """Take it back; whether there was something to take back."""
    return blocks.remove(tx, person, other, by)


def _apart(
    tx: Transaction, row: MatchRow, person: int, now: datetime, blueprint: Blueprint, by: str
) -> None:
    if by == STAFF:
        close_match(tx, row, now, blueprint, "blocked", reopen=True)
    elif row.state == "proposed":
        withdraw(tx, row, course.MENTOR, now, blueprint, "blocked")  # the request waits on
    elif row.state == "asked_mentor" and row.side(person) == course.MENTEE:
        close_match(tx, row, now, blueprint, "blocked")
    else:
        stop(tx, row.id, person, now, blueprint, "other")


def _hold(tx: Transaction, person: int, states: tuple[str, ...]) -> OfferRow | None:
    """The offer, held, with whatever may change because of it: the matches that end with it first,
    then their requests, then offers, this one and those of the next best; everybody holds them in
    this order, so that nobody waits in a circle."""
    rows = [
        held
        for row in matches.of_person(tx, person, states)
        if row.mentor_id == person and (held := matches.locked(tx, row.id)) is not None
    ]
    requests = [row.request_id for row in rows if row.request_id is not None]
    others = [mentor for row in rows for mentor, _ in row.alternatives]
    pool.hold(tx, requests, [person, *others])
    return offers.of_person(tx, person)


def _leave(
    tx: Transaction,
    person: int,
    states: tuple[str, ...],
    now: datetime,
    blueprint: Blueprint,
    reason: str,
    variant: str,
) -> None:
    for row in matches.of_person(tx, person, states):
        if row.mentor_id == person:
            withdraw(tx, row, course.MENTOR, now, blueprint, reason, variant)
