"""Putting an event into the channel where a member of staff is: which event, and it is planned."""

from __future__ import annotations

from bot.turn.context import Turn
from bot.turn.staff import access, drafting
from bot.turn.staff.review import button
from messages.base36 import base36
from messages.message import Option
from outreach.errors import NotAllowed, NotFound
from outreach.events import cards, posting
from outreach.staff import COORDINATOR, Actor
from storage import events

MOST = 12


def choose(turn: Turn, actor: Actor, chat: str) -> None:
    """Which of their announced events; ``chat`` is the channel on this platform."""
    own = access.organisations(turn, actor, COORDINATOR)
    if not own:
        raise NotAllowed
    open_ = [row for row in events.upcoming(turn.tx, turn.now) if row.organisation in own]
    buttons = tuple(
        Option(
            f"share_{row.key}",
            f"=staff.share.{base36(row.id)}.{chat}",
            cards.chosen(row.title, turn.who.language, turn.blueprint)[0],
        )
        for row in open_[:MOST]
    )
    words = "share_which" if buttons else "share_none"
    turn.send(turn.message(turn.labels.say(f"staff.{words}"), buttons))


def share(turn: Turn, actor: Actor, argument: str) -> None:
    """Plan the post. Raises OutreachError."""
    number, _, chat = argument.partition(".")
    row = drafting.own_event(turn, actor, number)
    incoming = turn.incoming
    if incoming.channel not in posting.CHATS:
        raise NotFound(chat)
    posting.post(
        turn.tx, row.key, incoming.channel, incoming.account, chat, actor, turn.now, turn.blueprint
    )
    title = cards.chosen(row.title, turn.who.language, turn.blueprint)[0]
    text = turn.labels.say("staff.shared", title=title)
    turn.send(turn.message(text, (button(turn, "coming", "coming"),)))
