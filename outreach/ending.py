"""The end of the programme: staff are reminded, people told, and on the day everybody is erased.

Everything follows from the blueprint's ``ends_on`` by tasks about "programme:2028-12-31", which
are planned anew at every start (:func:`ensure`): another date calls off what was planned for the
one before. What is done stays known, so nothing is said or done twice.

An erasure cannot be taken back, and a date is mistyped easily: nobody is erased sooner than
``GRACE`` after the program first met the date. Where that is later than the date itself, people
are told at once, nobody new is registered, and ``domov check`` says when it will be.
"""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach import ending_words, hours, noticing, staff
from outreach.clock import Again, Context, Done, Handler, Outcome
from outreach.deciding import Rules
from outreach.planning import SLICE_SECONDS, At, Planned, plan_slice
from outreach.staff import Actor
from storage import ending, inbox, privacy, tasks
from storage import staff as store
from storage.tasks import TaskRow
from storage.transaction import Transaction

REMIND, FAREWELL, ERASE = "programme.remind", "programme.farewell", "programme.erase"
DAYS_BEFORE = (90, 30, 7)
"""Staff are reminded so many days before."""
GRACE = timedelta(days=7)
PREFIX = "programme:"

KEPT = {
    "erasure": "the mark of who was erased and the proof of consent, under a keyed hash",
    "staff_log": "what staff did, for its days",
    "staff": "the name of staff whom the log names, as long as that",
}
"""Tables that may be about anybody after the end, and why. Everything else about people goes."""

CLOCK = Actor(None, "the clock", {staff.EVERYWHERE: staff.ADMIN})
_SLICE = 2_000  # rows of what is left that go at once
_PEOPLE, _REST = 1, 2  # how far the erasing has got
_HOUR = timedelta(hours=1)
_LIVES = timedelta(days=3)  # a reminder that could not be sent for so long is not sent


def ends_at(blueprint: Blueprint) -> datetime | None:
    """When the last day begins in the region; None: there is no end. From then on nobody new is
    registered and everybody is erased."""
    day = blueprint.programme.ends_on
    if day is None:
        return None
    return hours.local(day, time(), ZoneInfo(blueprint.zone(None)))


def has_ended(blueprint: Blueprint, now: datetime) -> bool:
    """Whether the last day has begun, or is over."""
    end = ends_at(blueprint)
    return end is not None and now >= end


def subject(day: date) -> str:
    """What the tasks of an end are about."""
    return f"{PREFIX}{day.isoformat()}"


def ensure(tx: Transaction, context: Context) -> None:
    """Have all that belongs to the blueprint's end done in time, and no more of another one. For
    the program's start; once more changes nothing."""
    day, now = context.blueprint.programme.ends_on, context.now
    mine = subject(day) if day is not None else None
    for other in ending.planned(tx, PREFIX):
        if other != mine:
            tasks.cancel(tx, other, now)
    if day is None or mine is None:
        return
    gone_at = _ensure_erasing(tx, mine, context)
    if gone_at is None:
        return
    _ensure_reminders(tx, mine, day, gone_at, context)
    before = timedelta(days=context.blueprint.timings.farewell_days)
    due = max(_morning(context, _local_day(gone_at, context.blueprint) - before), now)
    _once(tx, FAREWELL, mine, "", due, now, gone_at)


def erased_at(tx: Transaction, blueprint: Blueprint) -> datetime | None:
    """When everybody will be erased, as it is planned; None: it is done, or nothing is planned."""
    day = blueprint.programme.ends_on
    found = tasks.of(tx, subject(day), ERASE) if day is not None else []
    return next((each.due_at for each in found if each.state == "open"), None)


def _ensure_erasing(tx: Transaction, mine: str, context: Context) -> datetime | None:
    """When everybody will be erased; None: it is done, and nobody has come since."""
    end, now = ends_at(context.blueprint), context.now
    assert end is not None  # noqa: S101 - there is a day
    known = tasks.of(tx, mine, ERASE)
    for each in known:
        if each.state in ("open", "failed"):
            return max(each.due_at, end)
    due = max(end, now + GRACE)
    done = [each for each in known if each.state == "done"]
    if done and not ending.count(tx):
        return None
    # After an end that was taken back there is another one to come on the same day.
    tasks.plan(tx, ERASE, mine, due, now, variant=str(len(done)) if done else "")
    return due


def _ensure_reminders(
    tx: Transaction, mine: str, day: date, gone_at: datetime, context: Context
) -> None:
    """Those to come, and of those missed the last. Each until the next is due."""
    now, end = context.now, ends_at(context.blueprint)
    if end is not None and end <= now:  # met too late for any of them
        if now < gone_at:
            _once(tx, REMIND, mine, "over", _decent(context), now, gone_at)
        return
    due = [_morning(context, day - timedelta(days=n)) for n in DAYS_BEFORE]
    missed = [at for at in due if at <= now]
    for n, at, until in zip(DAYS_BEFORE, due, [*due[1:], gone_at], strict=True):
        if at > now or at == missed[-1]:
            _once(tx, REMIND, mine, str(n), max(at, _decent(context)), now, until)


