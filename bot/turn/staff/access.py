"""Who of the staff is speaking. Asked anew with every event: roles can end at any time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from bot.incoming import Press
from bot.turn.context import Later, Turn
from bot.turn.staff import problems
from flows.script import Template
from outreach import noticing, staff
from outreach.errors import OutreachError
from outreach.staff import COORDINATOR, Actor
from storage import conversations
from storage.transaction import Transaction

Look: TypeAlias = Callable[[Transaction], Any]
Tell: TypeAlias = Callable[[Turn, Actor, Any], None]

FLOWS = "staff_"
"""What the names of their conversations begin with."""


def actor_of(turn: Turn) -> Actor | None:
    """The member of staff behind this turn; None for everybody else."""
    incoming = turn.incoming
    return staff.recognise(
        turn.tx, incoming.channel, incoming.account, incoming.user, incoming.username, turn.now,
        partial(tell_admins, turn),
    )  # fmt: skip


def tell_admins(turn: Turn, actor: Actor, how: str) -> None:
    """This turn's account was bound to somebody of the staff: whoever sees to the staff hears of
    it."""
    noticing.bound(
        turn.tx, actor, how, (turn.incoming.channel, turn.incoming.user), turn.labels.words,
        turn.house.channels, turn.now,
    )  # fmt: skip


def in_conversation(turn: Turn) -> Actor:
    """Who is in a conversation of the staff's: anybody else's has ended before (end_if_gone)."""
    actor = actor_of(turn)
    assert actor is not None  # noqa: S101 - see there
    return actor


def end_if_gone(turn: Turn) -> None:
    """A conversation of the staff ends when whoever is in it may not have it any more."""
    talk = turn.who.talk
    if talk is None or not talk.flow.startswith(FLOWS):
        return
    actor = actor_of(turn)
    if actor is None or not organisations(turn, actor, COORDINATOR):
        conversations.close(turn.tx, talk, "dropped", turn.now)
        turn.who.talk = None


def end_if_stranger(turn: Turn) -> None:
    """What was said to a stranger is no open question to staff: somebody may have become one of
    them since, by a code or by name. Who wants to register, does."""
    talk = turn.who.talk
    if turn.who.status != "new" or talk is None or talk.flow != "join":
        return
    begun = talk.answers or talk.params.get("wanted") or isinstance(turn.incoming.said, Press)
    actor = None if begun else actor_of(turn)
    if actor is not None and actor.roles:
        conversations.close(turn.tx, talk, "dropped", turn.now)
        turn.who.talk = None


def organisations(turn: Turn, actor: Actor, role: str) -> tuple[str, ...]:
    """The blueprint's organisations in which ``actor`` has ``role`` or more."""
    return tuple(each.key for each in turn.blueprint.organisations if actor.may(each.key, role))


def look_up(turn: Turn, organisation: str, role: str, look: Look, tell: Tell) -> None:
    """Look something up beside the turns, then tell it: if whoever asked has ``role`` in
    ``organisation`` still, for an audience of thousands takes a while. What ``tell`` raises of
    OutreachError is told as well."""

    def told(turn: Turn, found: Any) -> None:
        actor = actor_of(turn)
        if actor is None or not actor.may(organisation, role):
            turn.say("staff.not_allowed")
            return
        try:
            tell(turn, actor, found)
        except OutreachError as error:
            problems.tell(turn, error)

    turn.later.append(Later(look, told))


def title_of(flow: str) -> Template:
    """What a conversation of theirs is called in a list of unfinished ones."""
    return Template(f"staff.title_{flow.removeprefix(FLOWS)}")
