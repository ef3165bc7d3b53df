"""The unit of work of one event: claim it, play it, write what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.incoming import Command, Edited, Incoming, Left, Opened, Press, Submitted
from bot.outgoing import Action, Outgoing
from bot.turn import cards, gathering, hearing, home, in_sight, over
from bot.turn.context import House, Later, Turn, language_of
from messages import stored
from messages.message import MENU, Message
from storage import conversations, joinings, outbox, privacy
from storage.conversations import Who
from storage.outbox import NewReply
from storage.transaction import Transaction

ACTIVE_AGAIN = timedelta(hours=1)  # no write for it with every message
SOURCE_LIMIT = 64  # Telegram's limit for a deep link's payload


@dataclass(frozen=True, slots=True)
class Played:
    """What came of an event: ``new`` is False for a second delivery; ``outgoing`` in order;
    ``later`` is what remains to be looked up and told; ``wrong`` what does not fit in a window;
    ``erased``: somebody was erased by it."""

    new: bool
    outgoing: tuple[Outgoing, ...] = ()
    later: tuple[Later, ...] = ()
    wrong: Mapping[str, str] | None = None
    erased: bool = False


def play_event(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
    """Play one event in the caller's transaction. Touches nothing but the database."""
    channel, account = incoming.channel, incoming.account
    if not conversations.claim(tx, channel, account, incoming.event_id, now):
        return Played(new=False)
    who = conversations.who(tx, channel, account, incoming.user)
    if who is None and over.is_over(house, now):
        return _farewell(tx, house, incoming, now)
    if who is None:
        if _old_button(tx, house, incoming):
            return Played(new=True, outgoing=(_nothing_kept(tx, house, incoming, now),))
        who = _stranger(tx, house, incoming, now)
        if who is None:
            return Played(new=True)
    turn = Turn(house, tx, incoming, now, who)
    if who.person == 0:
        if incoming.said == Opened("home"):
            turn.home(cards.empty(turn))
        elif incoming.said == Opened("channel"):
            cards.introduce(turn)
        else:
            turn.send(cards.empty(turn))
        turn.unledgered.add(0)
    else:
        _note(turn)
        hearing.hear(turn)
    if turn.stale and not turn.erased:
        home.show(turn)
    gathering.gather(turn)
    if turn.wrong:  # the window stays, and is sent in again with the same id
        conversations.unclaim(tx, channel, account, incoming.event_id)
    return Played(
        new=True,
        outgoing=_enqueue(turn),
        later=tuple(turn.later),
        wrong=turn.wrong or None,
        erased=turn.erased,
    )


def _farewell(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
    """The programme has ended: a stranger is told so, and stays one."""
    turn = Turn(house, tx, incoming, now, _nobody(house, incoming))
    if incoming.said == Opened("home"):
        turn.home(cards.empty(turn))
        turn.unledgered.add(0)
    elif not isinstance(incoming.said, Left):
        over.tell(turn)
    gathering.gather(turn)
    return Played(new=True, outgoing=_enqueue(turn))


def _nobody(house: House, incoming: Incoming) -> Who:
    """Somebody of whom nothing is stored."""
    language = language_of(house.blueprint, incoming.locale)
    return Who(0, 0, incoming.chat, True, "new", language, None, None, None, None, None)


def play_later(
    tx: Transaction, house: House, incoming: Incoming, later: Later, found: Any, now: datetime
) -> Played:
    """Tell what was ``found``, to the person as they are now; nothing when they are gone."""
    who = conversations.who(tx, incoming.channel, incoming.account, incoming.user)
    if who is None:
        return Played(new=False)
    turn = Turn(house, tx, incoming, now, who)
    later.tell(turn, found)
    if turn.stale:
        home.show(turn)
    gathering.gather(turn)
    return Played(new=True, outgoing=_enqueue(turn), later=tuple(turn.later))


def _old_button(tx: Transaction, house: House, incoming: Incoming) -> bool:
    """Whether somebody who was erased pressed what is left in their chat. They may begin anew, by a
    word of their own or the button to begin; a button of old times stores nothing of them."""
    said = incoming.said
    if not isinstance(said, Press | Submitted | Edited) or said == Press(MENU, "=start"):
        return False
    who = incoming.channel, incoming.account, incoming.user
    return privacy.was_erased(tx, *who, house.secret)


def _nothing_kept(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Outgoing:
    """What they are told: in no ledger."""
    language = language_of(house.blueprint, incoming.locale)
    message = Message(house.words.rich("forget.old_button", language), language)
    turn = Turn(house, tx, incoming, now, _nobody(house, incoming))
    turn.send(message, loose=True)
    gathering.gather(turn)
    return turn.out[0]


def _stranger(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Who | None:
    """A stub for somebody who speaks; nothing is stored of one who only looks or leaves."""
    language = language_of(house.blueprint, incoming.locale)
    said = incoming.said
    if isinstance(said, Left):
        return None
    if isinstance(said, Opened):
        return _nobody(house, incoming)
    source = said.argument if isinstance(said, Command) and said.name == "start" else ""
    source = "".join(filter(str.isprintable, source))
    return conversations.welcome(
        tx,
        channel=incoming.channel,
        account=incoming.account,
        user=incoming.user,
        chat=incoming.chat,
        language=language,
        source=None if source.startswith("link_") else source[:SOURCE_LIMIT] or None,
        now=now,
    )


def _note(turn: Turn) -> None:
    """They were here, and can be reached again, perhaps in another chat."""
    who, incoming = turn.who, turn.incoming
    if who.active_at is None or turn.now - who.active_at > ACTIVE_AGAIN:
        conversations.active(turn.tx, who.person, turn.now)
    if isinstance(incoming.said, Left):
        return
    if who.joining is not None:
        row = joinings.one(turn.tx, who.joining)
        if row is not None and row.state == joinings.JOINED:
            joinings.spoke(turn.tx, row, turn.now)
    if not who.reachable or (incoming.chat and who.chat != incoming.chat):
        conversations.reached(turn.tx, who.identity, incoming.chat, ok=True)


def _enqueue(turn: Turn) -> tuple[Outgoing, ...]:
    return tuple(
        outgoing
        if index in turn.unledgered
        else _ledgered(turn, outgoing, turn.variants.get(index) or _in_sight(outgoing))
        for index, outgoing in enumerate(turn.out)
    )


def _in_sight(outgoing: Outgoing) -> str:
    return "" if outgoing.action is Action.HOME else in_sight.noted(outgoing.message)


def _ledgered(turn: Turn, outgoing: Outgoing, variant: str) -> Outgoing:
    incoming = turn.incoming
    delivery = outbox.enqueue(
        turn.tx,
        NewReply(
            person=turn.who.person,
            identity=turn.who.identity,
            channel=incoming.channel,
            account=incoming.account,
            chat=outgoing.chat,
            user=outgoing.user,
            action=outgoing.action.value,
            payload=stored.dump(outgoing.message, outgoing.target),
            variant=variant,
        ),
        turn.house.owner,
        turn.now,
    )
    return Outgoing(
        outgoing.action, outgoing.chat, outgoing.user, outgoing.message, outgoing.target,
        outgoing.trigger, delivery, place=outgoing.place,
    )  # fmt: skip
