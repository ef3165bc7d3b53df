"""What is planned around an event: its tasks, moved whenever its times are.

A task's variant holds the time it was planned for (``7d@1790000000``), so that a reminder that
was given for the old start can be given again for the new one, and each only once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from blueprints.values import span
from storage import tasks
from storage.events import EventRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

INVITE = "event.invite"
NEWCOMERS = "event.newcomers"
REMIND = "event.remind"
CHANGE = "event.change"
CANCEL = "event.cancel"
CLOSE = "event.close"
OVER = "event.over"
THANKS = "event.thanks"
FEEDBACK = "event.feedback"
SWEEP = "event.sweep"

EVERY = timedelta(hours=1)
"""How often people are looked for who have joined the audience since."""

APART = timedelta(hours=12)
"""A reminder of one kind is not given twice within this time, however an event is moved."""

LAST = timedelta(hours=3)
"""A reminder this short before the start is sent at any hour."""

WORTH = timedelta(days=7)
"""So long after an event thanks, and asking what it was like, make sense."""


def subject(event: int) -> str:
    """What the tasks about an event are about."""
    return f"event:{event}"


def invite(tx: Transaction, event: EventRow, now: datetime) -> None:
    """Invite the audience, and every hour whoever has joined it since."""
    about, until = subject(event.id), event.answers_until
    for kind, due in ((INVITE, now), (NEWCOMERS, now + EVERY)):
        tasks.cancel(tx, about, now, kind)
        tasks.plan(tx, kind, about, due, now, variant=_at(now), expires_at=until)


def stop_inviting(tx: Transaction, event: EventRow, now: datetime) -> None:
    for kind in (INVITE, NEWCOMERS):
        tasks.cancel(tx, subject(event.id), now, kind)


def sweep(tx: Transaction, event: EventRow, now: datetime) -> None:
    """Have unsent invitations follow what the event has become (see outreach.events.notices)."""
    about = subject(event.id)
    tasks.cancel(tx, about, now, SWEEP)
    tasks.plan(tx, SWEEP, about, now, now, variant=f"r{event.revision}{_at(now)}")


def times(tx: Transaction, event: EventRow, now: datetime, blueprint: Blueprint) -> None:
    """Plan, or move, everything that depends on when the event is."""
    outreach = blueprint.outreach
    thanks = event.ends_at + timedelta(hours=outreach.thanks_hours)
    asked = thanks + timedelta(days=outreach.feedback_days)
    if event.status == "announced":
        _only(tx, event, CLOSE, event.answers_until, now)
    _only(tx, event, OVER, event.ends_at, now)
    _only(tx, event, THANKS, thanks, now, thanks + WORTH)
    if blueprint.feedback is not None:
        _only(tx, event, FEEDBACK, asked, now, asked + WORTH)
    _reminders(tx, event, now, blueprint)


def everything_off(tx: Transaction, event: EventRow, now: datetime) -> None:
    """Nothing that was planned about the event happens any more."""
    tasks.cancel(tx, subject(event.id), now)


def is_last(name: str, blueprint: Blueprint) -> bool:
    """Whether this reminder ("1h") is the one just before the start."""
    shortest = min(map(span, blueprint.outreach.reminders), default=None)
    return span(name) == shortest and span(name) <= LAST


def reminder_variant(name: str, event: EventRow) -> str:
    """What tells a reminder from others, and from the same one for another start."""
    return f"{name}{_at(event.starts_at)}"


def _only(
    tx: Transaction,
    event: EventRow,
    kind: str,
    due: datetime,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """One task of this kind, at this time and no other."""
    about = subject(event.id)
    tasks.cancel(tx, about, now, kind)
    tasks.plan(tx, kind, about, due, now, variant=_at(due), expires_at=expires_at)


def _reminders(tx: Transaction, event: EventRow, now: datetime, blueprint: Blueprint) -> None:
    about = subject(event.id)
    tasks.cancel(tx, about, now, REMIND)
    given = [task for task in tasks.of(tx, about, REMIND) if task.state == "done"]
    names = sorted(set(blueprint.outreach.reminders), key=span, reverse=True)
    dues = [event.starts_at - span(name) for name in names]
    # Whoever has not got one when the next is due gets that.
    for name, due, end in zip(names, dues, [*dues[1:], event.starts_at], strict=True):
        if due > now and not _given(given, name, due):
            variant = reminder_variant(name, event)
            tasks.plan(tx, REMIND, about, due, now, variant=variant, expires_at=end)


def _given(given: list[TaskRow], name: str, due: datetime) -> bool:
    same = (task for task in given if task.variant.startswith(f"{name}@"))
    return any(abs(due - task.due_at) < APART for task in same)


def _at(moment: datetime) -> str:
    return f"@{int(moment.timestamp())}"
