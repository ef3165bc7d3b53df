"""What a platform brought, in Domov's own words: the only thing a channel hands to a turn."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Something typed. ``text`` is as sent; it may be very long."""

    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Words to the bot among others, in a channel: no answer to what is open in the chat."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """``/name argument``; the name lower-case without slash or @bot."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button: ``ref`` of the widget and ``press`` of the option, both as they were sent out.

    Beside the presses that options carry there are two that channels make themselves:
    ``>N`` asks for page N (from 0), ``*a,b,c`` sets a multi-choice, rank or rating in one go, and
    is not answered with an edit: the platform shows by itself what was ticked.
    """

    ref: str
    press: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form sent in: field key -> chosen keys, or one string for a text field."""

    ref: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that is being filled in: something was chosen that decides what it asks."""

    ref: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact; ``own`` is true only where the platform says it is the sender's."""

    own: bool


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """photo, voice, video, sticker, document, poll, … with its caption."""

    kind: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message was changed to ``text``."""

    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The person opened the bot's page ("home") or its chat ("chat") without saying anything, or
    brought the bot into a "channel"."""

    what: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked or removed the bot."""


Said: TypeAlias = (
    Text
    | Mention
    | Command
    | Press
    | Submitted
    | Filling
    | Contact
    | Location
    | Attachment
    | Edited
    | Opened
    | Left
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of one person.

    ``channel`` "telegram", "slack", "preview", "terminal"; ``account`` which bot or workspace;
    ``user`` and ``chat`` the platform's ids; ``event_id`` the platform's key against duplicates,
    unique within channel and account; ``at`` UTC; ``locale`` the platform's hint ("sk", "en-GB");
    ``message`` the platform id of the message whose button was pressed (to edit it in place);
    ``trigger`` a short-lived token to open a window with; ``can`` what the channel is able to do:
    "edit", "form", "home", "file".

    ``where`` it was said: "chat" with the bot, its page ("home"), a "window", or a "channel" where
    others are; ``place`` is the channel's own word for that, and goes with every answer, so that it
    is given where it was asked. ``name`` is what the platform says they are called. ``spoken`` is
    the platform id of the message in which something was said, to quote it when it is answered.
    """

    channel: str
    account: str
    user: str
    chat: str
    event_id: str
    at: datetime
    said: Said
    locale: str | None = None
    username: str | None = None
    message: str | None = None
    trigger: str | None = None
    timezone: str | None = None
    can: frozenset[str] = field(default=frozenset())
    where: str = "chat"
    place: str | None = None
    name: str | None = None
    spoken: str | None = field(default=None, compare=False)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(incoming: Incoming) -> Incoming:
    """The event without what no database takes: NUL, and halves of characters."""
    texts = (incoming.user, incoming.chat, incoming.event_id, incoming.locale, incoming.username,
             incoming.message, incoming.timezone, incoming.name)  # fmt: skip
    match incoming.said:
        case Text(text):
            said = text
        case Press(ref, press):
            said = ref + press
        case _:
            said = "\x00"  # rare: looked at field by field
    if not _UNSTORABLE.search("".join([said, *filter(None, texts)])):
        return incoming
    changes = {
        name: _stored(value)
        for name, value in zip(_TEXTS, texts, strict=True)
        if value and _UNSTORABLE.search(value)
    }
    return replace(incoming, said=_storable_said(incoming.said), **changes)  # type: ignore[arg-type]  # texts


_TEXTS = ("user", "chat", "event_id", "locale", "username", "message", "timezone", "name")


def _stored(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _storable_said(said: Said) -> Said:
    if isinstance(said, Submitted | Filling):
        values = {_stored(key): tuple(map(_stored, given)) for key, given in said.values.items()}
        return type(said)(_stored(said.ref), values)
    dirty = {
        each.name: _stored(value)
        for each in fields(said)
        if isinstance(value := getattr(said, each.name), str) and _UNSTORABLE.search(value)
    }
    return replace(said, **dirty) if dirty else said  # type: ignore[arg-type]  # texts


def parse_press(data: str) -> Press | None:
    """``ref:press`` as it came back from a platform; None when it is nothing of ours."""
    ref, colon, press = data.partition(":")
    if not (ref and colon and press) or len(data) > 2000:
        return None
    return Press(ref, press)


class Handle(Protocol):
    """Play one event. Returns when its effects are committed: only then may the channel
    acknowledge it. Events passed in order are played in order. Raises only when the database
    cannot be written; then the event must not be acknowledged.

    Of a form that was sent in it gives what does not fit, field key -> words for the person: the
    window stays open and says so there."""

    def __call__(self, incoming: Incoming, /) -> Awaitable[Mapping[str, str] | None]: ...
