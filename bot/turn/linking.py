"""One person on two platforms, joined by a short-lived code."""

from __future__ import annotations

from datetime import timedelta

from bot.turn import cards, conversing
from bot.turn.context import Turn
from outreach import codes
from outreach.events import merging
from outreach.mentoring import keeping
from storage import conversations, links
from storage.hashing import keyed_hash

CODE_LENGTH = 8


def link(turn: Turn, argument: str) -> None:
    """Give a code to join another platform's identity, or take the one given there."""
    code = codes.typed(argument)
    if code:
        _redeem(turn, code)
        return
    code = codes.new(CODE_LENGTH)
    minutes = turn.blueprint.timings.link_code_minutes
    expires = turn.now + timedelta(minutes=minutes)
    links.new_code(turn.tx, _hash(turn, code), turn.who.person, expires, turn.now)
    turn.say("link.code", code=codes.shown(code), minutes=minutes)
    conversing.carry_on(turn)


def _hash(turn: Turn, code: str) -> str:
    return keyed_hash(code, turn.house.secret)


def _redeem(turn: Turn, code: str) -> None:
    owner = links.redeem(turn.tx, _hash(turn, code), turn.now)
    if owner is None:
        conversing.ask_again(turn, turn.labels.say("link.wrong"))
    elif owner == turn.who.person:
        conversing.ask_again(turn, turn.labels.say("link.same"))
    else:
        merging.merge(turn.tx, owner, turn.who.person, turn.now, turn.blueprint)
        keeping.merge(turn.tx, owner, turn.who.person, turn.now, turn.blueprint)
        links.merge(turn.tx, keep=owner, give=turn.who.person)
        incoming = turn.incoming
        found = conversations.who(turn.tx, incoming.channel, incoming.account, incoming.user)
        assert found is not None  # noqa: S101 - the identity was moved just now
        turn.who = found
        conversing.ask_again(turn, turn.labels.say("link.joined"))
        cards.refresh_home(turn)
