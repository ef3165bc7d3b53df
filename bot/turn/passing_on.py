"""What a turn passes on to the staff, and what the person hears of it. The rules:
:mod:`outreach.inbox`."""

from __future__ import annotations

from bot.turn.context import Turn
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
    )


def told(turn: Turn, kept: Kept) -> Rich:
    """Who reads it; where nobody does, or can at present, that, and where they can be found."""
    organisation = turn.blueprint.organisation(kept.organisation)
    named = organisation.name if organisation else kept.organisation
    if organisation is None or (kept.staffed and not kept.full):
        return turn.labels.say("inbox.kept", organisation=named)
    said = "inbox.full" if kept.full else "inbox.kept_nobody"
    return turn.labels.say(said, organisation=named, contact=organisation.website)