def _once(
    tx: Transaction,
    kind: str,
    about: str,
    variant: str,
    due: datetime,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Plan it unless it stands; what was called off with another date begins anew."""
    known = [each for each in tasks.of(tx, about, kind) if each.variant == variant]
    if not any(each.state in ("open", "done") for each in known):
        tasks.plan(tx, kind, about, due, now, variant=variant, expires_at=expires_at)


def _decent(context: Context) -> datetime:
    """Now, or in the region's morning."""
    rules = context.blueprint.outreach
    there = ZoneInfo(context.blueprint.zone(None))
    return hours.next_decent(context.now, there, rules.day_begins, rules.day_ends)


def _morning(context: Context, day: date) -> datetime:
    """When the day begins for people in the region."""
    blueprint = context.blueprint
    there = ZoneInfo(blueprint.zone(None))
    return hours.local(day, time(blueprint.outreach.day_begins % 24), there)


def _day(task: TaskRow) -> date:
    return date.fromisoformat(task.subject.removeprefix(PREFIX))


def _other(task: TaskRow, context: Context) -> Again | None:
    """A release whose date it is may still run beside this one: it is left to that."""
    if context.blueprint.programme.ends_on == _day(task):
        return None
    return Again(task.cursor, context.now + _HOUR)


def _remind(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Tell coordinators and admins of every organisation how far away it is."""
    if (other := _other(task, context)) is not None:
        return other
    blueprint, now, at = context.blueprint, context.now, erased_at(tx, context.blueprint)
    erased_on = _local_day(at, blueprint) if at is not None else _day(task)
    variant = f"{ending_words.REMINDER}:{_day(task)}:{erased_on}"
    told = {
        chat.staff: chat
        for each in blueprint.organisations
        for chat in inbox.chats(tx, each.key, context.channels)
    }
    for chat in told.values():
        inbox.notify(tx, chat, noticing.NOTICE, variant, None, now, now + _LIVES)
    staff.log(
        tx, CLOCK, "programme.reminded", context.now, subject=task.subject,
        detail={"staff": len(told)},
    )  # fmt: skip
    return Done()


def _local_day(at: datetime, blueprint: Blueprint) -> date:
    """The day in the region."""
    return at.astimezone(ZoneInfo(blueprint.zone(None))).date()


def _farewell(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Tell everybody who can be reached, whatever they consented to, also in a pause: it is
    about their rights (GDPR, Article 13(2)(a), 5(1)(a)). Whoever has not consented yet is erased
    by then."""
    if (other := _other(task, context)) is not None:
        return other
    gone = _local_day(task.expires_at or context.now, context.blueprint)
    source = Planned(
        ending_words.FAREWELL, context.channels, At(context.now), Rules.of(context.blueprint),
        where="p.status <> 'new'", variant=gone.isoformat(), expires_at=task.expires_at,
    )  # fmt: skip
    done = plan_slice(tx, source, task.cursor, context.now)
    return Done() if done.done else Again(done.cursor)


def _erase(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Erase everybody, some at a time, then what is left of anybody. Nobody is told that the
    other of a pair is gone, or gets a place that came free: they go as well."""
    if (other := _other(task, context)) is not None:
        return other
    match task.cursor:
        case 0:
            staff.log(
                tx, CLOCK, "programme.ended", context.now, subject=task.subject,
                people=ending.count(tx),
            )  # fmt: skip
            return Again(_PEOPLE)
        case 1:
            return Again(_PEOPLE if _erase_some(tx, context) else _REST)
    for table in ending.leftovers():
        if ending.clear(tx, table, _SLICE) == _SLICE:
            return Again(_REST)
    for each in store.everybody(tx):
        store.leave(tx, each.id, context.now)
    return Done()


def _erase_some(tx: Transaction, context: Context) -> bool:
    """Whether there may be more."""
    until = stopwatch.perf_counter() + SLICE_SECONDS
    while (person := ending.first(tx)) is not None:
        privacy.erase(tx, person, context.secret, context.now)
        if stopwatch.perf_counter() >= until:
            return True
    return False


HANDLERS: dict[str, Handler] = {REMIND: _remind, FAREWELL: _farewell, ERASE: _erase}


def days_left(blueprint: Blueprint, now: datetime) -> int | None:
    """From today to the last day, in the region; negative: it is over; None: there is none."""
    day = blueprint.programme.ends_on
    if day is None:
        return None
    return (day - _local_day(now, blueprint)).days


__all__ = [
    "DAYS_BEFORE", "GRACE", "HANDLERS", "KEPT", "days_left", "ends_at", "ensure", "erased_at",
    "has_ended", "subject",
]  # fmt: skip
