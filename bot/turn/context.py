"""What one turn works with, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from bot.incoming import Incoming
from bot.outgoing import Action, Outgoing
from bot.turn.labels import Labels, labels_in
from messages import rich
from messages.message import MENU, File, Kind, Link, Message, Option, Rich, Widget
from messages.words import Words
from storage.conversations import Who
from storage.transaction import Transaction

# Hints of platforms whose users read one of ours: Czech reads Slovak, the southern neighbours
# Slovenian, where the blueprint speaks it.
NEIGHBOURS = {"cs": "sk", "hr": "sl", "bs": "sl", "sr": "sl", "mk": "sl"}


@dataclass(frozen=True, slots=True)
class House:
    """What all turns share. ``secret`` keys hashes; ``owner`` names this process in the outbox;
    ``channels`` are those that this bot can send through; ``fine`` the versions of the notice
    whose readers need not be asked again, as the database has them (outreach.notices);
    ``public_url``: where the web pages stand, if anywhere."""

    blueprint: Blueprint
    words: Words
    secret: str
    owner: str
    channels: tuple[str, ...] = ("telegram", "slack", "preview")
    fine: frozenset[str] | None = None
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """What would hold up everybody else in a turn (counting a million people): ``look`` reads
    beside the writers once the turn is committed, ``tell`` answers with what it found, in a turn
    of its own. Lost when the process ends in between: the person asks again."""

    look: Callable[[Transaction], Any]
    tell: Callable[[Turn, Any], None]


@dataclass(slots=True)
class Turn:
    """One event being played. ``out`` collects what is to be sent, in order; ``loose`` what is
    sent without a row in the ledger (the person was erased, or it is only cosmetic);
    ``variants`` names those of ``out`` that there may be one of at a time. ``wrong`` says at which
    fields of a window what would be right: it stays open then. ``aloud`` is what everybody in a
    channel is told; ``stale``: what the person's page shows has changed;
    ``opens``: the open conversation is to be shown as a window, below these words."""

    house: House
    tx: Transaction
    incoming: Incoming
    now: datetime
    who: Who
    out: list[Outgoing] = field(default_factory=list)
    unledgered: set[int] = field(default_factory=set)
    later: list[Later] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    variants: dict[int, str] = field(default_factory=dict)
    aloud: set[int] = field(default_factory=set)
    stale: bool = False
    opens: Rich | None = None
    erased: bool = False

    @property
    def blueprint(self) -> Blueprint:
        return self.house.blueprint

    @property
    def labels(self) -> Labels:
        return labels_in(self.house.words, self.who.language)

    @property
    def today(self) -> date:
        """The person's day, where their time zone is known."""
        zone = ZoneInfo(self.who.timezone) if self.who.timezone else UTC
        return self.now.astimezone(zone).date()

    def can(self, what: str) -> bool:
        return what in self.incoming.can

    def send(self, message: Message, *, loose: bool = False, variant: str = "") -> None:
        """A new message to the person. ``variant``: see :class:`storage.outbox.NewReply`."""
        if variant:
            self.variants[len(self.out)] = variant
        self._put(Action.SEND, message, loose=loose)

    def say(self, key: str, *, loose: bool = False, **values: Any) -> None:
        """A new message of plain words."""
        self.send(self.message(self.labels.say(key, **values)), loose=loose)

    def edit(self, message: Message) -> None:
        """Change the message that was pressed, in place."""
        self._put(Action.EDIT, message, target=self.incoming.message)

    def tidy(self, message: Message) -> None:
        """Change the message that was pressed, in place, if that holds nothing up."""
        self._put(Action.EDIT, message, target=self.incoming.message, loose=True, tidy=True)

    def tell_everybody(self, message: Message) -> None:
        """Say something to all who are where this was said."""
        self.aloud.add(len(self.out))
        self._put(Action.SEND, message, loose=True)

    def home(self, message: Message) -> None:
        """The person's home page."""
        self._put(Action.HOME, message)

    def window(self, message: Message) -> None:
        """Open a form; worth nothing later, so it is not in the ledger."""
        self._put(Action.FORM, message, trigger=self.incoming.trigger, loose=True)

    def message(
        self,
        text: Rich,
        buttons: tuple[Option, ...] = (),
        *,
        links: tuple[Link, ...] = (),
        file: File | None = None,
    ) -> Message:
        """A message in the person's language, with loose buttons below."""
        widget = Widget(Kind.BUTTONS, MENU, buttons) if buttons else None
        return Message(text, self.who.language, widget, links, file)

    def button(self, press: str, label: str) -> Option:
        """A button that works at any time: ``press`` is a command, "survey.formats"."""
        return Option(press.replace(".", "_"), f"={press}", label)

    def command_button(self, name: str) -> Option:
        """The button of a command that the menu knows."""
        return self.button(name, self.labels.words.text(f"menu.button_{name}", self.who.language))

    def prepend(self, text: Rich, at: int = -1) -> None:
        """Put words at the head of the last message (or of that in the place ``at``), so that one
        turn answers in one message."""
        last = self.out[at]
        message = replace(last.message, text=rich.concat(text, last.message.text))
        self.out[at] = replace(last, message=message)

    def _put(
        self,
        action: Action,
        message: Message,
        *,
        target: str | None = None,
        trigger: str | None = None,
        loose: bool = False,
        tidy: bool = False,
    ) -> None:
        if loose:
            self.unledgered.add(len(self.out))
        chat, user = self.incoming.chat, self.incoming.user
        place = self.incoming.place if action in (Action.SEND, Action.FORM) else None
        self.out.append(
            Outgoing(action, chat, user, message, target, trigger, tidy=tidy, place=place)
        )


def language_of(blueprint: Blueprint, hint: str | None) -> str:
    """The blueprint's language nearest to a platform's hint ("sk-SK", "en_GB")."""
    code = (hint or "").replace("_", "-").split("-")[0].lower()
    for candidate in (code, NEIGHBOURS.get(code, "")):
        if candidate in blueprint.languages:
            return candidate
    return "en" if "en" in blueprint.languages else blueprint.language
