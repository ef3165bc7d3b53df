"""Somebody leaves mentoring, or was two records: nothing of theirs stays, and nobody who waits for
them is left waiting. In the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.mentoring import course, offers, requests
from outreach.mentoring.life import withdraw
from outreach.mentoring.moving import move
from storage import living
from storage.mentoring import joining, matches
from storage.mentoring import offers as offered
from storage.mentoring.matches import MatchRow
from storage.mentoring.requests import RequestRow
from storage.states import LIVE_MATCHES, MATCH_STATES
from storage.transaction import Transaction

GONE = "gone"
"""Why a request was closed, or a match ended: the person or their consent is gone."""

MENTORING, SHARING = "mentoring", "sharing"
"""Purposes that are consented to."""

NOT_INTRODUCED = ("proposed", "asked_mentor", "asked_mentee")


def leave(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> None:
    """Before somebody is erased, and when they withdraw their consent to mentoring: their request
    is closed, their offer ended, the others of their matches are told kindly (and get the next
    best, or the head of the next round)."""
    held = requests.hold(tx, person)
    if held is not None:
        requests.close(tx, held, now, blueprint, GONE, GONE)
    offers.off(tx, person, now, blueprint, GONE)
    for row in matches.of_person(tx, person, LIVE_MATCHES):
        withdraw(tx, row, _side(row, person), now, blueprint, GONE, GONE)


def unshared(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> None:
    """They don't allow the other organisation any more: whom of there they would have been
    introduced to, they are not, and who waits for that is told. Pairs that were introduced know
    each other, and go on. To be called when the consent is withdrawn already."""
    for found in matches.of_person(tx, person, NOT_INTRODUCED):
        row = matches.locked(tx, found.id)
        if row is None or row.organisation == row.mentor_organisation:
            continue
        step = course.after(row.state, course.CLOSE, course.STAFF)
        assert step is not None  # noqa: S101 - staff can close whatever is going on
        # Whichever of the two it was, the request waits on, and not for longer than it must.
        asked = row.state != "proposed"
        step = replace(step, request=course.AHEAD, following=asked)
        move(
            tx, row, course.CLOSE, _side(row, person), now, blueprint, variant=GONE,
            reason="sharing", step=step,
        )  # fmt: skip


def merge(tx: Transaction, keep: int, give: int, now: datetime, blueprint: Blueprint) -> None:
    """Before ``give`` is erased, for the two are one person: its request, offer, matches and
    blocks become ``keep``'s. Of two requests the one that has got further stays; of two offers
    ``keep``'s. What ``keep`` consents to stands: where that is not mentoring, ``give`` leaves."""
    given = living.consents(tx, keep)
    for row in matches.of_person(tx, give, LIVE_MATCHES):
        if row.side(keep) is not None:  # nobody is their own mentor
            withdraw(tx, row, course.MENTOR, now, blueprint, "merged", GONE)
    if not given.get(MENTORING):
        leave(tx, give, now, blueprint)
    own, other = requests.hold(tx, keep), requests.hold(tx, give)
    if own is not None and other is not None:
        worse = own if _got(tx, other) > _got(tx, own) else other
        requests.close(tx, worse, now, blueprint, "merged", GONE)
    if offered.locked(tx, keep) is None:
        joining.adopt_offer(tx, keep, give)
    joining.adopt(tx, keep, give, now)
    if not given.get(SHARING):
        unshared(tx, keep, now, blueprint)


def _side(row: MatchRow, person: int) -> str:
    """Which of the two somebody is."""
    side = row.side(person)
    assert side is not None  # noqa: S101 - it is a match of theirs
    return side


def _got(tx: Transaction, request: RequestRow) -> int:
    """How far a request has got."""
    match = matches.live_of_request(tx, request.id)
    return -1 if match is None else MATCH_STATES.index(match.state)
