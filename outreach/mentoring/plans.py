"""What is planned around a pair and around a request: who is told what, and what is due when.

Everything that is to happen by itself is a task (:mod:`storage.tasks`) about "match:12" or
"request:12". After every change of a match :func:`schedule` makes its open tasks those that its
state needs and no others; so whatever the order of answers, somebody always acts next. A task's
variant holds what it was planned for: what was done is not done twice, and a new deadline is
another task. :mod:`outreach.mentoring.nudges` does them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from blueprints.schema import Blueprint, Mentoring
from outreach.mentoring import wanted
from storage import tasks
from storage.mentoring import matches, telling
from storage.mentoring.matches import MatchRow, MeetingRow
from storage.mentoring.requests import RequestRow
from storage.transaction import Transaction

# ---- the kinds of messages (outreach.kinds; the words: outreach.mentoring.cards) ----
MENTOR_ASK = "mentor_ask"
MENTEE_ASK = "mentee_ask"
ASK_REMINDER = "ask_reminder"
INTRODUCTION = "introduction"
MEETING_SUGGESTED = "meeting_suggested"  # variant: suggested(…)
MEETING_SET = "meeting_set"  # variant: suggested(…)
MEET_NUDGE = "meet_nudge"  # variants "7", "14", … (days), "after@EPOCH", "again@N", "late"
MEET_REMINDER = "meet_reminder"
CHECK_FIRST = "check_first"
CHECK_MIDWAY = "check_midway"
CHECK_END = "check_end"
MATCH_ENDED = "match_ended"  # variants: see outreach.mentoring.course.WHY
MATCH_LAPSED = "match_lapsed"
MENTOR_BREAK = "mentor_break"
REQUEST_UNMATCHED = "request_unmatched"
REQUEST_REOPENED = "request_reopened"

# ---- the kinds of tasks ----
TELL = "match.tell"
REMIND = "match.remind"  # variants "mentor@EPOCH", "mentee@EPOCH": who was asked, and when
LAPSE = "match.lapse"  # variants "mentor@EPOCH", "mentee@EPOCH": the deadline
NUDGE = "match.nudge"  # variants "7", "14", …: days after the introduction
AFTER = "match.after"  # variant: the agreed date, in seconds
AGAIN = "match.again"  # variant: how many meetings there were
CHECK = "match.check"  # variants "first", "midway", "end"
QUIET = "match.quiet"  # variants "silent@EPOCH", "never@EPOCH", "over@EPOCH"
UNMATCHED = "request.unmatched"
ROUND = "mentoring.round"

TIMED = (REMIND, LAPSE, NUDGE, AFTER, AGAIN, CHECK, QUIET)
"""What :func:`schedule` looks after; messages that are to be told go on by themselves."""

AFTER_DATE = timedelta(hours=3)  # after the agreed hour: did you meet?
FIRST_CHECK = timedelta(days=1)  # after the first meeting
WORTH = timedelta(days=7)  # so long a question makes sense where nothing else ends it
UNMATCHED_WORTH = timedelta(days=14)
"""So long it makes sense to tell somebody that nobody was found."""


def subject(match: int) -> str:
    """What the tasks about a pair are about."""
    return f"match:{match}"


def request_subject(request: int) -> str:
    """What the tasks about a request are about."""
    return f"request:{request}"


def at(moment: datetime) -> str:
    """A moment within a variant, to the second."""
    return f"@{int(moment.timestamp())}"


def suggested(meeting: datetime, now: datetime) -> str:
    """The variant of MEETING_SUGGESTED and MEETING_SET about this time of a meeting: the same
    time may be suggested again later."""
    return f"{at(meeting)}+{int(now.timestamp())}"


def tell(
    tx: Transaction,
    match: MatchRow | int,
    person: int | None,
    kind: str,
    now: datetime,
    variant: str = "",
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """Have the clock tell somebody about a pair; each kind and variant once ever. ``at``: then
    instead of at once. Nothing happens without a ``person``: they were erased. A question to be
    answered until the match's deadline expires with it."""
    if person is None:
        return
    number = match if isinstance(match, int) else match.id
    _tell(tx, subject(number), person, kind, now, variant, expires_at, at)


