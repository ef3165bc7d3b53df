"""What the clock does about broadcasts: plans their messages, changes them afterwards, and says
when one is done. Each step is a slice of some hundredths of a second."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach.audience import compile_filter
from outreach.clock import Again, Context, Done, Handler, Outcome
from outreach.deciding import Rules
from outreach.planning import At, Local, Planned, plan_slice
from storage import broadcast_ledger as ledger
from storage import broadcasts, tasks
from storage.broadcast_changes import Change, change_slice
from storage.broadcasts import BroadcastRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

START, FINISH = "broadcast.start", "broadcast.finish"
CORRECT, WITHDRAW = "broadcast.correct", "broadcast.withdraw"

ENDED = ("done", "cancelled")
SOON = timedelta(seconds=5)  # until a broadcast that goes out is looked at again
SELDOM = timedelta(hours=1)  # the same for one that waits for tomorrow
# Changes stand in one line with reminders: no more of them wait at once than go in seconds.
CHANGED_AT_ONCE, CHANGES_WAITING = 500, 300
BREATH = timedelta(seconds=1)
# What was on its way while a change was asked for has arrived by then; for that a second pass.
UNDER_WAY, SECOND_PASS = timedelta(seconds=30), timedelta(seconds=40)
AGAIN = "+"  # ends the variant of a second pass
CHANGE_LIVES = timedelta(days=2)
DELETABLE = timedelta(hours=47)  # 48, https://core.telegram.org/bots/api#deletemessage


def subject(broadcast: int) -> str:
    """How tasks name a broadcast."""
    return f"broadcast:{broadcast}"


def plan_start(tx: Transaction, row: BroadcastRow, due: datetime, now: datetime) -> None:
    """Have a broadcast's messages planned from ``due`` on, and watched until they are done."""
    tasks.plan(tx, START, subject(row.id), due, now)
    watch(tx, row.id, due + SOON, now)


def watch(tx: Transaction, broadcast: int, due: datetime, now: datetime) -> None:
    """Have it looked at whether everything has gone."""
    tasks.plan(tx, FINISH, subject(broadcast), due, now)


def plan_change(tx: Transaction, kind: str, broadcast: int, variant: str, now: datetime) -> None:
    """Have what was sent corrected or withdrawn (``kind`` CORRECT or WITHDRAW)."""
    tasks.plan(
        tx, kind, subject(broadcast), now, now, variant=variant, expires_at=now + CHANGE_LIVES
    )
    tasks.plan(
        tx, kind, subject(broadcast), now + SECOND_PASS, now,
        variant=variant + AGAIN, expires_at=now + CHANGE_LIVES,
    )  # fmt: skip


def due_of(row: BroadcastRow, blueprint: Blueprint) -> At | Local:
    """When a scheduled broadcast goes out. Raises ValueError for one without a time."""
    if row.due_at is None:
        raise ValueError(f"broadcast {row.key} has no time")
    if row.local_time is None:
        return At(row.due_at)
    zone = ZoneInfo(blueprint.zone(row.organisation))
    return Local(row.due_at.astimezone(zone).date(), row.local_time)


def _start(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    row = broadcasts.locked(tx, task.number)
    if row is None or row.status in ENDED:
        return Done()
    if row.status == "paused":
        return Again(task.cursor, context.now + SELDOM)  # resuming has it looked at at once
    if row.expires_at is not None and row.expires_at <= context.now:
        return Done()
    if row.status == "scheduled":
        broadcasts.started(tx, row.id, context.now)
    found = plan_slice(tx, planned(row, context), row.cursor, context.now)
    broadcasts.progress(tx, row.id, found.cursor, found.planned)
    return Done() if found.done else Again(found.cursor)


def planned(row: BroadcastRow, context: Context) -> Planned:
    """A broadcast as something to be planned. Raises BadFilter."""
    chosen = compile_filter(
        row.audience, context.blueprint, context.now, organisation=row.organisation
    )
    return Planned(
        "broadcast",
        context.channels,
        due_of(row, context.blueprint),
        Rules.of(context.blueprint),
        chosen.where,
        chosen.params,
        broadcast=row.id,
        expires_at=row.expires_at,
    )


def _finish(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    row = broadcasts.locked(tx, task.number)
    if row is None or row.status in ENDED:
        return Done()
    if row.status == "paused":
        return Again(0, context.now + SELDOM)
    starting = tasks.of(tx, task.subject, START)
    if any(each.state == "open" for each in starting):
        return Again(0, _soon(context.now, max(each.due_at for each in starting)))
    waiting = ledger.unfinished(tx, row.id)
    if waiting:
        return Again(0, _next_look(waiting, context.now))
    if any(each.state == "failed" for each in starting):
        return Again(0, context.now + SELDOM)  # staff see why; it may be planned again
    broadcasts.finished(tx, row.id, "done", context.now)
    return Done()


def _next_look(waiting: dict[str, datetime], now: datetime) -> datetime:
    if "sending" in waiting:
        return now + SOON
    if "queued" in waiting:
        return _soon(now, waiting["queued"])
    return now + SELDOM  # held: until staff say so


def _soon(now: datetime, due: datetime) -> datetime:
    """In a while; sooner than ``due`` only when that is far away."""
    return min(max(now, due) + SOON, now + SELDOM)


def _change(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    row = broadcasts.by_ids(tx, (task.number,)).get(task.number)
    if row is None:
        return Done()
    kind = ledger.CORRECTION if task.kind == CORRECT else ledger.WITHDRAWAL
    if ledger.queued(tx, row.id, kind, CHANGES_WAITING) >= CHANGES_WAITING:
        return Again(task.cursor, context.now + BREATH)
    asked = asked_at(task.variant)
    change = Change(
        kind=kind,
        broadcast=row.id,
        key=row.key,
        since=asked,
        sent_before=context.now if kind == ledger.WITHDRAWAL else asked + UNDER_WAY,
        expires_at=context.now + CHANGE_LIVES,
        deletable=context.now - DELETABLE,
    )
    cursor, _, last = change_slice(tx, change, task.cursor, CHANGED_AT_ONCE, context.now)
    return Done() if last else Again(cursor)


def variant_at(now: datetime) -> str:
    """What names a change: when it was asked for."""
    return now.isoformat(timespec="microseconds")


def asked_at(variant: str) -> datetime:
    """When a change of this variant was asked for."""
    return datetime.fromisoformat(variant.removesuffix(AGAIN))


HANDLERS: dict[str, Handler] = {
    START: _start,
    FINISH: _finish,
    CORRECT: _change,
    WITHDRAW: _change,
}
