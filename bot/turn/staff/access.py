"""Who of the staff is speaking. Asked anew with every event: roles can end at any time."""

from __future__ import annotations

from bot.turn.context import Turn
from flows.script import Template
from outreach import staff
from outreach.staff import COORDINATOR, Actor
from storage import conversations

FLOWS = "staff_"
"""What the names of their conversations begin with."""


def actor_of(turn: Turn) -> Actor | None:
    """The member of staff behind this turn; None for everybody else."""
    incoming = turn.incoming
    return staff.recognise(
        turn.tx, incoming.channel, incoming.account, incoming.user, incoming.username, turn.now
    )


def end_if_gone(turn: Turn) -> None:
    """A conversation of the staff ends when whoever is in it may not have it any more."""
    talk = turn.who.talk
    if talk is None or not talk.flow.startswith(FLOWS):
        return
    actor = actor_of(turn)
    if actor is None or not organisations(turn, actor, COORDINATOR):
        conversations.close(turn.tx, talk, "dropped", turn.now)
        turn.who.talk = None


def organisations(turn: Turn, actor: Actor, role: str) -> tuple[str, ...]:
    """The blueprint's organisations in which ``actor`` has ``role`` or more."""
    return tuple(each.key for each in turn.blueprint.organisations if actor.may(each.key, role))


def title_of(flow: str) -> Template:
    """What a conversation of theirs is called in a list of unfinished ones."""
    return Template(f"staff.title_{flow.removeprefix(FLOWS)}")