def tell_request(
    tx: Transaction,
    request: int,
    person: int | None,
    kind: str,
    now: datetime,
    variant: str = "",
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """The same about a request (REQUEST_UNMATCHED)."""
    if person is not None:
        _tell(tx, request_subject(request), person, kind, now, variant, expires_at, at)


def _tell(
    tx: Transaction,
    about: str,
    person: int,
    kind: str,
    now: datetime,
    variant: str,
    expires_at: datetime | None,
    moment: datetime | None,
) -> None:
    tasks.plan(
        tx, TELL, about, moment or now, now, variant=f"{kind}:{variant}:{person}", person=person,
        expires_at=expires_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A task that a match needs."""

    kind: str
    variant: str
    at: datetime
    expires_at: datetime | None = None


def schedule(tx: Transaction, match: MatchRow, now: datetime, blueprint: Blueprint) -> None:
    """Make the open tasks of a match exactly those that its state needs, and call off messages
    that wait and say what is no more. To be called with the row as it is after every change, in
    the same transaction; once more changes nothing."""
    held = matches.meetings(tx, match.id) if match.state == "met" else []
    needed = {(due.kind, due.variant): due for due in dues(match, held, blueprint.mentoring)}
    known = set()
    for task in tasks.of(tx, subject(match.id)):
        key = (task.kind, task.variant)
        if task.kind not in TIMED or task.state == "cancelled":
            continue
        known.add(key)
        if task.state == "open" and key not in needed:
            tasks.cancel_one(tx, task, now)
    for key, due in needed.items():
        if key not in known and (due.expires_at is None or due.expires_at > now):
            tasks.plan(
                tx, due.kind, subject(match.id), due.at, now,
                variant=due.variant, expires_at=due.expires_at,
            )  # fmt: skip
    telling.call_off(tx, match.id, wanted.unwanted(match.state), "it has gone on")


def schedule_request(
    tx: Transaction, request: RequestRow, now: datetime, blueprint: Blueprint
) -> None:
    """The same for a request: while it is open, an honest word is due every so many days."""
    about, variant = request_subject(request.id), at(request.waiting_since)
    planned = False
    for task in tasks.of(tx, about, UNMATCHED):
        if task.state != "open":
            continue
        if request.status == "open" and task.variant == variant:
            planned = True
        else:
            tasks.cancel_one(tx, task, now)
    if request.status == "open" and not planned:
        _, due = waits(request.waiting_since, now, blueprint.mentoring)
        tasks.plan(tx, UNMATCHED, about, due, now, variant=variant)


def waits(since: datetime, now: datetime, mentoring: Mentoring) -> tuple[int, datetime]:
    """How often a request that waits has been, or is to be, told so by now, and when next."""
    every = timedelta(days=mentoring.unmatched_days)
    times = max(0, (now - since) // every)
    return times, since + (times + 1) * every


def dues(match: MatchRow, held: Sequence[MeetingRow], mentoring: Mentoring) -> Iterator[Due]:
    """What is due when about a match; ``held``: their meetings, in order. Pure."""
    if match.state == "asked_mentor" and match.mentor_asked_at:
        yield from _asked("mentor", match.mentor_asked_at, match.deadline, mentoring)
    elif match.state == "asked_mentee" and match.mentee_asked_at:
        yield from _asked("mentee", match.mentee_asked_at, match.deadline, mentoring)
    elif match.state == "introduced" and match.introduced_at:
        yield from _introduced(match, match.introduced_at, mentoring)
    elif match.state == "met" and held:
        yield from _met(match, held, mentoring)


def _asked(
    side: str, asked: datetime, deadline: datetime | None, mentoring: Mentoring
) -> Iterator[Due]:
    until = deadline or asked + timedelta(days=mentoring.answer_days)
    remind = asked + timedelta(days=mentoring.remind_days)
    if remind < until:
        yield Due(REMIND, f"{side}{at(asked)}", remind, until)
    yield Due(LAPSE, f"{side}{at(until)}", until)


def ladder(mentoring: Mentoring) -> list[int]:
    """The days after the introduction on which those who have not met are asked: those of the
    blueprint, then now and then, as long as a pair that met would have."""
    days = list(mentoring.nudges)
    following = max(days, default=0) + mentoring.again_meet_days
    return [*days, *range(following, mentoring.end_days, mentoring.again_meet_days)]


def _introduced(match: MatchRow, since: datetime, mentoring: Mentoring) -> Iterator[Due]:
    """Not met yet: asked on the ladder and after an agreed date, until it is clear that it
    came to nothing."""
    quiet = timedelta(days=mentoring.quiet_days)
    silent = since + timedelta(days=max(mentoring.nudges, default=0)) + quiet
    never = since + timedelta(days=mentoring.end_days)
    date = match.meeting_at
    if date is not None:
        yield _after(date)
        silent, never = max(silent, date + quiet), max(never, date + quiet)
    days = ladder(mentoring)
    ends = [since + timedelta(days=day) for day in days[1:]]
    for day, end in zip(days, [*ends, never], strict=True):
        due = since + timedelta(days=day)
        # Who has a date is asked after it.
        if date is None or due > date + quiet:
            yield Due(NUDGE, str(day), due, min(end, due + WORTH))
    yield Due(QUIET, f"silent{at(silent)}", silent)
    yield Due(QUIET, f"never{at(never)}", never)


def _met(match: MatchRow, held: Sequence[MeetingRow], mentoring: Mentoring) -> Iterator[Due]:
    """Met: asked how it goes, and whether they have met again, until nobody says anything more."""
    quiet, again = timedelta(days=mentoring.quiet_days), timedelta(days=mentoring.again_meet_days)
    first, last = _heard_of(held[0]), max(map(_heard_of, held))
    end = first + timedelta(days=mentoring.end_days)
    heard = max(each for each in (last, match.mentor_seen_at, match.mentee_seen_at) if each)
    over = max(end, heard + again) + quiet
    if match.meeting_at is not None and match.meeting_at > last:
        yield _after(match.meeting_at)
        over = max(over, match.meeting_at + quiet)
    else:
        yield Due(AGAIN, str(match.meetings), last + again, last + again + WORTH)
    midway = first + timedelta(days=mentoring.midway_days)
    yield Due(CHECK, "first", first + FIRST_CHECK, first + FIRST_CHECK + WORTH)
    yield Due(CHECK, "midway", midway, min(midway + 2 * WORTH, end))
    yield Due(CHECK, "end", end, end + 2 * WORTH)
    yield Due(QUIET, f"over{at(over)}", over)


def _heard_of(meeting: MeetingRow) -> datetime:
    """Since when we know of a meeting: some tell long afterwards."""
    said = [each for each in (meeting.mentor_said_at, meeting.mentee_said_at) if each]
    return max(meeting.held_at, min(said, default=meeting.held_at))


def _after(date: datetime) -> Due:
    due = date + AFTER_DATE
    return Due(AFTER, str(int(date.timestamp())), due, due + WORTH)
