"""Who does what is planned: the handlers of all kinds of tasks."""

from __future__ import annotations

from outreach import sweeping
from outreach.broadcasts import steps
from outreach.clock import Handler
from outreach.events import notices
from outreach.mentoring import nudges, rounds, withdrawing

HANDLERS: dict[str, Handler] = {
    **sweeping.HANDLERS,
    **steps.HANDLERS,
    **notices.HANDLERS,
    **nudges.HANDLERS,
    **rounds.HANDLERS,
    **withdrawing.HANDLERS,
}
