"""One person talking to the bot's turn on a real database, with no platform in between."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from bot.cli.chat import meaning
from bot.incoming import Incoming, Press, Said
from bot.outgoing import Action, Outgoing
from bot.turn.context import House
from bot.turn.unit import play_event, play_later
from messages.message import Message, Widget
from storage import outbox
from storage.database import Database
from storage.outbox import Settled
from storage.statements import sql
from storage.transaction import Transaction

CHANNEL, ACCOUNT = "terminal", "local"
CAN = frozenset({"file"})

_STORED = sql(
    "SELECT c.flow, c.params, c.facts, c.answers, c.draft, c.status"
    " FROM conversation c JOIN identity i ON i.person_id = c.person_id"
    " WHERE i.channel = :channel AND i.account = :account AND i.user_id = :user_id ORDER BY c.id"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one line came to: ``pressed`` are the keys of buttons, none where it was words."""

    line: str
    pressed: tuple[str, ...]
    shown: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation as it lies in the database."""

    flow: str
    params: dict[str, Any]
    facts: dict[str, Any]
    answers: dict[str, Any]
    draft: dict[str, Any]
    status: str


@dataclass(slots=True)
class Session:
    """``clock`` gives the moment of each event, in UTC. ``stored`` are the person's conversations
    after the last event, oldest first."""

    database: Database
    house: House
    user: str
    locale: str | None
    clock: Callable[[], datetime]
    widget: Widget | None = None
    stored: list[Stored] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _run: str = field(default_factory=lambda: uuid.uuid4().hex)

    def take(self, line: str) -> Step:
        """Play a line as typed: the buttons it names, or words."""
        keys = meaning.buttons(line, self.widget)
        return self.press(keys, line) if keys else self.say(line)

    def say(self, line: str) -> Step:
        """Play words or a command."""
        return Step(line, (), tuple(self._bring(meaning.words(line))))

    def press(self, keys: tuple[str, ...], line: str = "") -> Step:
        """Press buttons of the latest message that has any, one after the other.

        Of a question that is only shown again with other marks the last state counts. Raises
        LookupError for a button that is not there.
        """
        shown: list[Message] = []
        for key in keys:
            option = meaning.find(key, self.widget)
            if option is None or self.widget is None:
                raise LookupError(f"there is no button {key!r}")
            ref = self.widget.ref
            messages = self._bring(Press(ref, option.press))
            redrawn = any(m.widget is not None and m.widget.ref == ref for m in messages)
            shown = messages if redrawn else [*shown, *messages]
        return Step(line, keys, tuple(shown))

    def _bring(self, said: Said) -> list[Message]:
        incoming = Incoming(
            channel=CHANNEL,
            account=ACCOUNT,
            user=self.user,
            chat=self.user,
            event_id=f"{self._run}-{next(self._numbers)}",
            at=self.clock(),
            said=said,
            locale=self.locale,
            username=self.user,
            # A press answers the message it stands under; nothing here can be edited in place.
            message="shown" if isinstance(said, Press) else None,
            can=CAN,
        )
        with self.database.transaction() as tx:
            outgoing = _turn(tx, self.house, incoming)
            rows = tx.run(_STORED, channel=CHANNEL, account=ACCOUNT, user_id=self.user).fetchall()
        self.stored = [_stored(row) for row in rows]
        shown = [each.message for each in outgoing if each.action in (Action.SEND, Action.EDIT)]
        for message in shown:
            if message.widget is not None:
                self.widget = message.widget
        return shown


def _stored(row: tuple[Any, ...]) -> Stored:
    params, facts, answers, draft = (orjson.loads(text) for text in row[1:5])
    return Stored(row[0], params, facts, answers, draft, row[5])


def _played(tx: Transaction, house: House, incoming: Incoming) -> tuple[Outgoing, ...]:
    """All that comes of an event; what takes long is looked up at once, nobody else waits."""
    played = play_event(tx, house, incoming, incoming.at)
    outgoing, waiting = list(played.outgoing), list(played.later)
    while waiting:
        later = waiting.pop(0)
        told = play_later(tx, house, incoming, later, later.look(tx), incoming.at)
        outgoing += told.outgoing
        waiting += told.later
    return tuple(outgoing)


def _turn(tx: Transaction, house: House, incoming: Incoming) -> tuple[Outgoing, ...]:
    """Play an event and record its replies as sent, all in one: nobody else may adopt them."""
    outgoing = _played(tx, house, incoming)
    settled = [Settled(each.delivery, "sent") for each in outgoing if each.delivery]
    if settled:
        outbox.settle(tx, settled, incoming.at)
    return outgoing
