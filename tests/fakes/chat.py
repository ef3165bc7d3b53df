"""A fake user who talks to the turn itself, on a real database, with no platform in between.

    chat = Chat(database, house)
    await chat.say("/start")
    await chat.press("Go on")
    assert "how old" in chat.last.text

A test reads like a transcript; what the bot would send is kept as rendered text and buttons.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.incoming import Command, Incoming, Press, Said, Text, parse_press
from bot.outgoing import Action, Outgoing
from bot.turn.context import House
from bot.turn.unit import Played, play_event, play_later
from messages import rich
from messages.message import Message, Option, Widget
from storage import outbox
from storage.database import Database

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_SERIAL = itertools.count(1)
PAGES = 10  # of options, until it is believed that there is no such button


@dataclass(slots=True)
class Shown:
    """A message as the person sees it: ``text`` plain, buttons by label."""

    id: str
    message: Message

    @property
    def text(self) -> str:
        return rich.plain(self.message.text)

    @property
    def widget(self) -> Widget | None:
        return self.message.widget

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(option.label for option in self.options())

    def options(self) -> Iterator[Option]:
        if self.message.widget is not None:
            yield from self.message.widget.options
            yield from self.message.widget.controls

    def find(self, label: str) -> Option:
        """The button with this label, or the only one that begins with it or has this key."""
        exact = [o for o in self.options() if label in (o.label, o.key)]
        close = exact or [o for o in self.options() if o.label.startswith(label)]
        assert close, f"no button {label!r} among {self.buttons} under {self.text[:200]!r}"
        return close[0]


@dataclass(slots=True)
class Chat:
    """One person in one chat. ``log`` is everything shown, edits applied."""

    database: Database
    house: House
    user: str = "u1"
    channel: str = "preview"
    locale: str | None = "en"
    can: frozenset[str] = frozenset({"edit", "file"})
    now: datetime = START
    log: list[Shown] = field(default_factory=list)
    home: Message | None = None
    window: Message | None = None
    sent: list[Outgoing] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)  # in the window that was sent in last

    @property
    def last(self) -> Shown:
        return self.log[-1]

    async def say(self, text: str, **changes: object) -> list[Shown]:
        """Type something; a slash makes it a command, as on every platform."""
        if text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            return await self.bring(Command(name.lower(), argument), **changes)
        return await self.bring(Text(text), **changes)

    async def press(self, label: str, on: Shown | None = None, **changes: object) -> list[Shown]:
        """Press a button of the last message that has it (or of ``on``); "more" brings those of
        many options that are not seen at first."""
        for _ in range(PAGES):
            if on is not None or self._has(self.last, label) or not self._has(self.last, "more"):
                break
            await self.press("more", on=self.last)
        shown = on or self._holder(label)
        option = shown.find(label)
        assert shown.widget is not None
        data = f"{shown.widget.ref}:{option.press}"
        assert len(data.encode()) <= 64, f"too long for Telegram: {data}"
        press = parse_press(data)
        assert press is not None
        return await self.bring(press, message=shown.id, **changes)

    async def send_press(self, ref: str, press: str, message: str | None = None) -> list[Shown]:
        """A press as a forger would send it."""
        return await self.bring(Press(ref, press), message=message)

    @staticmethod
    def _has(shown: Shown, label: str) -> bool:
        return any(label in (o.label, o.key) or o.label.startswith(label) for o in shown.options())

    def _holder(self, label: str) -> Shown:
        for shown in reversed(self.log):
            if self._has(shown, label):
                return shown
        raise AssertionError(f"no message has a button {label!r}; last: {self.last.text!r}")

    def incoming(self, said: Said, **changes: object) -> Incoming:
        """The event a channel would make of it."""
        base = Incoming(
            channel=self.channel,
            account="local",
            user=self.user,
            chat=self.user,
            event_id=f"e{next(_SERIAL)}",
            at=self.now,
            said=said,
            locale=self.locale,
            can=self.can,
            trigger="t" if "form" in self.can else None,
        )
        return replace(base, **changes)  # type: ignore[arg-type]

    async def bring(self, said: Said, **changes: object) -> list[Shown]:
        """Play one event; what the person sees because of it."""
        self.now += timedelta(seconds=5)
        return await self.deliver(self.incoming(said, **changes))

    async def deliver(self, incoming: Incoming) -> list[Shown]:
        played: Played = await self.database.write(play_event, self.house, incoming, self.now)
        self.wrong = dict(played.wrong or {})
        seen = await self.receive(played)
        return seen + await self._tell(incoming, played)

    async def _tell(self, incoming: Incoming, played: Played) -> list[Shown]:
        """What the program looks up beside the turns, at once."""
        seen: list[Shown] = []
        for later in played.later:
            found = await self.database.read(later.look)
            told = await self.database.write(
                play_later, self.house, incoming, later, found, self.now
            )
            seen += await self.receive(told) + await self._tell(incoming, told)
        return seen

    async def receive(self, played: Played) -> list[Shown]:
        seen = [shown for out in played.outgoing if (shown := self._show(out))]
        settled = [
            outbox.Settled(o.delivery, "sent", message="m") for o in played.outgoing if o.delivery
        ]
        if settled:
            await self.database.write(outbox.settle, settled, self.now)
        return seen

    def receive_message(self, message: Message) -> Shown:
        """Something the bot sends by itself."""
        shown = Shown(f"m{len(self.log) + 1}", message)
        self.log.append(shown)
        return shown

    def _show(self, outgoing: Outgoing) -> Shown | None:
        self.sent.append(outgoing)
        if outgoing.action is Action.HOME:
            self.home = outgoing.message
            return None
        if outgoing.action is Action.FORM:
            self.window = outgoing.message
            return None
        if outgoing.action is Action.EDIT:
            for shown in self.log:
                if shown.id == outgoing.target:
                    shown.message = outgoing.message
                    return shown
        shown = Shown(f"m{len(self.log) + 1}", outgoing.message)
        self.log.append(shown)
        return shown

    def transcript(self) -> str:
        """Everything shown, for looking at."""
        return "\n\n".join(f"{s.text}\n  [{'] ['.join(s.buttons)}]" for s in self.log)
