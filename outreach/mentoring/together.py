"""What two who were introduced tell us: when they meet, that they have met, how it goes.

Each call takes the word of one of the two, while the match is held. ``Outcome.reason`` may also be
"past" (that time is over) and "noted" (a meeting of a pair that has ended: it counts all the same).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from outreach.mentoring import course, plans
from outreach.mentoring.moving import Outcome, move
from storage.mentoring import matches
from storage.mentoring.matches import MatchRow, MeetingRow
from storage.transaction import Transaction

TOGETHER = ("introduced", "met")
"""States in which the two know each other."""

OVER = ("ended", "done")
OTHER = {course.MENTOR: course.MENTEE, course.MENTEE: course.MENTOR}


def seen(tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint) -> Outcome:
    """They have looked at their pair, or asked for a calendar file: a sign of life."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    return Outcome(_note(tx, row, side, now, blueprint))


def suggest(
    tx: Transaction, match: int, person: int, moment: datetime, now: datetime, blueprint: Blueprint
) -> Outcome:
    """One of them would like to meet then; the other is asked. The time that the other has
    suggested is agreed by it."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    if moment <= now:
        return Outcome(row, "past")
    if moment == row.suggested_at and row.suggested_by == OTHER[side]:
        return _agree(tx, row, side, moment, now, blueprint, "agreed")
    if moment in (row.meeting_at, row.suggested_at):
        return Outcome(row, "already")
    values = {"suggested_at": moment, "suggested_by": side}
    changed = _note(tx, row, side, now, blueprint, "suggested", values=values)
    plans.tell(
        tx, changed, changed.person(OTHER[side]), plans.MEETING_SUGGESTED, now,
        plans.suggested(moment, now), expires_at=moment,
    )  # fmt: skip
    return Outcome(changed)


def accept_time(
    tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint
) -> Outcome:
    """The time that the other suggested is agreed."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    if row.suggested_at is None:
        return Outcome(row, "already" if row.meeting_at is not None else "too_late")
    if row.suggested_by == side:
        return Outcome(row, "already")
    if row.suggested_at <= now:
        return Outcome(row, "past")
    return _agree(tx, row, side, row.suggested_at, now, blueprint, "agreed")


