"""What happens around an event by itself: the handlers of its tasks.

Each does its task, or a slice of it, in the transaction it is given, and looks first at what the
event is now: much can have happened since it was planned. Nobody gets a notice twice, whoever
plans it and how often: the table of deliveries allows one of a kind, event, variant and person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from blueprints.values import PersonaKey
from outreach.audience import compile_filter, expand
from outreach.clock import Again, Context, Done, Handler, Outcome
from outreach.deciding import Rules
from outreach.events import life, line, rsvp, schedule
from outreach.events.life import CONCERNED
from outreach.planning import At, Planned, plan_one, plan_slice
from storage import events, notices, tasks
from storage.events import EventRow, RsvpRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

SWEPT = 2_000  # rows of a slice
BUSY = timedelta(seconds=1)
TOLD, LAPSE, LAST_CALL = 0, 1, 2
"""How far an offer has got: to be told of, to be taken back, and that after a second chance."""

_NOT_ANSWERED = (
    "NOT EXISTS (SELECT 1 FROM rsvp a WHERE a.event_id = :event_id AND a.person_id = p.id)"
)
_CHECKED_IN = (
    "EXISTS (SELECT 1 FROM rsvp a WHERE a.event_id = :event_id AND a.person_id = p.id"
    " AND a.checked_in_at IS NOT NULL)"
)
_SILENT = (
    "NOT EXISTS (SELECT 1 FROM answer f WHERE f.person_id = p.id AND f.survey = :survey"
    " AND f.round = :event_key)"
)
_NOT_INVITED = (
    "NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = :event_id AND d.kind = 'invitation'"
    " AND d.variant = '' AND d.person_id = p.id)"
)


def _event(tx: Transaction, task: TaskRow) -> EventRow | None:
    return events.by_ids(tx, [task.number]).get(task.number)


def _invite(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Invitations to whoever of the audience has not answered by themselves."""
    event = _event(tx, task)
    if event is None or event.status != "announced" or context.now >= event.answers_until:
        return Done()
    cursor, done = _invited(tx, event, task.cursor, context)
    return Done() if done else Again(cursor)


