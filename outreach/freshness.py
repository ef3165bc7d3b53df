"""Facts stay fresh: what was confirmed too long ago is asked about, in one message a person and
with one tap; and whoever said when they are next at home is asked again when that has passed.

One task looks through the people once a day, slice by slice, and plans the messages; that they go
at a decent hour, within the contact budget, not in a pause and to nobody who does not allow it, is
decided when they are sent (outreach.deciding). Nobody is asked again about the same: not before
the facts are old again, and not before they have named another day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach import hours
from outreach.clock import Again, Context, Handler, Outcome
from outreach.deciding import Rules
from outreach.kinds import FACTS, HOME
from outreach.planning import At, Planned, plan_slice
from storage import freshness, homes, profile, tasks
from storage.moments import moment
from storage.tasks import TaskRow
from storage.transaction import Transaction

LOOK = "facts.look"
LIVES = timedelta(days=14)  # what could not be sent for so long is planned anew when it can
CONFIRM, VISIT = "confirm", "visit"
"""Commands behind the buttons: still right, and when somebody is next at home."""

_FOLLOWING = ("organisation", "residence")  # from the facts


def fields(blueprint: Blueprint) -> tuple[str, ...]:
    """What stands in ``provenance`` for the facts of the profile."""
    facts = {fact.key for each in blueprint.personas for fact in blueprint.facts_of(each.key)}
    facts |= {"field"} if "profession" in facts else set()  # guessed from it
    return tuple(sorted({name for key in facts for name in profile.named(key)}))


def ensure(tx: Transaction, context: Context) -> None:
    """Have it looked every day. For the program's start; once more changes nothing."""
    for kind in (FACTS, HOME):
        if not any(each.state == "open" for each in tasks.of(tx, kind, LOOK)):
            tasks.plan(tx, LOOK, kind, context.now, context.now)


def confirm(tx: Transaction, person: int, asked: int, now: datetime, blueprint: Blueprint) -> int:
    """All that they were asked about is still right; how many facts that is. ``asked``: the variant
    of the message, which says how old facts had to be."""
    before = min(datetime.fromtimestamp(asked, UTC), now)
    return freshness.confirm(tx, person, (*fields(blueprint), *_FOLLOWING), before, now)


def _look(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Plan the messages of a slice of the people."""
    done = plan_slice(tx, _SOURCES[task.subject](context), task.cursor, context.now)
    freshness.note_asked(tx, task.subject, task.cursor, done.cursor)
    return Again(0, _tomorrow(context)) if done.done else Again(done.cursor)


def _old_facts(context: Context) -> Planned:
    before = context.now - timedelta(days=context.blueprint.timings.fact_days)
    asked_of = fields(context.blueprint)
    where = " AND ".join(
        (_THERE, freshness.old(asked_of), freshness.UNASKED_SINCE.format(since=":before"))
    )
    return _planned(
        FACTS, context, where, {"before": moment(before)}, variant=str(int(before.timestamp()))
    )


def _past_visits(context: Context) -> Planned:
    today = context.now.astimezone(ZoneInfo(context.blueprint.zone(None))).date()
    unasked = freshness.UNASKED_SINCE.format(since="a.answered_at")
    where = f"{_THERE} AND {homes.OVER.format(unasked=unasked)}"
    return _planned(HOME, context, where, {"gone": homes.gone(today)})


_THERE = "p.status = 'active' AND p.joined_to IS NULL"
_SOURCES: dict[str, Callable[[Context], Planned]] = {FACTS: _old_facts, HOME: _past_visits}


def _planned(
    kind: str, context: Context, where: str, params: dict[str, str], variant: str = ""
) -> Planned:
    return Planned(
        kind, context.channels, At(context.now), Rules.of(context.blueprint), where=where,
        params={**params, "about": kind}, variant=variant, expires_at=context.now + LIVES,
    )  # fmt: skip


def _tomorrow(context: Context) -> datetime:
    """When the next day begins for people in the region."""
    blueprint = context.blueprint
    there = ZoneInfo(blueprint.zone(None))
    day = context.now.astimezone(there).date() + timedelta(days=1)
    return hours.local(day, time(blueprint.outreach.day_begins % 24), there)


HANDLERS: dict[str, Handler] = {LOOK: _look}