def dated(
    tx: Transaction, match: int, person: int, moment: datetime, now: datetime, blueprint: Blueprint
) -> Outcome:
    """They have agreed on a time among themselves, says one of them; the other is told."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    if moment <= now:
        return Outcome(row, "past")
    if moment == row.meeting_at:
        return Outcome(row, "already")
    return _agree(tx, row, side, moment, now, blueprint, "dated")


def _agree(
    tx: Transaction, row: MatchRow, side: str, moment: datetime, now: datetime,
    blueprint: Blueprint, what: str,
) -> Outcome:  # fmt: skip
    values = {
        "meeting_at": moment, "suggested_at": None, "suggested_by": None,
        "sequence": row.sequence + 1,
    }  # fmt: skip
    changed = _note(tx, row, side, now, blueprint, what, values=values)
    plans.tell(
        tx, changed, changed.person(OTHER[side]), plans.MEETING_SET, now,
        plans.suggested(moment, now), expires_at=moment,
    )  # fmt: skip
    return Outcome(changed)


def met(
    tx: Transaction, match: int, person: int, number: int, now: datetime, blueprint: Blueprint
) -> Outcome:
    """They have met for the ``number``-th time, says one of them. Each meeting counts once,
    whoever says so and how often."""
    row = matches.locked(tx, match)
    side = row.side(person) if row is not None else None
    if row is None or side is None:
        return Outcome(None, "not_yours")
    if row.introduced_at is None:
        return Outcome(row, "too_late")
    number = max(1, min(number, row.meetings + 1))
    held = {each.number: each for each in matches.meetings(tx, row.id)}.get(number)
    if held is not None and _said(held, side):
        return Outcome(row, "already")
    matches.put_meeting(tx, _meeting(row, number, side, now))
    values = _held(row, number, now)
    if row.state in TOGETHER:
        values[f"{side}_seen_at"] = now
        return Outcome(move(tx, row, course.MET, side, now, blueprint, values=values,
                            reason=str(number)))  # fmt: skip
    matches.update(tx, row.id, {"meetings": values["meetings"]})
    matches.log(tx, row.id, course.MET, side, now, str(number))
    return Outcome(matches.one(tx, row.id), "noted")


def _said(held: MeetingRow, side: str) -> bool:
    return (held.mentor_said_at if side == course.MENTOR else held.mentee_said_at) is not None


def _meeting(row: MatchRow, number: int, side: str, now: datetime) -> MeetingRow:
    planned = row.meeting_at if row.meeting_at is not None and row.meeting_at <= now else None
    return MeetingRow(
        row.id, number, planned, planned or now,
        now if side == course.MENTOR else None,
        now if side == course.MENTEE else None,
    )  # fmt: skip


def _held(row: MatchRow, number: int, now: datetime) -> dict[str, Any]:
    """What a match gets with a meeting: times that are past are done with."""
    values: dict[str, Any] = {"meetings": max(row.meetings, number)}
    if row.meeting_at is not None and row.meeting_at <= now:
        values["meeting_at"] = None
    if row.suggested_at is not None and row.suggested_at <= now:
        values |= {"suggested_at": None, "suggested_by": None}
    return values


def not_met(
    tx: Transaction, match: int, person: int, why: str, now: datetime, blueprint: Blueprint
) -> Outcome:
    """They have not met (yet), because ``why``: "" nothing said, "silent" no answer from the
    other, "time", "fit", "other". For staff; what to do about it is another press."""
    return _word(tx, match, person, now, blueprint, "not_met", why)


def checked(
    tx: Transaction, match: int, person: int, which: str, value: str, now: datetime,
    blueprint: Blueprint,
) -> Outcome:  # fmt: skip
    """How it goes: ``which`` "first", "midway", "end"; ``value`` "good", "fair", "bad". May be
    said again, and after the end; the last word counts."""
    return _word(tx, match, person, now, blueprint, f"check_{which}", value, late=True)


def go_on(tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint) -> Outcome:
    """They want to go on past the end check-in."""
    return _word(tx, match, person, now, blueprint, "more")


def remind_other(
    tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint
) -> Outcome:
    """Tell the other that this one waits for an answer; once."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    if any(each.what == "remind" and each.who == side for each in matches.history(tx, row.id)):
        return Outcome(row, "already")
    changed = _note(tx, row, side, now, blueprint, "remind")
    plans.tell(tx, changed, changed.person(OTHER[side]), plans.MEET_REMINDER, now)
    return Outcome(changed)


def finish(
    tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint
) -> Outcome:
    """It has come to its end. A pair that never met is stopped by it."""
    row, side, refused = _theirs(tx, match, person)
    if row is None or refused:
        return Outcome(row, refused)
    what = course.FINISH if row.state == "met" else course.STOP
    values = {f"{side}_seen_at": now}
    return Outcome(move(tx, row, what, side, now, blueprint, values=values))


def _word(
    tx: Transaction, match: int, person: int, now: datetime, blueprint: Blueprint, what: str,
    detail: str = "", *, late: bool = False,
) -> Outcome:  # fmt: skip
    row, side, refused = _theirs(tx, match, person)
    if row is None or not side:
        return Outcome(row, refused)
    if refused and late and row.state in OVER and row.meetings:
        matches.log(tx, row.id, what, side, now, detail)
        return Outcome(row)
    if refused:
        return Outcome(row, refused)
    return Outcome(_note(tx, row, side, now, blueprint, what, detail))


def _theirs(tx: Transaction, match: int, person: int) -> tuple[MatchRow | None, str, str]:
    """The match, held; which of the two they are; why not, if not."""
    row = matches.locked(tx, match)
    side = row.side(person) if row is not None else None
    if row is None or side is None:
        return None, "", "not_yours"
    return row, side, "" if row.state in TOGETHER else "too_late"


def _note(
    tx: Transaction, row: MatchRow, side: str, now: datetime, blueprint: Blueprint,
    what: str = "", detail: str = "", values: dict[str, Any] | None = None,
) -> MatchRow:  # fmt: skip
    """Write down what was said, and that they said something."""
    matches.update(tx, row.id, {**(values or {}), f"{side}_seen_at": now})
    if what:
        matches.log(tx, row.id, what, side, now, detail)
    changed = matches.by_ids(tx, [row.id])[row.id]
    plans.schedule(tx, changed, now, blueprint)
    return changed