def _newcomers(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """The same for whoever has come into the audience since; again in an hour."""
    event = _event(tx, task)
    if event is None or event.status != "announced" or context.now >= event.answers_until:
        return Done()
    _fill_gaps(tx, event, context)
    cursor, done = _invited(tx, event, task.cursor, context)
    return Again(0, context.now + schedule.EVERY) if done else Again(cursor)


def _fill_gaps(tx: Transaction, event: EventRow, context: Context) -> None:
    """Offer places that came free without an answer: somebody was erased."""
    if events.line(tx, event.id, most=1):
        held = events.locked_at_once(tx, event.id)
        if held is not None:
            line.fill(tx, held, context.now, context.blueprint)


def _invited(tx: Transaction, event: EventRow, cursor: int, context: Context) -> tuple[int, bool]:
    """A slice of the audience: how far it got, and whether that was the end."""
    blueprint = context.blueprint
    text = expand(tx, event.audience)
    meant = compile_filter(text, blueprint, context.now, organisation=event.organisation)
    planned = Planned(
        kind="invitation",
        channels=context.channels,
        due=At(context.now),
        rules=Rules.of(blueprint),
        where=f"({meant.where}) AND {_NOT_INVITED} AND {_NOT_ANSWERED}",
        params={**meant.params, "event_id": event.id},
        event=event.id,
        expires_at=event.answers_until,
    )
    slice_ = plan_slice(tx, planned, cursor, context.now)
    return slice_.cursor, slice_.done


def _tell(
    tx: Transaction,
    task: TaskRow,
    context: Context,
    event: EventRow,
    kind: str,
    answers: tuple[str, ...],
    expires_at: datetime,
    *,
    variant: str = "",
    where: str = "TRUE",
    **params: str | int,
) -> Outcome:
    """A slice of a notice to those who answered so."""
    planned = Planned(
        kind=kind,
        channels=context.channels,
        due=At(context.now),
        rules=Rules.of(context.blueprint),
        where=where,
        params=params,
        answers=answers,
        event=event.id,
        variant=variant,
        expires_at=expires_at,
        # At night rather than too late: that is decided when it is sent (outreach.claiming).
        decent=kind not in ("change", "cancellation"),
    )
    slice_ = plan_slice(tx, planned, task.cursor, context.now)
    return Done() if slice_.done else Again(slice_.cursor)


def _remind(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = _event(tx, task)
    name = task.variant.partition("@")[0]
    if event is None or event.status not in line.TAKING or context.now >= event.starts_at:
        return Done()
    if task.variant != schedule.reminder_variant(name, event):
        return Done()  # for a start that is no more
    kind = "last_reminder" if schedule.is_last(name, context.blueprint) else "reminder"
    until = task.expires_at or event.starts_at
    return _tell(tx, task, context, event, kind, ("going", "maybe"), until, variant=task.variant)


def _change(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = _event(tx, task)
    if event is None or event.status not in line.TAKING:
        return Done()
    return _tell(
        tx, task, context, event, "change", CONCERNED, _useful(event, context), variant=task.variant
    )


def _cancel(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = _event(tx, task)
    if event is None or event.status != "cancelled":
        return Done()
    until = _useful(event, context)
    return _tell(tx, task, context, event, "cancellation", CONCERNED, until, variant=task.variant)


def _useful(event: EventRow, context: Context) -> datetime:
    """Until when it helps to know of a change or a cancellation."""
    return event.starts_at if context.now < event.starts_at else event.ends_at


def _close(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = events.locked_at_once(tx, task.number)
    if event is None:
        return _soon(tx, task, context)
    if event.status == "announced":
        life.shut(tx, event, context.now)
    return Done()


def _over(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = events.locked_at_once(tx, task.number)
    if event is None:
        return _soon(tx, task, context)
    if event.status in line.TAKING:
        life.end(tx, event, context.now)
    return Done()


def _soon(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Somebody holds the event, and may be about to call this very task off: whoever waited for
    the other here would be waited for by them."""
    busy = _event(tx, task) is not None
    return Again(task.cursor, context.now + BUSY) if busy else Done()


def _thanks(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    event = _event(tx, task)
    if event is None or event.status not in (*line.TAKING, "over"):
        return Done()
    until = event.ends_at + schedule.WORTH
    where = _were_there(tx, event)
    return _tell(
        tx, task, context, event, "thanks", ("going",), until, where=where, event_id=event.id
    )


def _feedback(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """To those who were there and have not said what it was like."""
    event, survey = _event(tx, task), context.blueprint.feedback
    if event is None or survey is None or event.status not in (*line.TAKING, "over"):
        return Done()
    until = context.now + schedule.WORTH
    return _tell(
        tx, task, context, event, "feedback_reminder", ("going",), until,
        where=f"{_were_there(tx, event)} AND {_SILENT} AND {_persona(survey.personas)}",
        event_id=event.id, survey=survey.key, event_key=event.key,
    )  # fmt: skip


def _persona(personas: tuple[PersonaKey, ...]) -> str:
    """Personas are the program's own words (blueprints.values); each survey has some."""
    listed = ", ".join(f"'{each}'" for each in personas)
    return f"p.persona IN ({listed})"


def _were_there(tx: Transaction, event: EventRow) -> str:
    """Who was checked in; where nobody was, everybody who meant to come."""
    tallies = events.counts(tx, event.id).values()
    return _CHECKED_IN if any(tally.checked_in for tally in tallies) else "TRUE"


def _sweep(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """What was not sent yet follows what the event has become: the ledger says so, whatever is
    decided once more when it is sent."""
    event = _event(tx, task)
    if event is None:
        return Done()
    if event.status == "announced":
        upto = notices.invitations_expire(tx, event.id, task.cursor, SWEPT, event.answers_until)
        return Done() if upto is None else Again(upto)
    reason = "event cancelled" if event.status == "cancelled" else "too late"
    if event.status == "cancelled" and task.cursor == 0:
        kinds = notices.TO_THOSE_WHO_ANSWERED
        if len(notices.cancel(tx, event.id, kinds, reason, SWEPT)) == SWEPT:
            return Again(0)
    upto = notices.invitations_off(tx, event.id, task.cursor, SWEPT, reason)
    return Done() if upto is None else Again(upto)


def _fill(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """More offers than one transaction could make."""
    event = events.locked_at_once(tx, task.number)
    if event is None:
        return _soon(tx, task, context)
    line.fill(tx, event, context.now, context.blueprint)
    return Done()


def _offer(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Tell somebody of the place that is kept for them; take it back when its time is over."""
    number, person = (int(part) for part in task.subject.split(":")[1:3])
    event = events.by_ids(tx, [number]).get(number)
    row = events.rsvp(tx, number, person)
    if event is None or row is None or event.status not in line.TAKING:
        return Done()
    if task.variant.startswith("x"):
        _tell_one(tx, context, event, row, task.variant, event.starts_at)
        return Done()
    if row.offered_at is None or task.variant != line.variant(row.offered_at):
        return Done()  # an older offer
    if row.state != "offered" or row.offered_until is None:
        return Done()
    if task.cursor == TOLD:
        _tell_one(tx, context, event, row, task.variant, row.offered_until)
        return Again(LAPSE, row.offered_until)
    return _lapse(tx, task, context, row)


def _lapse(tx: Transaction, task: TaskRow, context: Context, row: RsvpRow) -> Outcome:
    """The offer's time is over. Who has not heard of it (the bot was down) gets it once more."""
    now, blueprint = context.now, context.blueprint
    event = events.locked_at_once(tx, row.event_id)
    if event is None:
        return _soon(tx, task, context)
    fresh = events.rsvp(tx, row.event_id, row.person_id)
    if fresh is None or fresh.state != "offered":
        return Done()
    told = notices.state(tx, event.id, "offer", task.variant, row.person_id)
    if told in ("expired", "queued") and task.cursor == LAPSE:
        until = line.offered_until(tx, event, row.person_id, now, blueprint)
        if until - now > timedelta(minutes=1):
            events.put_rsvp(tx, line.until(fresh, until))
            notices.renew(tx, event.id, "offer", task.variant, row.person_id, now, until)
            return Again(LAST_CALL, until)
    rsvp.end_offer(tx, event, fresh, now, blueprint)
    if told in ("sent", "unknown") and now < event.starts_at:
        variant = line.variant(fresh.offered_at or now, "x")
        tasks.plan(tx, line.OFFER, task.subject, now, now, variant=variant)
    return Done()


def _tell_one(
    tx: Transaction,
    context: Context,
    event: EventRow,
    row: RsvpRow,
    variant: str,
    expires_at: datetime,
) -> None:
    planned = Planned(
        kind="offer",
        channels=context.channels,
        due=At(context.now),
        rules=Rules.of(context.blueprint),
        answers=(row.state,),
        event=event.id,
        variant=variant,
        expires_at=expires_at,
        decent=False,
    )
    plan_one(tx, planned, row.person_id, context.now)


HANDLERS: dict[str, Handler] = {
    schedule.INVITE: _invite,
    schedule.NEWCOMERS: _newcomers,
    schedule.REMIND: _remind,
    schedule.CHANGE: _change,
    schedule.CANCEL: _cancel,
    schedule.CLOSE: _close,
    schedule.OVER: _over,
    schedule.THANKS: _thanks,
    schedule.FEEDBACK: _feedback,
    schedule.SWEEP: _sweep,
    line.FILL: _fill,
    line.OFFER: _offer,
}
