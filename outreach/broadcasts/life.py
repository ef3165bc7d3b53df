"""What staff do with a broadcast: ``draft → scheduled → sending → done``, paused or cancelled on
the way, corrected or withdrawn afterwards.

Each function is a unit of work: it checks that the actor may, changes the database, plans what
the clock has to do, and notes it in the staff's log.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach import staff, sweeping
from outreach.audience import compile_filter, expand
from outreach.broadcasts import steps
from outreach.broadcasts.fields import is_key
from outreach.broadcasts.file import Written, text_problems
from outreach.broadcasts.steps import HANDLERS
from outreach.broadcasts.timing import EARLIEST_ZONE, Local, When, shown, times
from outreach.errors import BadFile, NotFound, WrongState
from outreach.staff import COORDINATOR, VIEWER, Actor
from outreach.told import why
from storage import broadcasts, media, tasks
from storage.broadcasts import BroadcastRow, Content
from storage.transaction import Transaction

__all__ = [
    "HANDLERS", "Local", "When", "cancel", "correct", "create", "find", "pause", "resume",
    "schedule", "send", "withdraw",
]  # fmt: skip


def find(tx: Transaction, actor: Actor, key: str, role: str = VIEWER) -> BroadcastRow:
    """The broadcast of this key. Raises NotFound, NotAllowed."""
    row = broadcasts.by_key(tx, key)
    if row is None:
        raise NotFound(why("no_broadcast", key=key))
    staff.require(actor, row.organisation, role)
    return row


def create(
    tx: Transaction,
    actor: Actor,
    written: Written,
    organisation: str,
    audience: str,
    now: datetime,
    blueprint: Blueprint,
    replace: bool = False,
) -> BroadcastRow:
    """A draft of what was written, for an audience in its text form. ``replace``: instead of a
    draft of the same key. Raises NotAllowed, BadFile, BadFilter, WrongState."""
    staff.require(actor, organisation, COORDINATOR)
    _check(tx, written, organisation, audience, now, blueprint)
    content = _content(tx, written, now)
    made = broadcasts.create(
        tx, written.key, organisation, content, audience, written.expires_at, actor.staff, now
    )
    if made is None:
        _rewrite(tx, actor, written, organisation, content, audience, replace=replace)
    row = broadcasts.by_key(tx, written.key)
    assert row is not None  # noqa: S101 - it was written right here
    _log(tx, actor, "broadcast.create", row, now)
    return row


def _rewrite(
    tx: Transaction,
    actor: Actor,
    written: Written,
    organisation: str,
    content: Content,
    audience: str,
    *,
    replace: bool,
) -> None:
    """Put what was written in place of the draft of its key. Raises WrongState, NotAllowed."""
    before = _locked(tx, actor, written.key)
    if before.status != "draft" or not replace:
        raise _wrong("taken_draft" if before.status == "draft" else "taken", before)
    broadcasts.rewrite(tx, before.id, organisation, content, audience, written.expires_at)


def send(
    tx: Transaction, actor: Actor, key: str, people: int, now: datetime, blueprint: Blueprint
) -> BroadcastRow:
    """Send it now, or as soon as it is a decent hour at the reader's. ``people``: how many the
    actor confirmed. Raises NotFound, NotAllowed, WrongState."""
    return schedule(tx, actor, key, now, people, now, blueprint)


def schedule(
    tx: Transaction,
    actor: Actor,
    key: str,
    when: When,
    people: int,
    now: datetime,
    blueprint: Blueprint,
) -> BroadcastRow:
    """Send it at a moment, or at an hour of each reader's own. A scheduled one is moved. Raises
    NotFound, NotAllowed, WrongState, BadFilter."""
    row = _locked(tx, actor, key)
    if row.status not in ("draft", "scheduled"):
        raise _wrong("not_sendable", row)
    zone = ZoneInfo(blueprint.zone(row.organisation))
    due, begins = times(when, zone, now)
    audience = expand(tx, row.audience)
    compile_filter(audience, blueprint, now, organisation=row.organisation)
    expires = row.expires_at or due + timedelta(days=blueprint.outreach.expires_days)
    if expires <= due:
        raise WrongState(why("expires_before", key=key, when=shown(expires, zone)))
    local_time = when.clock if isinstance(when, Local) else None
    broadcasts.schedule(tx, row.id, due, local_time, expires, audience)
    row = broadcasts.by_ids(tx, (row.id,))[row.id]
    steps.plan_start(tx, row, begins, now)
    action = "broadcast.send" if when == now else "broadcast.schedule"
    _log(tx, actor, action, row, now, people=people, due=due.isoformat(), local_time=local_time)
    return row


def pause(tx: Transaction, actor: Actor, key: str, now: datetime) -> BroadcastRow:
    """Nothing more of it goes out until it is resumed. Raises NotFound, NotAllowed, WrongState."""
    row = _locked(tx, actor, key)
    if row.status not in ("scheduled", "sending"):
        raise _wrong("not_pausable", row)
    tasks.cancel(tx, steps.subject(row.id), now, steps.START)
    return _moved(tx, actor, row, "paused", "broadcast.pause", now)


def resume(tx: Transaction, actor: Actor, key: str, now: datetime) -> BroadcastRow:
    """Go on with a paused one. Raises NotFound, NotAllowed, WrongState."""
    row = _locked(tx, actor, key)
    if row.status != "paused":
        raise _wrong("not_paused", row)
    if row.expires_at is not None and row.expires_at <= now:
        raise _wrong("expired_meanwhile", row)
    row = _moved(
        tx, actor, row, "sending" if row.started_at else "scheduled", "broadcast.resume", now
    )
    begins = now
    if row.started_at is None and row.due_at is not None:
        begins = row.due_at - (EARLIEST_ZONE if row.local_time else timedelta())
    steps.plan_start(tx, row, max(begins, now), now)
    return row


def cancel(tx: Transaction, actor: Actor, key: str, now: datetime) -> BroadcastRow:
    """Nothing more of it goes out, ever; what was sent stays. Raises NotFound, NotAllowed,
    WrongState."""
    row = _locked(tx, actor, key)
    if row.status in ("done", "cancelled"):
        raise _wrong("not_cancellable", row)
    tasks.cancel(tx, steps.subject(row.id), now, steps.START)
    return _ended(tx, actor, row, "broadcast.cancel", now)


def correct(
    tx: Transaction,
    actor: Actor,
    key: str,
    written: Written,
    people: int,
    now: datetime,
    blueprint: Blueprint,
) -> BroadcastRow:
    """Another text, for what is still to be sent and for what was: those messages are edited
    where the platform allows. ``people``: how many messages the actor confirmed. The picture and
    the audience stay. Raises NotFound, NotAllowed, BadFile, WrongState."""
    row = _locked(tx, actor, key)
    if row.status in ("draft", "cancelled"):
        raise _wrong("correct_draft" if row.status == "draft" else "correct_cancelled", row)
    _check(tx, written, row.organisation, row.audience, now, blueprint)
    content = _content(tx, written, now)
    if content.media_id != row.media_id:
        raise _wrong("picture_stays", row)
    broadcasts.correct(tx, row.id, content)
    if row.started_at is not None:
        # An earlier correction that is still under way would do the same.
        tasks.cancel(tx, steps.subject(row.id), now, steps.CORRECT)
        steps.plan_change(tx, steps.CORRECT, row.id, steps.variant_at(now), now)
    row = broadcasts.by_ids(tx, (row.id,))[row.id]
    _log(tx, actor, "broadcast.correct", row, now, people=people)
    return row


def withdraw(tx: Transaction, actor: Actor, key: str, people: int, now: datetime) -> BroadcastRow:
    """Take back what was sent, where the platform allows, and send no more of it. ``people``: how
    many messages the actor confirmed. Raises NotFound, NotAllowed, WrongState."""
    row = _locked(tx, actor, key)
    if row.started_at is None:
        raise _wrong("sent_to_nobody", row)
    if withdrawn(tx, row.id):
        raise _wrong("withdrawn_already", row)
    for kind in (steps.START, steps.CORRECT):
        tasks.cancel(tx, steps.subject(row.id), now, kind)
    steps.plan_change(tx, steps.WITHDRAW, row.id, steps.variant_at(now), now)
    return _ended(tx, actor, row, "broadcast.withdraw", now, people)


def withdrawn(tx: Transaction, broadcast: int) -> bool:
    """Whether it was taken back."""
    return bool(tasks.of(tx, steps.subject(broadcast), steps.WITHDRAW))


def _locked(tx: Transaction, actor: Actor, key: str) -> BroadcastRow:
    row = broadcasts.locked(tx, find(tx, actor, key, COORDINATOR).id)
    assert row is not None  # noqa: S101 - broadcasts are never deleted
    return row


def _check(
    tx: Transaction,
    written: Written,
    organisation: str,
    audience: str,
    now: datetime,
    blueprint: Blueprint,
) -> None:
    if not is_key(written.key):
        raise BadFile(written.key, [why("broadcast_key")])
    if not written.bodies:
        raise BadFile(written.key, [why("no_text_at_all")])
    problems = text_problems(written.bodies)
    if problems:
        raise BadFile(written.key, problems)
    if written.expires_at is not None and written.expires_at <= now:
        raise BadFile(written.key, [why("expires_past")])
    compile_filter(expand(tx, audience), blueprint, now, organisation=organisation)


def _content(tx: Transaction, written: Written, now: datetime) -> Content:
    kept = media.keep(tx, written.medium, now) if written.medium else None
    return Content(written.title, written.bodies, written.buttons, written.question, kept)


def _wrong(what: str, row: BroadcastRow) -> WrongState:
    status = why(f"status_{row.status}")
    return WrongState(why(f"broadcast_{what}", key=row.key, status=status))


def _moved(
    tx: Transaction, actor: Actor, row: BroadcastRow, status: str, action: str, now: datetime
) -> BroadcastRow:
    """Another status, which what waits in the queue follows."""
    broadcasts.set_status(tx, row.id, status)
    sweeping.plan(tx, row.id, now)
    _log(tx, actor, action, row, now)
    return broadcasts.by_ids(tx, (row.id,))[row.id]


def _ended(
    tx: Transaction,
    actor: Actor,
    row: BroadcastRow,
    action: str,
    now: datetime,
    people: int | None = None,
) -> BroadcastRow:
    broadcasts.finished(tx, row.id, "cancelled", now)
    sweeping.plan(tx, row.id, now)
    _log(tx, actor, action, row, now, people=people)
    return broadcasts.by_ids(tx, (row.id,))[row.id]


def _log(
    tx: Transaction,
    actor: Actor,
    action: str,
    row: BroadcastRow,
    now: datetime,
    people: int | None = None,
    **detail: str | None,
) -> None:
    told = {name: value for name, value in detail.items() if value is not None}
    staff.log(
        tx, actor, action, now,
        organisation=row.organisation, subject=f"broadcast:{row.key}", people=people, detail=told,
    )  # fmt: skip
