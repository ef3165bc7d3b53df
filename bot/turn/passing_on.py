"""What a turn passes on to the staff, and what the person hears of it. The rules:
:mod:`outreach.inbox`."""

from __future__ import annotations

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.fixed import fixed
from messages import rich
from messages.message import Rich
from outreach import inbox
from outreach.inbox import Kept

LIMIT = 4000  # characters of one message kept for staff


def keep(turn: Turn, kind: str, text: str) -> Kept:
    """Keep ``text`` for the staff of the person's organisation."""
    incoming = turn.incoming
    return inbox.keep(
        turn.tx,
        turn.who.person,
        turn.who.organisation,
        language=turn.who.language,
        channel=incoming.channel,
        account=incoming.account,
        user=incoming.user,
        kind=kind,
        text=text.replace("\x00", "")[:LIMIT],
        now=turn.now,
        blueprint=turn.blueprint,
        asked=_open_question(turn),
        spoken=incoming.spoken,
    )


def _open_question(turn: Turn) -> dict[str, str] | None:
    """What the bot had asked, where a question is open."""
    talk, waiting = turn.who.talk, conversing.waiting(turn)
    if talk is None or waiting is None:
        return None
    brief = rich.plain(fixed(turn.labels, waiting.question).brief)
    asked = {"kind": "talk", "flow": talk.flow, "question": inbox.shortened(brief)}
    survey = talk.params.get("survey")
    return asked | ({"survey": str(survey)} if survey else {})


def told(turn: Turn, kept: Kept, *, asked: bool = False) -> Rich:
    """Who reads it, and when they usually answer; where nobody does, or can at present, that, and
    where they can be found. ``asked``: it was a question."""
    organisation = turn.blueprint.organisation(kept.organisation)
    named = organisation.name if organisation else kept.organisation
    days = turn.blueprint.outreach.staff_answer_days or 0
    if organisation is None or (kept.staffed and not kept.full):
        said = "inbox.kept_question" if asked else "inbox.kept"
        return turn.labels.say(said, organisation=named, days=days)
    nobody = "inbox.kept_nobody_question" if asked else "inbox.kept_nobody"
    said = "inbox.full" if kept.full else nobody
    return turn.labels.say(said, organisation=named, contact=organisation.website)
