"""What the bot says, before any platform has a say in it: rich text and a widget.

Nothing in here is markup. A :class:`Span` holds the characters a reader shall see; each
channel escapes them for its own platform.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters with one look. ``href`` makes it a link (http, https, mailto)."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with bullets; an item is one line of spans. Numbers are text: whoever wants some
    writes them, and no platform counts anew."""

    items: tuple[tuple[Span, ...], ...]


MENU = "m"
"""The ref of widgets outside questions: a press is a command, and works at any time."""

Block: TypeAlias = Paragraph | Listing
Rich: TypeAlias = tuple[Block, ...]


class Kind(StrEnum):
    """What a widget asks of the reader."""

    BUTTONS = "buttons"  # loose actions (a menu, the lines of a summary card)
    CHOICE = "choice"  # exactly one option
    MULTI = "multi"  # any number of options, ended by the control "done"
    RANK = "rank"  # up to `maximum` options in order, ended by "done"
    RATING = "rating"  # each option gets one of `levels`, ended by "done"
    TEXT = "text"  # typed; only controls


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to press.

    ``press`` is what comes back, after ``Widget.ref`` and a colon (at most 40 bytes of ASCII,
    so that the whole fits Telegram's 64). ``label`` is in the reader's language, without mark.
    ``mark`` is the present state: "" (off), "on" (MULTI, CHOICE), "1", "2", … (RANK), a level's
    key (RATING).
    """

    key: str
    press: str
    label: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """What can be pressed below a message.

    ``ref`` names conversation, revision and question ("m" for a menu) and comes back with every
    press. ``controls`` are back, skip, cancel, done …; ``levels`` only for RATING. ``page`` is
    the page to show where a platform needs several; ``whole``: it is one page as it is.
    ``placeholder`` is a hint for an input.
    """

    kind: Kind
    ref: str
    options: tuple[Option, ...] = ()
    controls: tuple[Option, ...] = ()
    levels: tuple[Option, ...] = ()
    maximum: int | None = None
    page: int = 0
    placeholder: str = ""
    whole: bool = False


START = "start:"


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address (https).

    ``url`` "start:PAYLOAD" opens the chat with the bot from elsewhere (a group), where the person
    then begins with ``/start PAYLOAD``; each platform has its own way.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class File:
    """A small file that goes with a message (`/mydata`)."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (or any file, by ``media_type``) from the media table, shown with a message."""

    media: int
    name: str
    media_type: str
    alt: str = field(default="", compare=False)  # what it shows, for who cannot see it


class Look(StrEnum):
    """How a panel looks."""

    TEXT = "text"
    HEADING = "heading"
    SMALL = "small"  # small print
    RULE = "rule"  # a line across; nothing else


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value, beside others. ``at`` (UTC) where the value is a moment: platforms
    that know how show it at each reader's own time, the others the value."""

    name: str
    value: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of a page. ``ref`` belongs to its ``buttons`` (the one whose mark is "on" is the one
    that is meant), ``choices`` (a menu of one choice, what is chosen marked "on"; ``hint`` says
    what for) and ``more`` (a few rare things, behind one small button). A ``widget`` has its own.
    """

    text: Rich = ()
    look: Look = Look.TEXT
    facts: tuple[Fact, ...] = ()
    ref: str = MENU
    buttons: tuple[Option, ...] = ()
    choices: tuple[Option, ...] = ()
    hint: str = ""
    more: tuple[Option, ...] = ()
    widget: Widget | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form (a survey in a single window, where the platform has windows)."""

    key: str
    kind: Kind
    label: str
    options: tuple[Option, ...] = ()
    levels: tuple[Option, ...] = ()
    minimum: int = 0
    maximum: int | None = None
    max_length: int | None = None
    required: bool = False
    value: tuple[str, ...] = ()  # keys chosen so far ("key~level" for RATING), or the text
    hint: str = ""
    input: str = ""  # of TEXT: "email", "url", "number", "day", "time", "moment" (UNIX), "search"
    search: str = ""  # what is looked up as one types: "country:sk"; `options` is what is chosen
    pick: str = ""  # what a picker beside the text is called
    placeholder: str = ""  # what stands in an input while it is empty
    details: tuple[tuple[str, str], ...] = ()  # option -> what it means
    redraws: bool = False  # what is chosen here decides which fields there are


@dataclass(frozen=True, slots=True)
class Form:
    """A window with several fields. ``ref`` comes back with the submission."""

    ref: str
    title: str
    submit: str
    cancel: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one reader, in ``language`` ("en", "sk", "sl"). With ``panels`` it is a page:
    platforms that have such show those, and ``text`` is what is read out of it. ``quoted`` is the
    platform's id of the message that it answers, where one can be quoted."""

    text: Rich
    language: str = "en"
    widget: Widget | None = None
    links: tuple[Link, ...] = ()
    file: File | None = None
    form: Form | None = None
    picture: Picture | None = None
    panels: tuple[Panel, ...] = ()
    quoted: str | None = None
