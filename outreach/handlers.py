"""Who does what is planned: the handlers of all kinds of tasks."""

from __future__ import annotations

from outreach import away, bringing_back, ending, freshness, noticing, sweeping
from outreach.broadcasts import steps
from outreach.clock import Context, Handler
from outreach.events import notices
from outreach.joining import settling
from outreach.mentoring import nudges, rounds, withdrawing
from storage.transaction import Transaction

HANDLERS: dict[str, Handler] = {
    **sweeping.HANDLERS,
    **steps.HANDLERS,
    **notices.HANDLERS,
    **nudges.HANDLERS,
    **rounds.HANDLERS,
    **withdrawing.HANDLERS,
    **noticing.HANDLERS,
    **away.HANDLERS,
    **settling.HANDLERS,
    **ending.HANDLERS,
    **freshness.HANDLERS,
    **bringing_back.HANDLERS,
}


def begin(tx: Transaction, context: Context) -> None:
    """At the program's start: what follows from the blueprint and the database alone is planned."""
    rounds.ensure_rhythm(tx, context)
    noticing.ensure(tx, context)
    ending.ensure(tx, context)
    freshness.ensure(tx, context)
    bringing_back.ensure(tx, context)
